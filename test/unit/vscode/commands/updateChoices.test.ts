import assert from "node:assert/strict";
import {
  runningOnes,
  together,
  updateChoices,
} from "../../../../src/vscode/commands/updateChoices";
import { changesOf, type PlanChanges, planMarks } from "../../../../src/vscode/editor/planMarks";
import { outlineOf, plan, stored } from "../editor/planFixture";

const before =
  "# Plan\n\nKnow this.\n\n## Phase 1: A\n\nDo this first.\n\n## Phase 2: $(bug) B\n\nDo that.\n";

/** How a file of this text differs from the plan before, whose second phase is in this status. */
function changes(text: string, status: "queued" | "running" = "queued"): PlanChanges {
  const { phases, context } = outlineOf(before);
  const inQueue = phases.map((phase) => stored(phase, phase.number === 2 ? { status } : {}));
  return changesOf(planMarks(outlineOf(text), { plan, context, phases: inQueue }));
}
const offered = (...args: Parameters<typeof changes>): string[] =>
  updateChoices(changes(...args)).map(
    ({ label, description, picked }) => `${picked ? "x" : "-"} ${label}: ${description}`,
  );

describe("what is offered to be taken over from a plan's file", () => {
  it("is nothing where nothing differs", () => assert.deepEqual(offered(before), []));

  it("is picked where a text changed, and left to the user where phases come and go", () => {
    const text = before.replace("Do that.", "Do more.").replace("Know this", "Know that");
    assert.deepEqual(offered(`${text}\n## Phase 3: C\n\nDo it all.\n`), [
      "x $(diff-modified) Context of the Plan: take the file's",
      String.raw`x $(diff-modified) Phase 2: \$(bug) B: take the file's text`,
      "- $(diff-added) Phase 3: C: add to the queue",
    ]);
    assert.deepEqual(offered(before.replace(/## Phase 2[^]*/, "")), [
      String.raw`- $(diff-removed) Phase 2: \$(bug) B: remove from the queue`,
    ]);
  });

  it("leaves out a phase that runs, and says why", () => {
    const gone = changes(before.replace(/## Phase 2[^]*/, ""), "running");
    assert.deepEqual(updateChoices(gone), []);
    assert.match(runningOnes(gone), /running: Phase 2\. Cancel first/);
    assert.equal(runningOnes(changes(before)), "");
  });

  it("is the numbers, where they alone differ", () => {
    const text = before.replace("Phase 1: A", "Phase 0: A").replace("Phase 2:", "Phase 1:");
    assert.deepEqual(offered(text), ["x $(diff-modified) Numbers of the Phases: take the file's"]);
  });

  it("becomes one request", () => {
    const text = before.replace("# Plan", "# Plans").replace("Do that.", "Do more.");
    const choices = updateChoices(changes(text)).map(({ choice }) => choice);
    assert.deepEqual(together(choices), {
      update: ["id $(bug) B"],
      add: [],
      remove: [],
      context: true,
    });
  });
});
