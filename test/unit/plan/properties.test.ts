import assert from "node:assert/strict";
import { codesAndLines, onlyPhase, parse, parseBody } from "./planFixture";

function problemsOf(body: string): string[] {
  const { problems } = parse(`## Phase 1: One\n${body}\n\nDo what it says.\n`);
  return codesAndLines(problems);
}

describe("a property of a phase", () => {
  for (const line of [
    "Retries: 2",
    "retries:2",
    "  RETRIES : 2  ",
    "- Retries: 2",
    "* Retries: 2",
    "+ Retries: 2",
    "1. Retries: 2",
    "**Retries**: 2",
    "**Retries:** 2",
    "**Retries: 2**",
    "__Retries__: 2",
    "- **Retries**: `2`",
    "Retries: `2` <!-- enough -->",
  ]) {
    it(`may be written ${JSON.stringify(line)}`, () => {
      assert.equal(parseBody(`${line}\n\nText`).retries, 2);
    });
  }

  for (const line of [
    "> Retries: 2",
    "    Retries: 2",
    "\tRetries: 2",
    "# Retries: 2",
    "The Retries: 2",
    "Retries 2",
    "```\nRetries: 2\n```",
    "<!--\nRetries: 2\n-->",
  ]) {
    it(`is none when written ${JSON.stringify(line)}`, () => {
      assert.equal(parse(`### Phase 1: One\n${line}\n`).phases[0]?.retries, undefined);
    });
  }

  it("stands among the first lines, blank lines allowed", () => {
    const phase = parseBody("\n\nRunner: agent\n\n\nTimeout: 45m\nRetries: 2\n\nText");
    assert.deepEqual([phase.runner, phase.timeout, phase.retries], ["agent", 2_700, 2]);
  });

  it("is text behind the first line that is no known property", () => {
    const phase = parseBody("Retries: 2\nGoal: all\nTimeout: 45m\n");
    assert.deepEqual([phase.retries, phase.timeout], [2, undefined]);
    assert.equal(phase.instructions, "Goal: all\nTimeout: 45m");
  });

  it("belongs to the content and not to the instructions", () => {
    const phase = parseBody("\n**Runner**: agent\n\nTimeout: 45m\nText\n\nMore\n\n");
    assert.equal(phase.content, "**Runner**: agent\n\nTimeout: 45m\nText\n\nMore");
    assert.equal(phase.instructions, "Text\n\nMore");
  });

  it("is absent from a phase that does not give it", () => {
    const keys = Object.keys(parseBody("Text"));
    assert.deepEqual(
      ["runner", "timeout", "retries", "checkpoint"].filter((key) => keys.includes(key)),
      [],
    );
  });

  it("may not be given twice", () => {
    assert.deepEqual(problemsOf("Retries: 2\nRetries: 2"), ["bad-property 2"]);
  });
});

describe("the property Runner", () => {
  it("names a runner as configured, whatever its case in the plan", () => {
    assert.equal(parseBody("Runner: agent").runner, "agent");
    assert.equal(parseBody("Runner: PERSON").runner, "Person");
  });

  it("may name only runners that there are", () => {
    assert.deepEqual(problemsOf("Runner: nobody"), ["unknown-runner 1"]);
    assert.deepEqual(problemsOf("Runner:"), ["bad-property 1"]);
  });

  it("of kind shell needs a block to run, and so does a default runner of that kind", () => {
    const codes = (text: string, defaultRunner?: string) =>
      codesAndLines(parse(text, defaultRunner === undefined ? {} : { defaultRunner }).problems);
    const words = "## Phase 1: One\n\nDo what it says.\n";
    assert.deepEqual(codes(words), []);
    assert.deepEqual(codes(words, "shell"), ["no-block 0"]);
    assert.deepEqual(codes(words, "agent"), []);
    assert.deepEqual(codes(words, "not configured"), []);
    assert.deepEqual(codes("## Phase 1: One\nRunner: shell\n"), ["no-block 1"]);
    assert.deepEqual(codes("## Phase 1: One\nRunner: agent\n", "shell"), []);
    assert.deepEqual(codes("## Phase 1: One\nRunner: nobody\n", "shell"), ["unknown-runner 1"]);
    assert.deepEqual(codes("## Phase 1: One\n```sh\ntrue\n```\n", "shell"), []);
    assert.deepEqual(codes("## Phase 1: One\n```sh\n\n```\nText\n", "shell"), ["no-block 0"]);
  });
});

describe("the property Timeout", () => {
  for (const [value, seconds] of [
    ["45m", 2_700],
    ["90s", 90],
    ["2h", 7_200],
    ["1h30m", 5_400],
    ["1h 30m 5s", 5_405],
    ["45 minutes", 2_700],
    ["1 Hour", 3_600],
    ["24d", 2_073_600],
    ["0", 0],
    ["0m", 0],
    ["none", 0],
    ["None", 0],
  ] as const) {
    it(`${value} is ${seconds} seconds`, () => {
      assert.equal(parseBody(`Timeout: ${value}`).timeout, seconds);
      assert.deepEqual(problemsOf(`Timeout: ${value}`), []);
    });
  }

  for (const value of [
    "",
    "500",
    "45x",
    "-5m",
    "1.5h",
    "m",
    "30m1h",
    "1m1m",
    "soon",
    "25d",
    "1h,",
  ]) {
    it(`may not be ${JSON.stringify(value)}`, () => {
      assert.equal(parseBody(`Timeout: ${value}`).timeout, undefined);
      assert.deepEqual(problemsOf(`Timeout: ${value}`), ["bad-property 1"]);
    });
  }
});

describe("the property Retries", () => {
  it("is a whole number from 0 to 100", () => {
    for (const value of ["0", "7", "100"]) {
      assert.equal(parseBody(`Retries: ${value}`).retries, Number(value));
    }
    for (const value of ["", "101", "-1", "1.5", "1e1", "two", "0x1"]) {
      assert.deepEqual(problemsOf(`Retries: ${value}`), ["bad-property 1"], value);
      assert.equal(parseBody(`Retries: ${value}`).retries, undefined);
    }
  });
});

describe("the property Checkpoint", () => {
  it("says what to look at, and may not be empty", () => {
    assert.equal(parseBody("Checkpoint: look at `it`: now").checkpoint, "look at it: now");
    assert.deepEqual(problemsOf("Checkpoint:  "), ["bad-property 1"]);
  });

  it("pauses nothing where it stands below other text", () => {
    const phase = onlyPhase(parse("## Phase 1: One\n\nText\n\n**Checkpoint**: all is ready\n"));
    assert.equal(phase.checkpoint, undefined);
  });
});
