import assert from "node:assert/strict";
import type { ProblemCode } from "../../../../src/core/protocol/plan";
import { applyEdits } from "../../../../src/vscode/editor/lineEdits";
import { type QuickFix, quickFixes } from "../../../../src/vscode/editor/quickFixes";
import { outlineOf, runners } from "./planFixture";

/** The fixes of the first problem of this kind. */
function fixesOf(text: string, code: ProblemCode, defaultRunner?: string): QuickFix[] {
  const { problems, phases } = outlineOf(text, defaultRunner);
  const problem = problems.find((one) => one.code === code);
  assert.ok(problem, `the text has the problem ${code}`);
  return quickFixes(problem, { lines: text.split("\n"), phases, runners: [...runners.keys()] });
}

/** The text after the fix with this title; the fix must leave none of the kind. */
function fixed(text: string, code: ProblemCode, title: RegExp, defaultRunner?: string): string {
  const fixes = fixesOf(text, code, defaultRunner);
  const fix = fixes.find((one) => title.test(one.title));
  assert.ok(fix, `there is ${String(title)} among ${fixes.map((one) => one.title).join(" | ")}`);
  const after = applyEdits(text.split("\n"), fix.edits).join("\n");
  assert.deepEqual(
    outlineOf(after, defaultRunner).problems.filter((problem) => problem.code === code),
    [],
    after,
  );
  return after;
}

const body = "Enough to be done.";

describe("quick fixes of a plan", () => {
  it("renumber phases where one number is there twice; dependencies follow", () => {
    const text = [
      `## Phase 1: A\n\n${body}`,
      `## Phase 2: B\n\n${body}`,
      `## Phase 2: C\nDepends on: Phase 1, 2 and 3\n\n${body}`,
      `## Phase 3: D\n- **Depends on**: 3\n\n${body}`,
    ].join("\n\n");
    assert.throws(() => fixesOf("## Phase 1: A", "duplicate-number"));
    const after = fixed(text.replace("1, 2 and 3", "1 and 2"), "duplicate-number", /Renumber/);
    assert.match(after, /## Phase 3: C\nDepends on: Phase 1 and 2\n/);
    assert.match(after, /## Phase 4: D\n- \*\*Depends on\*\*: 4\n/);
  });

  it("renumber whatever way ids are written, and keep those that say their number", () => {
    const text = [
      `# Phase One - A\n\n${body}`,
      `**Phase 3**: B\n---\n\n${body}`,
      `### Phase 5 (infra): C\nDepends on: "B, the second", Phase 3\n\n${body}`,
    ].join("\n\n");
    const after = fixed(text.replace('"B, the second", ', ""), "missing-phase", /Renumber/);
    assert.match(after, /# Phase One - A/);
    assert.match(after, /\*\*Phase 2\*\*: B\n---/);
    assert.match(after, /### Phase 3 \(infra\): C\nDepends on: Phase 2\n/);
  });

  it("leave titles in dependencies alone, numbers in them too", () => {
    const text = [
      `## Phase 1: Build 3 things\n\n${body}`,
      `## Phase 3: B\nDepends on: Build 3 things\n\n${body}`,
    ].join("\n\n");
    assert.match(fixed(text, "missing-phase", /Renumber/), /Depends on: Build 3 things/);
  });

  it("renumber from 0 where the plan begins there", () => {
    const text = `## Phase 0: A\n\n${body}\n\n## Phase 2: B\n\n${body}\n`;
    assert.match(fixed(text, "missing-phase", /Renumber/), /## Phase 1: B/);
    assert.match(fixed(text, "missing-phase", /Add/), /## Phase 1: New phase[^]*## Phase 2: B/);
  });

  it("add the missing Phase 1, at the level of the others", () => {
    const text = `# Plan\n\n### Phase 2: B\n\n${body}\n`;
    const after = fixed(text, "missing-phase", /^Add the missing Phase 1$/);
    assert.match(after, /^# Plan\n\n### Phase 1: New phase\n\n.+\n\n### Phase 2: B/);
    assert.equal(fixesOf(text, "missing-phase")[0]?.preferred, true);
  });

  it("put the name of a phase right that a dependency misspells", () => {
    const text = [
      `## Phase 1: Build the library\n\n${body}`,
      `## Phase 2: Test\n\n${body}`,
      `## Phase 3: Ship\nDepends on: Biuld the libary, 2\n\n${body}`,
    ].join("\n\n");
    const after = fixed(text, "unknown-dependency", /Biuld the libary.*Phase 1: Build the library/);
    assert.match(after, /Depends on: Phase 1, 2\n/);
    const quoted = text.replace("Biuld the libary", '"Build teh library"');
    assert.match(fixed(quoted, "unknown-dependency", /Phase 1/), /Depends on: Phase 1, 2\n/);
    const number = text.replace("Biuld the libary, 2", "Phase 1, 9");
    assert.match(fixed(number, "unknown-dependency", /Phase 2/), /Depends on: Phase 1, 2\n/);
  });

  it("take a phase out of what it depends on itself", () => {
    const text = `## Phase 1: A\n\n${body}\n\n## Phase 2: B\nDepends on: Phase 2\n\n${body}\n`;
    assert.match(fixed(text, "self-dependency", /Phase 1/), /Depends on: Phase 1\n/);
  });

  it("name a runner that there is, the likest first", () => {
    const text = `## Phase 1: A\nRunner: cluade\n\n${body}\n`;
    const [first] = fixesOf(text, "unknown-runner");
    assert.equal(first?.title, "Change the runner to claude");
    assert.equal(first.preferred, true);
    assert.match(fixed(text, "unknown-runner", /to claude/), /Runner: claude\n/);
  });

  it("hand a phase without a block to a person", () => {
    const text = `## Phase 1: A\n\n${body}\n`;
    const after = fixed(text, "no-block", /manual/, "shell");
    assert.match(after, /## Phase 1: A\nRunner: manual\n/);
    const named = `## Phase 1: A\nRunner: shell\n\n${body}\n`;
    assert.match(fixed(named, "no-block", /manual/), /Runner: manual\n\n/);
    const underlined = `Phase 1:\nA title\n-------\n\n${body}\n`;
    assert.match(
      fixed(underlined, "no-block", /manual/, "shell"),
      /A title\n-------\nRunner: manual\n/,
    );
  });

  it("make a heading a phase that looks like one", () => {
    const text = `## Phase 1: A\n\n${body}\n\n## Phase Review\n\n${body}\n`;
    assert.match(fixed(text, "looks-like-phase", /Make it a phase/), /## Phase: Review/);
  });

  it("offer nothing where they would change nothing", () => {
    assert.deepEqual(fixesOf("## Phase 1: A\n\nshort\n", "little-content"), []);
  });
});
