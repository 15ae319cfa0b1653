import assert from "node:assert/strict";
import { timelinePhases } from "../../../../webview-ui/timeline/timelinePhases";
import { phaseOf } from "../cardFixture";

describe("A timeline's phases", () => {
  it("are the card's, by number, with the ids of those they depend on", () => {
    const times = { startedAt: 1, finishedAt: 2 };
    const first = phaseOf(1, {
      attempts: [{ number: 1, attemptId: "x", ...times, outcome: "failed", words: "timed out" }],
      finishedAt: 2,
    });
    const [one, two] = timelinePhases([phaseOf(2, { dependsOn: [1, 7] }), first]);
    assert.deepEqual([one?.id, one?.attempts, one?.finishedAt], ["q1", first.attempts, 2]);
    assert.deepEqual([two?.id, two?.label, two?.dependsOn], ["q2", "2", ["q1"]]);
    assert.equal(two && "finishedAt" in two, false);
  });
});
