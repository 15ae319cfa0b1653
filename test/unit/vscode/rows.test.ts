import assert from "node:assert/strict";
import type { AttemptItem, PhaseQueueItem, PlanItem } from "../../../src/core/protocol/queue";
import type { Waiting } from "../../../src/core/protocol/snapshot";
import { type FailureReason, phaseStatuses } from "../../../src/core/protocol/terms";
import { phaseRow, type PhaseRowFacts, phaseTooltip } from "../../../src/vscode/tree/phaseRow";
import { planRow, planTooltip } from "../../../src/vscode/tree/planRow";
import { contextValue, escapeMarkdown, statusIcons } from "../../../src/vscode/tree/row";
import { at, phase, plan } from "./rowFixture";

function facts(changes: Partial<PhaseQueueItem>, others: Partial<PhaseRowFacts> = {}) {
  return {
    phase: { ...phase, ...changes },
    runnerKind: "shell",
    hasLog: false,
    hasSource: true,
    canChange: true,
    now: at(30),
    ...others,
  } satisfies PhaseRowFacts;
}

describe("a phase's row", () => {
  it("names the phase, what it waits for, and its status for those who hear it", () => {
    const { label, description, spoken, icon } = phaseRow(facts({}));
    assert.equal(label, "2: Build");
    assert.equal(description, "after Phase 1");
    assert.equal(spoken, "Phase 2: Build, queued, after Phase 1");
    assert.deepEqual(icon, statusIcons.queued);
  });

  it("says that the plan's file has another text by now, and what can be done about it", () => {
    const { description, capabilities } = phaseRow(facts({}, { differs: true }));
    assert.equal(description, "after Phase 1 · differs from the file");
    assert.ok(capabilities.includes("showChanges") && capabilities.includes("update"));
    const readOnly = phaseRow(facts({}, { differs: true, canChange: false })).capabilities;
    assert.ok(readOnly.includes("showChanges") && !readOnly.includes("update"));
    assert.ok(!phaseRow(facts({})).capabilities.includes("showChanges"));
  });

  it("says why it failed: the reason, and the message where that says more", () => {
    const why = (reason: FailureReason, error_message?: string): string | undefined =>
      phaseRow(facts({ status: "failed", reason, ...(error_message && { error_message }) }))
        .description;
    assert.equal(why("reported"), "reported as failed");
    assert.equal(why("reported", "reported as failed"), "reported as failed");
    assert.equal(why("reported", "wrong version"), "reported as failed: wrong version");
    assert.equal(why("timeout"), "it ran longer than its time-out");
    assert.equal(why("timeout", "ran longer than 5m"), "ran longer than 5m");
  });

  it("does not repeat a title that only says the number", () => {
    const { label, spoken } = phaseRow(facts({ phase_data: { title: "Phase 2", content: "" } }));
    assert.equal(label, "Phase 2");
    assert.equal(spoken, "Phase 2, queued, after Phase 1");
  });

  it("shows how long a running phase has taken", () => {
    const { description } = phaseRow(facts({ status: "running", started_at: at(18), attempts: 1 }));
    assert.equal(description, "12s");
  });

  it("does not spin while nothing of ours works: a person or a workflow is waited for", () => {
    const person = phaseRow(facts({ status: "running" }, { runnerKind: "manual" }));
    assert.equal(person.icon.id, "person");
    assert.match(person.spoken, /waiting for a person/);
    const workflow = phaseRow(facts({ status: "running" }, { runnerKind: "external" }));
    assert.equal(workflow.icon.id, "radio-tower");
  });

  it("has a shape and a colour of its own for each status", () => {
    const icons = phaseStatuses.map((status) => statusIcons[status]);
    assert.equal(new Set(icons.map(({ id }) => id)).size, phaseStatuses.length);
    assert.equal(new Set(icons.map(({ color }) => color)).size, phaseStatuses.length);
  });

  const able: readonly [status: PhaseQueueItem["status"], words: string][] = [
    ["queued", "skip move remove goTo"],
    ["ready", "start skip move remove goTo"],
    ["running", "cancel goTo"],
    ["completed", "remove goTo"],
    ["blocked", "skip move remove goTo"],
    ["failed", "retry skip remove goTo"],
  ];
  for (const [status, words] of able) {
    it(`lets a ${status} phase be changed as its state allows: ${words}`, () => {
      assert.equal(phaseRow(facts({ status })).capabilities.join(" "), words);
    });
  }

  it("lets a person settle a phase that waits for one", () => {
    const row = phaseRow(facts({ status: "running" }, { runnerKind: "manual" }));
    assert.deepEqual(row.capabilities, ["cancel", "settle", "goTo"]);
  });

  it("leads to its issue where it has one", () => {
    const row = phaseRow(facts({ status: "completed", issue_number: 12 }, { canChange: false }));
    assert.deepEqual(row.capabilities, ["goTo", "issue"]);
  });

  it("offers nothing but looking where the queue cannot be changed", () => {
    const changes = { status: "failed", error_message: "exit 1", attempts: 2 } as const;
    const row = phaseRow(facts(changes, { canChange: false, hasLog: true }));
    assert.deepEqual(row.capabilities, ["goTo", "log", "attempts", "error"]);
  });

  it("tells its error, attempts and runner in the tooltip, with nothing of the plan as markup", () => {
    const attempt: AttemptItem = {
      attempt_id: "a",
      queue_id: "q",
      attempt_number: 1,
      runner: "shell",
      command: ["sh"],
      state: "ended",
      started_at: at(1),
      finished_at: at(4),
      outcome: "exit",
    };
    const changes = {
      status: "failed",
      reason: "exit",
      error_message: "[click](command:evil) `x`",
      phase_data: { title: "Build *now*", content: "" },
    } as const;
    const tooltip = phaseTooltip(facts(changes, { runnerKind: undefined }), [attempt]);
    assert.match(tooltip, /\*\*Phase 2: Build \\\*now\\\*\*\*/);
    assert.match(tooltip, /\\\[click\\\]\\\(command\\:evil\\\)/);
    assert.match(tooltip, /Attempt 1: failed, 3\.0s/);
    assert.match(tooltip, /not configured/);
    assert.match(tooltip, /Depends on Phase 1/);
  });
});

describe("a plan's row", () => {
  const row = (counts: Record<string, number>, waiting: Waiting, changes: Partial<PlanItem> = {}) =>
    planRow({
      plan: { ...plan, ...changes },
      counts: new Map(Object.entries(counts)),
      waiting,
      canChange: true,
      isMirrored: false,
    });

  it("shows progress and what it waits for", () => {
    const { label, description, spoken } = row(
      { completed: 2, running: 1, queued: 2 },
      { kind: "running", text: "Phase 3 running" },
    );
    assert.equal(label, "Release");
    assert.equal(description, "2/5 · Phase 3 running");
    assert.equal(spoken, "Plan 1, Release, 2 of 5 phases completed, Phase 3 running");
  });

  it("says no more than its progress when it is done", () => {
    const { description, icon } = row(
      { completed: 3 },
      { kind: "completed", text: "all phases are completed" },
    );
    assert.equal(description, "3/3");
    assert.deepEqual(icon, statusIcons.completed);
  });

  it("can be paused while unfinished, resumed while paused, retried where a phase failed", () => {
    const failed: Waiting = { kind: "failed", text: "Phase 1 failed" };
    assert.deepEqual(row({ failed: 1, blocked: 1 }, failed).capabilities, [
      "pause",
      "retry",
      "move",
      "remove",
      "mirror",
      "goTo",
    ]);
    const paused: Waiting = { kind: "paused", text: "checkpoint" };
    const held = row({ completed: 1, ready: 1 }, paused, { paused_reason: "checkpoint" });
    assert.deepEqual(held.capabilities, ["resume", "move", "remove", "mirror", "goTo"]);
    assert.equal(held.icon.id, "debug-pause");
    const running: Waiting = { kind: "running", text: "Phase 1 running" };
    assert.deepEqual(row({ running: 1 }, running).capabilities, [
      "pause",
      "move",
      "mirror",
      "goTo",
    ]);
  });

  it("leads to its issue where it has one, and offers what mirroring it allows", () => {
    const waiting: Waiting = { kind: "completed", text: "all phases are completed" };
    const facts = { plan: { ...plan, parent_issue: 7 }, counts: new Map(), waiting };
    const mirrored = planRow({ ...facts, canChange: true, isMirrored: true });
    assert.deepEqual(mirrored.capabilities, ["remove", "mirrored", "goTo", "issue"]);
    const elsewhere = planRow({ ...facts, canChange: false, isMirrored: true });
    assert.deepEqual(elsewhere.capabilities, ["goTo", "issue"]);
  });

  it("tells its counts and file in the tooltip", () => {
    const tooltip = planTooltip({
      plan,
      counts: new Map([
        ["blocked", 1],
        ["failed", 1],
      ]),
      waiting: { kind: "failed", text: "Phase 1 failed" },
      canChange: true,
      isMirrored: false,
    });
    assert.match(tooltip, /1 failed, 1 blocked/);
    assert.match(tooltip, /\/w\/plan\\\.md/);
  });
});

describe("a context value", () => {
  it("has its words between spaces, so that one word is not found in another", () => {
    assert.equal(contextValue("phase", ["retry", "log"]), " phase retry log ");
  });
});

describe("text in Markdown", () => {
  it("is nothing but text", () => {
    assert.equal(
      escapeMarkdown("a_b <c> [d](e) $(f) &amp;"),
      "a\\_b \\<c\\> \\[d\\]\\(e\\) \\$\\(f\\) \\&amp;",
    );
  });
});
