import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { maxFileBytes, maxLineBytes, maxPhases } from "../../../src/core/plan/limits";
import {
  plainProblems,
  type PlanProblem,
  problemSeverities,
} from "../../../src/core/protocol/plan";
import { codesAndLines, parse, plansFolder, readFixture } from "./planFixture";

/** Too large to lie beside the others as files. */
const madeOnTheSpot = ["file-too-large", "line-too-long", "too-many-phases"];

const fixtures = readdirSync(join(plansFolder, "problems"))
  .filter((name) => name.endsWith(".md"))
  .map((name) => basename(name, ".md"));

describe("the problems of a plan", () => {
  it("have a fixture or a test of their own for every code", () => {
    assert.deepEqual([...fixtures, ...madeOnTheSpot].sort(), Object.keys(problemSeverities).sort());
  });

  for (const code of fixtures) {
    it(`of the fixture ${code} are reported where they are, with their remedy`, () => {
      const { problems } = parse(readFixture(`problems/${code}.md`), {
        ...(code === "no-block" && { defaultRunner: "shell" }),
        documentExists: (path) => !path.includes("missing"),
      });
      const expected: unknown = JSON.parse(readFixture(`problems/${code}.json`));
      assert.deepEqual(plainProblems(problems), expected);
    });
  }

  it("come from top to bottom, the gravest first on a line", () => {
    const text = "## Phase 3: C\n## Phase Notes\n## Phase 1: A\nRunner: nobody\n## Phase 1: B\n";
    const { problems } = parse(text);
    const ranks = { error: 0, warning: 1, information: 2 };
    const inOrder = problems.toSorted(
      (a, b) => a.startLine - b.startLine || ranks[a.severity] - ranks[b.severity],
    );
    assert.deepEqual(problems, inOrder);
    assert.ok(problems.length > 5);
  });

  it("are none in a plan of one phase", () => {
    assert.deepEqual(parse("# Phase 1: One\n\nDo the one thing.\n").problems, []);
  });
});

describe("the limits of a plan", () => {
  const phase = "## Phase 1: One\n\n";

  it("refuse a file over 2 MB, measured in bytes, with all its lines", () => {
    const line = `${"ä".repeat(1_023)}\n`;
    const lines = Math.ceil(maxFileBytes / Buffer.byteLength(line)) + 1;
    const plan = parse(phase + line.repeat(lines), { fileName: "docs/big.md" });
    assert.deepEqual(plan.phases, []);
    assert.equal(plan.title, "big");
    assert.deepEqual(rangesOf(plan.problems), [["file-too-large", 0, lines + 1]]);
  });

  it("accept a file of exactly 2 MB", () => {
    const lines = "x"
      .repeat(1_023)
      .concat("\n")
      .repeat(2 * 1_024);
    const text = `${phase}${lines}`.slice(0, maxFileBytes);
    assert.deepEqual(parse(text).problems, []);
    assert.deepEqual(codesAndLines(parse(`${text}x`).problems), ["file-too-large 0"]);
  });

  it("refuse each line over 64 KB, measured in bytes, whatever ends it", () => {
    const long = "€".repeat(Math.floor(maxLineBytes / 3) + 1);
    const plan = parse(`${phase}${long}\r\nshort\r${long}`);
    assert.deepEqual(plan.phases, []);
    assert.deepEqual(rangesOf(plan.problems), [
      ["line-too-long", 2, 2],
      ["line-too-long", 4, 4],
    ]);
  });

  it("accept a line of exactly 64 KB", () => {
    assert.deepEqual(parse(phase + "x".repeat(maxLineBytes)).problems, []);
  });

  it("refuse more than 1,000 phases, at the first beyond", () => {
    assert.deepEqual(codesAndLines(parse(planOf(maxPhases)).problems), ["many-phases 60"]);
    const { problems } = parse(planOf(maxPhases + 1));
    assert.deepEqual(codesAndLines(problems), [`too-many-phases ${maxPhases * 3}`]);
  });

  it("warn of more than 20 phases only", () => {
    assert.deepEqual(parse(planOf(20)).problems, []);
    assert.deepEqual(codesAndLines(parse(planOf(21)).problems), ["many-phases 60"]);
  });
});

function planOf(phases: number): string {
  return Array.from({ length: phases }, (_, index) => {
    return `## Phase ${index + 1}: Step\n\nDo what this step is about.\n`;
  }).join("");
}

function rangesOf(problems: readonly PlanProblem[]): [string, number, number][] {
  return problems.map(({ code, startLine, endLine }) => [code, startLine, endLine]);
}
