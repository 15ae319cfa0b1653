import assert from "node:assert/strict";
import { codesAndLines, parse } from "./planFixture";

const titles = ["Setup", "Build, then test", "Lint & format", "Ship", "Two"];

/** What the last of six phases depends on, with the problems of its property. */
function dependsOn(value: string): { numbers: readonly number[] | undefined; problems: string[] } {
  const phases = titles.map(
    (title, index) => `## Phase ${index + 1}: ${title}\n\nDo it, please.\n`,
  );
  const { phases: found, problems } = parse(
    `${phases.join("")}## Phase 6: Last\nDepends on: ${value}\n\nDo it, please.\n`,
  );
  return { numbers: found.at(-1)?.dependsOn, problems: codesAndLines(problems) };
}

describe("the property Depends on", () => {
  for (const [value, numbers] of [
    ["none", []],
    ["None", []],
    ["Phase 1", [1]],
    ["1", [1]],
    ["phase one", [1]],
    ["Phase 1, 3 and 4", [1, 3, 4]],
    ["Phase 1, 3, and 4", [1, 3, 4]],
    ["Phases 4 & 2", [2, 4]],
    ["Phase 4, Phase 4 and 04", [4]],
    ["Phase 1 and Phase 2 and Phase 3", [1, 2, 3]],
    ["setup", [1]],
    ["Phase 1: Setup", [1]],
    ["Setup and Ship", [1, 4]],
    ["Lint & format", [3]],
    ["Lint & format and 4", undefined],
    ['"Build, then test"', [2]],
    ['"Build, then test" and "Lint & format", 4', [2, 3, 4]],
    ["“Build, then test” & 1", [1, 2]],
    ['1 and "Ship"', [1, 4]],
    ["`Phase 1`, **3**", [1, 3]],
    ["[Phase 1](#phase-1-setup)", [1]],
    ["Two", [2]],
  ] as const) {
    it(`reads ${JSON.stringify(value)}`, () => {
      const found = dependsOn(value);
      if (numbers) {
        assert.deepEqual(found, { numbers, problems: [] });
      } else {
        assert.ok(found.problems.every((problem) => problem.startsWith("unknown-dependency")));
      }
    });
  }

  for (const value of ["", "1,", "1 and", "1 &", '"Setup', '""', "and"]) {
    it(`may not be ${JSON.stringify(value)}`, () => {
      assert.deepEqual(dependsOn(value).problems, ["bad-property 16"]);
    });
  }

  for (const value of [
    "7",
    "Nothing",
    "Build, then test",
    "none, 1",
    "1-3",
    '"1, 2"',
    '"Setup and Ship"',
  ]) {
    it(`may not name a phase that is not there: ${value}`, () => {
      const codes = new Set(dependsOn(value).problems);
      assert.deepEqual([...codes], ["unknown-dependency 16"]);
    });
  }

  it("finds the others of its names where one is not there", () => {
    assert.deepEqual(dependsOn("1, 9, 3").numbers, [1, 3]);
  });

  it("looks for a written label first, then for a number, then for a title", () => {
    const text = ["2", "1", "B7", "x"].map((id) => `## Phase ${id}: T${id}\n\nDo it, please.\n`);
    const found = (value: string) =>
      parse(`${text.join("")}## Phase y: 2\nDepends on: ${value}\n`).phases.at(-1)?.dependsOn;
    assert.deepEqual(found("2"), [1]);
    assert.deepEqual(found("1"), [2]);
    assert.deepEqual(found("3"), [3]);
    assert.deepEqual(found("b7"), [3]);
    assert.deepEqual(found("Phase X"), [4]);
    assert.deepEqual(found("TB7"), [3]);
  });

  it("may not name a title that several phases have", () => {
    const text = "## Phase 1: A\n\nDo it, please.\n## Phase 2: A\n\nDo it, please.\n";
    const { problems } = parse(`${text}## Phase 3: B\nDepends on: A\n`);
    assert.deepEqual(codesAndLines(problems), ["unknown-dependency 7"]);
  });

  it("may not name the phase itself", () => {
    for (const value of ["6", "Last", "1 and Phase Six"]) {
      assert.deepEqual(dependsOn(value).problems, ["self-dependency 16"]);
    }
  });
});

describe("a phase without Depends on", () => {
  it("depends on the one before it in number order", () => {
    const { phases } = parse("## Phase 3: C\n## Phase 0: Z\n## Phase 1: A\n## Phase 2: B\n");
    assert.deepEqual(
      phases.map(({ number, dependsOn }) => [number, dependsOn]),
      [
        [0, []],
        [1, [0]],
        [2, [1]],
        [3, [2]],
      ],
    );
  });
});

describe("a cycle of dependencies", () => {
  /** Builds phases from what each depends on and finds the messages about cycles. */
  const cycles = (...dependencies: string[]) => {
    const phases = dependencies.map(
      (value, index) => `## Phase ${index + 1}: T\nDepends on: ${value}\n\n`,
    );
    return parse(phases.join(""))
      .problems.filter(({ code }) => code === "dependency-cycle")
      .map(({ message, startLine }) => [/: (.*?)\./.exec(message)?.[1] ?? "", startLine] as const);
  };

  it("is named from its lowest phase on, at that phase", () => {
    assert.deepEqual(cycles("none", "4", "2", "3"), [["Phase 2 → Phase 4 → Phase 3 → Phase 2", 4]]);
  });

  it("is reported once for each cycle that stands alone", () => {
    assert.deepEqual(cycles("2", "1", "4", "3", "3, 5"), [
      ["Phase 1 → Phase 2 → Phase 1", 1],
      ["Phase 3 → Phase 4 → Phase 3", 7],
    ]);
  });

  it("is not reported again where a wider one goes through it", () => {
    const text =
      "## Phase 3\nDepends on: 1\n## Phase 1\nDepends on: 2\n## Phase 2\nDepends on: 1, 3\n";
    const codes = parse(text).problems.map(({ code }) => code);
    assert.equal(codes.filter((code) => code === "dependency-cycle").length, 1);
  });

  it("is not what several ways to one phase are", () => {
    assert.deepEqual(cycles("none", "1", "1", "2, 3", "1, 2, 3, 4"), []);
  });

  it("of a thousand phases is found and named by its beginning", () => {
    const values = Array.from({ length: 1_000 }, (_, index) => String(index || 1_000));
    const [[names, line] = ["", -1]] = cycles(...values);
    assert.ok(names.startsWith("Phase 1 → Phase 1000 → Phase 999 → "));
    assert.ok(names.length < 500);
    assert.equal(line, 1);
  });

  it("names no phase twice where every phase depends on every other", () => {
    const all = Array.from({ length: 500 }, (_, index) => index + 1);
    const values = all.map((own) => all.filter((number) => number !== own).join(", "));
    const named = cycles(...values).flatMap(([names]) => names.split(" → ").slice(1));
    assert.equal(named.length, 500);
    assert.equal(new Set(named).size, 500);
  });
});
