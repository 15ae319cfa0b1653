import { strict as assert } from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeExtension } from "../../../src/core/runner/nodeBlock";
import { Bench } from "./harness";

describe("a node block", () => {
  for (const [what, source, extension] of [
    ["requires", 'require("node:fs")', "cjs"],
    ["uses neither style", "console.log(1)", "cjs"],
    ["imports where it stands", 'import("node:fs").then(console.log)', "cjs"],
    ["returns at the top", "return 3", "cjs"],
    ["awaits in a function", "(async () => { await 1; })()", "cjs"],
    ["only speaks of import", '// import x from "y"\nconst text = `\nexport const a = 1`;', "cjs"],
    ["has no sense", "foo(", "cjs"],
    ["has a wrong await", "function f() { await 1; }", "cjs"],
    ["imports", 'import { ok } from "node:assert";', "mjs"],
    ["imports after a first line for the system", '#!/usr/bin/env node\nimport "node:fs";', "mjs"],
    ["exports", "export const a = 1;", "mjs"],
    ["asks where it is", "console.log(import.meta.url)", "mjs"],
    ["awaits at the top", "console.log(await 1)", "mjs"],
    ["awaits at the top, in a condition", "if (await test()) {}", "mjs"],
    ["awaits in a loop at the top", "for await (const x of y) {}", "mjs"],
    ["awaits before it imports", 'await 1;\nimport "node:fs";', "mjs"],
    ["imports before it has no sense", 'import "node:fs";\nfoo(', "mjs"],
    ["makes its own require", 'const require = (await import("node:module")).x;', "mjs"],
  ] as const) {
    it(`that ${what} is a file .${extension}`, () => {
      assert.equal(nodeExtension(source), extension);
    });
  }

  for (const type of ["module", "commonjs", undefined]) {
    it(`prints exactly what it prints in a workspace of type ${type ?? "unsaid"}, in either style`, async () => {
      const bench = await Bench.create("posix");
      try {
        writeFileSync(join(bench.root, "package.json"), JSON.stringify({ type }));
        const installed = join(bench.root, "node_modules", "installed");
        mkdirSync(installed, { recursive: true });
        writeFileSync(join(installed, "index.js"), "module.exports = 'installed';\n");
        const block = (source: string) => ({
          language: "node" as const,
          source,
          startLine: 0,
          endLine: 2,
        });
        const request = bench.request({
          blocks: [
            block('console.log(1, typeof require, require("installed"))'),
            block('import installed from "installed";\nconsole.log(2, typeof require, installed)'),
            block("console.error(3, await 3)"),
          ],
          verify: [block("export const four = 4;\nconsole.log(four)")],
        });
        await bench.run(bench.runner(), request);
        assert.equal(
          bench.output(request),
          "1 function installed\n2 undefined installed\n3 3\n[phase-hopper] verify: node, line 1\n4\n",
        );
      } finally {
        await bench.close();
      }
    });
  }
});
