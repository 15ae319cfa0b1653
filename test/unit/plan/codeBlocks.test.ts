import assert from "node:assert/strict";
import { parse, parseBody } from "./planFixture";

const fenced = (info: string, source = "true\n") => `\`\`\`${info}\n${source}\`\`\`\n`;

describe("a fenced block", () => {
  for (const [info, language] of [
    ["sh", "sh"],
    ["bash", "bash"],
    ["zsh", "zsh"],
    ["pwsh", "pwsh"],
    ["PowerShell", "powershell"],
    ["cmd", "cmd"],
    ["node", "node"],
    ["js", "node"],
    ["python", "python"],
    ["py", "python"],
    ["  sh  title=x", "sh"],
    ["sh,ignore", "sh"],
    ["bash {1,3}", "bash"],
  ] as const) {
    it(`of ${JSON.stringify(info)} is run by ${language}`, () => {
      const { blocks, verify } = parseBody(fenced(info));
      assert.deepEqual(blocks, [{ language, source: "true\n", startLine: 1, endLine: 3 }]);
      assert.deepEqual(verify, []);
    });
  }

  for (const info of ["", "text", "console", "shell", "ts", "mermaid", "constructor", "x sh"]) {
    it(`of ${JSON.stringify(info)} is text`, () => {
      const phase = parseBody(fenced(info));
      assert.deepEqual(phase.blocks, []);
      assert.equal(phase.instructions, fenced(info).trim());
    });
  }

  it("is run in the order of the document, without its indentation", () => {
    const { blocks } = parseBody(
      "1. First\n\n   ```sh\n   if true; then\n     echo 1\n   fi\n   ```\n\n~~~~ py\nprint('```')\n~~~~\n",
    );
    assert.deepEqual(blocks, [
      { language: "sh", source: "if true; then\n  echo 1\nfi\n", startLine: 3, endLine: 7 },
      { language: "python", source: "print('```')\n", startLine: 9, endLine: 11 },
    ]);
  });

  it("is only quoted in a block quote, and code when indented", () => {
    const { blocks } = parseBody(
      "> ```sh\n> rm -rf x\n> ```\n\n- > ```sh\n  > rm -rf x\n  > ```\n\n      ```sh\n      true\n      ```\n",
    );
    assert.deepEqual(blocks, []);
  });

  it("runs to the end of the plan where nobody closes it", () => {
    const { blocks } = parseBody("```sh\ntrue\n\nfalse\n");
    assert.deepEqual(blocks, [
      { language: "sh", source: "true\n\nfalse\n", startLine: 1, endLine: 4 },
    ]);
  });

  it("belongs to the phase in which it stands, or to none", () => {
    const text = `# Plan\n${fenced("sh", "echo 0\n")}## Phase 1: A\n${fenced("sh", "echo 1\n")}## Phase 2: B\n## Other\n${fenced("sh", "echo 3\n")}`;
    assert.deepEqual(
      parse(text).phases.map(({ blocks }) => blocks.map(({ source }) => source)),
      [["echo 1\n"], []],
    );
  });
});

describe("a verify block", () => {
  for (const info of ["sh verify", "bash  title verify", "sh VERIFY", "sh,verify", "js {verify}"]) {
    it(`is marked by the word: ${JSON.stringify(info)}`, () => {
      const phase = parseBody(`Text\n${fenced(info)}More\n`);
      assert.deepEqual(phase.blocks, []);
      assert.deepEqual(
        phase.verify.map(({ source, startLine, endLine }) => [source, startLine, endLine]),
        [["true\n", 2, 4]],
      );
      assert.equal(phase.instructions, "Text\nMore");
      assert.equal(phase.content, `Text\n${fenced(info)}More`);
    });
  }

  for (const info of ["sh verified", "sh no-verify", "sh verify=false"]) {
    it(`is not marked by another word: ${JSON.stringify(info)}`, () => {
      const phase = parseBody(fenced(info));
      assert.equal(phase.blocks.length, 1);
      assert.deepEqual(phase.verify, []);
    });
  }

  it("must be in a language that can be run, and not empty", () => {
    for (const block of [fenced("verify"), fenced("ruby verify"), fenced("sh verify", " \n")]) {
      const { phases, problems } = parse(`## Phase 1: One\n\nDo what it says.\n${block}`);
      assert.deepEqual(
        problems.map(({ code, startLine, endLine }) => [code, startLine, endLine]),
        [["bad-property", 3, 5]],
      );
      assert.deepEqual(
        phases.map(({ verify, instructions }) => [verify, instructions]),
        [[[], "Do what it says."]],
      );
    }
  });
});
