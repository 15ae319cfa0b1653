import assert from "node:assert/strict";
import type { CardPhase } from "../../../../src/core/protocol/card/cardState";
import { timelinePhases } from "../../../../webview-ui/timeline/timelinePhases";

describe("A timeline's phases", () => {
  it("are the card's, by number, with the ids of those they depend on", () => {
    const attempt = { number: 1, attemptId: "x", startedAt: 1, finishedAt: 2 };
    const first = phase(1, { attempts: [{ ...attempt, outcome: "failed" }], finishedAt: 2 });
    const [one, two] = timelinePhases([phase(2, { dependsOn: [1, 7] }), first]);
    assert.deepEqual([one?.id, one?.attempts, one?.finishedAt], ["id 1", first.attempts, 2]);
    assert.deepEqual([two?.id, two?.label, two?.dependsOn], ["id 2", "2", ["id 1"]]);
    assert.equal(two && "finishedAt" in two, false);
  });
});

function phase(number: number, rest: Partial<CardPhase>): CardPhase {
  return {
    queueId: `id ${number}`,
    planId: "plan",
    number,
    title: `Step ${number}`,
    status: "queued",
    skipped: false,
    detail: "",
    dependsOn: [],
    runner: "shell",
    attempts: [],
    actions: [],
    ...rest,
  };
}
