import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import * as z from "zod";

const mapSchema = z.object({ sources: z.array(z.string()) });

/** The built files that a program has loaded at its end. */
function filesLoadedBy(...args: readonly string[]): readonly string[] {
  const output = execFileSync(
    process.execPath,
    ["--require", resolve("test/support/listLoaded.cjs"), ...args],
    { encoding: "utf8" },
  );
  const files = z.array(z.string()).parse(JSON.parse(output.trim().split("\n").at(-1) ?? ""));
  return files.filter((file) => file.startsWith(resolve("dist")));
}

/** The sources that lie in built files, as paths in the project. */
function sourcesIn(files: readonly string[]): readonly string[] {
  return files.flatMap((file) =>
    mapSchema
      .parse(JSON.parse(readFileSync(`${file}.map`, "utf8")))
      .sources.map((source) => relative("", resolve(join(file, "..", source)))),
  );
}

describe("activation", () => {
  const script = [
    `const { context } = require(${JSON.stringify(resolve("test/support/fakeEditor.cjs"))});`,
    `require(${JSON.stringify(resolve("dist/extension.js"))}).activate(context);`,
    "process.exit(0);",
  ].join("\n");

  it("loads neither a package nor the engine before a queue needs them", () => {
    const sources = sourcesIn(filesLoadedBy("--eval", script));
    assert.ok(sources.includes("src/vscode/queues/folderQueue.ts"));
    // Only watches files, and asks for what reads them when there are any.
    const light = "src/core/queue/queueFiles.ts";
    const heavy = /node_modules\/|core\/(api|queue|ownership)\/|core\/hopper|plan\/parsePlan/;
    assert.deepEqual(
      sources.filter((source) => heavy.test(source) && source !== light),
      [],
    );
  });

  it("loads what carries out a command, and what helps to write a plan, when that is asked for", () => {
    const sources = sourcesIn(filesLoadedBy("--eval", script));
    const commands = /vscode\/(commands\/(?!register|selectedRows)|enqueue\/|log\/)/;
    const assistance =
      /vscode\/editor\/(assistance|hovers|completion|codeActions|quickFixes|renumber)/;
    assert.deepEqual(
      sources.filter((source) => commands.test(source) || assistance.test(source)),
      [],
    );
  });

  it("finds all it needs in one file behind the entry, and esbuild's few words in another", () => {
    assert.ok(filesLoadedBy("--eval", script).length <= 3);
  });
});

describe("the command line", () => {
  it("loads what reads its arguments, and a command's code with the command", () => {
    const heavy = /node_modules\/(?!commander\/)|core\/(?!base\/|protocol\/)|cli\/commands\//;
    const sources = sourcesIn(filesLoadedBy("dist/cli.js", "--help"));
    assert.ok(sources.includes("src/cli/commandLine.ts"));
    assert.deepEqual(
      sources.filter((source) => heavy.test(source)),
      [],
    );
  });
});
