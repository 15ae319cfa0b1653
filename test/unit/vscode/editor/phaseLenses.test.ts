import assert from "node:assert/strict";
import type { PhaseQueueItem } from "../../../../src/core/protocol/queue";
import { phaseLenses, planLenses } from "../../../../src/vscode/editor/phaseLenses";
import { type PhaseMark, planMarks } from "../../../../src/vscode/editor/planMarks";
import type { PhaseRowFacts } from "../../../../src/vscode/tree/phaseRow";
import { outlineOf, plan, stored } from "./planFixture";

const outline = outlineOf(
  "# P\n\n## Phase 1: A\n\nDo this now.\n\n## Phase 2: B\n\nDo that then.\n",
);
const [written] = outline.phases;
assert.ok(written);

function shown(
  change: Partial<PhaseQueueItem>,
  more: Partial<PhaseRowFacts> = {},
  difference: PhaseMark["change"] = "none",
): string[] {
  assert.ok(written);
  const phase = stored(written, change);
  const facts: PhaseRowFacts = {
    phase,
    runnerKind: "shell",
    hasLog: false,
    hasSource: true,
    canChange: true,
    now: "2026-03-01T10:00:30.000Z",
    ...more,
  };
  return phaseLenses({ written, phase, change: difference }, facts).map(({ title }) => title);
}

describe("the lenses of a phase", () => {
  it("have its status with icon, and what fits it", () => {
    assert.deepEqual(shown({ status: "ready" }), ["$(play-circle) ready", "$(play) Start"]);
    assert.deepEqual(shown({ status: "queued", depends_on_phases: [1] }), [
      "$(circle-outline) queued: after Phase 1",
    ]);
    assert.deepEqual(
      shown({ status: "running", started_at: "2026-03-01T10:00:18.000Z" }, { hasLog: true }),
      ["$(loading~spin) running · 12s", "$(debug-stop) Cancel", "$(output) Show Log"],
    );
    const ended = {
      started_at: "2026-03-01T10:00:00.000Z",
      finished_at: "2026-03-01T10:03:05.000Z",
    };
    assert.deepEqual(shown({ status: "completed", ...ended }, { hasLog: true }), [
      "$(pass-filled) completed · 3m 05s",
      "$(output) Show Log",
    ]);
    assert.deepEqual(
      shown({ status: "failed", error_message: "exited with code 3", ...ended }, { hasLog: true }),
      ["$(error) failed: exited with code 3 · 3m 05s", "$(refresh) Retry", "$(output) Show Log"],
    );
  });

  it("let a person settle what waits for one", () => {
    assert.deepEqual(shown({ status: "running" }, { runnerKind: "manual" }), [
      "$(person) waiting for a person",
      "$(check) Done",
      "$(close) Failed",
      "$(debug-stop) Cancel",
    ]);
  });

  it("lead to its issue where it has one", () => {
    assert.deepEqual(shown({ status: "ready", issue_number: 12 }).slice(-1), ["$(issues) #12"]);
  });

  it("say that the text differs, and offer it where the queue can be changed", () => {
    assert.deepEqual(shown({ status: "queued" }, {}, "differs").slice(1), [
      "$(diff-modified) Text differs",
      "Update from File",
    ]);
    assert.deepEqual(shown({ status: "queued" }, { canChange: false }, "differs").slice(1), [
      "$(diff-modified) Text differs",
    ]);
  });

  it("never make icons of a plan's or a program's own words, and cut long ones", () => {
    const [line = ""] = shown({ status: "failed", error_message: `$(trash) ${"x".repeat(200)}` });
    assert.match(line, /^\$\(error\) failed: \$ \(trash\) x+… ?$/);
    assert.ok(line.length < 100);
  });

  it("offer a phase that is new in the file, and nothing while nothing is enqueued", () => {
    assert.ok(written);
    const titles = (change: PhaseMark["change"]): string[] =>
      phaseLenses({ written, change }, undefined).map(({ title }) => title);
    assert.deepEqual(titles("added"), ["$(diff-added) Not in the queue", "Add to the Queue"]);
    assert.deepEqual(titles("none"), []);
  });
});

describe("the lenses of a plan", () => {
  const enqueued = (text: string, status: PhaseQueueItem["status"]) =>
    planMarks(outlineOf(text), {
      plan: { ...plan, title: outlineOf(text).title },
      context: outlineOf(text).context,
      phases: outline.phases.map((phase) => stored(phase, phase.number === 1 ? { status } : {})),
    });
  const titles = (...args: Parameters<typeof planLenses>): string[] =>
    planLenses(...args).map(({ title }) => title);
  const text = "# P\n\n## Phase 1: A\n\nDo this now.\n\n## Phase 2: B\n\nDo that then.\n";

  it("offer to enqueue it", () => {
    assert.deepEqual(titles(planMarks(outline, undefined), "", "", false), [
      "$(add) Enqueue Phases",
    ]);
  });

  it("show its progress, what it waits for, and what differs", () => {
    assert.deepEqual(titles(enqueued(text, "completed"), "Phase 2 running", "x", true), [
      "$(x) 1 of 2 completed · Phase 2 running",
    ]);
    const changed = `${text.replace("Do that", "Do it")}\n## Phase 3: C\n\nDo more then.\n`;
    assert.deepEqual(titles(enqueued(changed, "completed"), "w", "x", true).slice(1), [
      "$(diff) 1 phase differs, 1 phase is new",
      "Update from File…",
    ]);
  });
});
