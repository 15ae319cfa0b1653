import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HopperError } from "../../../src/core/base/errors";
import { builtInRunners } from "../../../src/core/runner/presets";
import { loadRunnerConfig, parseRunnerConfig } from "../../../src/core/runner/runnerConfig";

describe("a configuration file of runners", () => {
  const parse = (value: unknown) => parseRunnerConfig(JSON.stringify(value), "my.json");

  it("adds runners to those that are built in", () => {
    const { runners, maxConcurrentPhases } = parse({
      maxConcurrentPhases: 3,
      runners: {
        "my.agent-1": {
          kind: "command",
          argv: ["agent", "--file", "{promptFile}", "{workspace}", "{attemptId}"],
          prompt: "file",
          idleTimeout: 0,
        },
      },
    });
    assert.equal(maxConcurrentPhases, 3);
    assert.equal(runners.size, builtInRunners.size + 1);
    assert.deepEqual(runners.get("my.agent-1"), {
      kind: "command",
      argv: ["agent", "--file", "{promptFile}", "{workspace}", "{attemptId}"],
      prompt: "file",
      idleTimeout: 0,
    });
    assert.deepEqual([...parse({}).runners], [...builtInRunners]);
  });

  it("changes a few fields of a runner with extends, also of its own name or of one defined later", () => {
    const argv = ["claude", "-p"];
    const { runners } = parse({
      runners: {
        second: { extends: "first", timeout: 5 },
        first: { extends: "claude", argv },
        claude: { extends: "claude", timeout: 7 },
      },
    });
    const builtIn = builtInRunners.get("claude");
    assert.deepEqual(runners.get("claude"), { ...builtIn, timeout: 7 });
    assert.deepEqual(runners.get("first"), { ...builtIn, timeout: 7, argv });
    assert.deepEqual(runners.get("second"), { ...builtIn, timeout: 5, argv });
  });

  it("leaves the built-in runners as they are", () => {
    const before = JSON.stringify([...builtInRunners]);
    parse({ runners: { shell: { kind: "manual" } } });
    assert.equal(JSON.stringify([...builtInRunners]), before);
  });

  const command = { kind: "command", argv: ["a"], prompt: "stdin" };
  for (const [what, value, message] of [
    ["an unknown field", { runner: {} }, /my\.json is not valid: .*"runner"/],
    ["an unknown kind", { runners: { a: { kind: "robot" } } }, /my\.json: runners\.a is not valid/],
    ["a misspelt field", { runners: { a: { ...command, timeOut: 1 } } }, /runners\.a.*timeOut/],
    [
      "a wrong type",
      { runners: { a: { ...command, argv: "a b" } } },
      /runners\.a is not valid: argv/,
    ],
    [
      "an empty argv",
      { runners: { a: { ...command, argv: [] } } },
      /runners\.a is not valid: argv/,
    ],
    [
      "an unknown placeholder",
      { runners: { a: { ...command, argv: ["a", "{foo}"] } } },
      /runners\.a\.argv\.1: \{foo\} is no placeholder; there are \{promptFile\}/,
    ],
    [
      "a placeholder inside other text",
      { runners: { a: { ...command, argv: ["sh", "-c", "cat {promptFile}"] } } },
      /runners\.a\.argv\.2: \{promptFile\} must be an argument of its own/,
    ],
    [
      "a placeholder as program",
      { runners: { a: { ...command, argv: ["{workspace}"] } } },
      /runners\.a\.argv\.0: the first entry of argv is the program/,
    ],
    [
      "a prompt file that is never given",
      { runners: { a: { ...command, prompt: "file" } } },
      /prompt "file" needs the argument \{promptFile\}/,
    ],
    ["a bad name", { runners: { "a b": command } }, /runners\.a b: a runner's name/],
    [
      "an unknown base",
      { runners: { a: { extends: "b" } } },
      /runners\.a: extends "b", which is no/,
    ],
    ["a circle", { runners: { a: { extends: "b" }, b: { extends: "a" } } }, /extends/],
    ["itself as base", { runners: { a: { extends: "a" } } }, /extends "a", which is no runner/],
    ["a bad number", { maxConcurrentPhases: 0 }, /maxConcurrentPhases/],
  ] as const) {
    it(`refuses ${what}, naming file and place`, () => {
      assert.throws(
        () => parse(value),
        (error: unknown) =>
          error instanceof HopperError && error.kind === "usage" && message.test(error.message),
      );
    });
  }

  it("names a file that is missing or no JSON", () => {
    const folder = mkdtempSync(join(tmpdir(), "hopper-config-"));
    try {
      const file = join(folder, "runners.json");
      assert.throws(() => loadRunnerConfig(file), /runners\.json cannot be read: ENOENT/);
      writeFileSync(file, "{ nonsense");
      assert.throws(() => loadRunnerConfig(file), /runners\.json is not JSON/);
      writeFileSync(file, '\u{feff}{"runners":{}}');
      assert.equal(loadRunnerConfig(file).runners.size, builtInRunners.size);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
