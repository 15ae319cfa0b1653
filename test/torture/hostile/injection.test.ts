import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CodeBlock } from "../../../src/core/protocol/plan";
import { findProgram } from "../../../src/core/runner/programs";
import { Bench } from "../../unit/runner/harness";
import { figure, isWhole } from "../support/extent";
import { hostileTexts } from "./corpus";

/** Blocks that print the title they were given as it is. */
const blocks: Readonly<Record<string, { readonly program: string; readonly source: string }>> = {
  sh: { program: "sh", source: 'printf %s "$HOPPER_TITLE"' },
  bash: { program: "bash", source: 'printf %s "$HOPPER_TITLE"' },
  zsh: { program: "zsh", source: 'printf %s "$HOPPER_TITLE"' },
  node: { program: "node", source: "process.stdout.write(process.env.HOPPER_TITLE)" },
  python: {
    program: "python3",
    source: "import os; os.write(1, os.environb[b'HOPPER_TITLE'])",
  },
  pwsh: { program: "pwsh", source: "[Console]::Out.Write($env:HOPPER_TITLE)" },
};

const texts = isWhole ? hostileTexts : hostileTexts.filter((_, index) => index % 12 === 0);

describe("hostile text", () => {
  let bench: Bench;
  let calls = 0;
  before(async () => {
    bench = await Bench.create("posix");
  });
  after(() => bench.close());
  const runner = (): ReturnType<Bench["runner"]> =>
    calls++ % 100 === 0 ? (latest = bench.runner()) : latest;
  let latest: ReturnType<Bench["runner"]>;

  it("in a title reaches a block of any language byte by byte, and runs nothing", async () => {
    const shells = Object.entries(blocks).filter(([, { program }]) => {
      return findProgram(program, process.env, "/") !== undefined;
    });
    let tried = 0;
    for (const [language, { source }] of shells) {
      // The slow interpreters see a part: what they are given comes the same way.
      const few = language === "node" || language === "python";
      for (const title of few ? texts.filter((_, index) => index % 5 === 0) : texts) {
        const block = { language, source, startLine: 1, endLine: 1 };
        const request = bench.request({ title, instructions: title, blocks: [known(block)] });
        await bench.run(runner(), request);
        assert.equal(bench.output(request), title, language);
        tried++;
      }
    }
    assert.ok(!existsSync(join(bench.root, "pwned")));
    const missing = Object.keys(blocks).filter((name) => !shells.some(([shell]) => shell === name));
    figure(
      "G5 hostile text in the environment",
      `${texts.length} texts in ${shells.map(([name]) => name).join(", ")}, ${tried} runs; 0 executed, ` +
        `all byte by byte; not tried: ${missing.join(", ")}, which are not on this machine`,
    );
  });

  it("in a phase reaches a command by stdin or file, and never its command line", async () => {
    const agent = join(bench.root, "agent.sh");
    writeFileSync(
      agent,
      'for arg; do printf "%s\\n" "$arg" >> "$1.args"; done; cat ${2:+"$2"} > "$1.prompt"\n',
    );
    let tried = 0;
    for (const prompt of ["stdin", "file"] as const) {
      for (const [index, text] of texts.entries()) {
        const seen = join(bench.root, `${prompt}-${index}`);
        const argv = ["sh", agent, seen, ...(prompt === "file" ? ["{promptFile}"] : [])];
        const request = bench.request({
          title: text,
          planTitle: text,
          planContext: text,
          instructions: text,
          externalDocs: [text.replaceAll("\n", " ")],
          definition: { kind: "command", argv, prompt },
        });
        await bench.run(runner(), request);
        assert.ok(readFileSync(`${seen}.prompt`, "utf8").includes(text), "the text came whole");
        const args = readFileSync(`${seen}.args`, "utf8").trimEnd().split("\n");
        const expected = prompt === "file" ? [seen, join(request.folder, "prompt.md")] : [seen];
        assert.deepEqual(args, expected, "an argument was added or changed");
        tried++;
      }
    }
    assert.ok(!existsSync(join(bench.root, "pwned")));
    figure(
      "G5, G6 hostile text for commands",
      `${texts.length} texts by stdin and by file, ${tried} runs; 0 executed, 0 taken for an option`,
    );
  });
});

function known({
  language,
  ...block
}: Omit<CodeBlock, "language"> & { language: string }): CodeBlock {
  switch (language) {
    case "sh":
    case "bash":
    case "zsh":
    case "node":
    case "python":
    case "pwsh":
      return { ...block, language };
    default:
      throw new Error(`${language} is no language of blocks`);
  }
}
