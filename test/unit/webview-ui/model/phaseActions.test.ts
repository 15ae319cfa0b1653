import assert from "node:assert/strict";
import { cardActions } from "../../../../src/core/protocol/card/cardState";
import { freedByRetry } from "../../../../webview-ui/model/freed";
import { phaseActions, retriedInWords } from "../../../../webview-ui/model/phaseActions";
import { phaseOf } from "../cardFixture";

describe("what can be done with a phase", () => {
  it("has a button for each word that the extension can send", () => {
    for (const action of cardActions) {
      const phase = phaseOf(1, { actions: [action] });
      assert.ok(phaseActions(phase, []).length > 0, action);
    }
  });

  it("offers nothing that the extension did not send", () => {
    assert.deepEqual(phaseActions(phaseOf(1), []), []);
  });

  it("names the failed phases that a plan's retry starts again", () => {
    const failed = [2, 5].map((number) => phaseOf(number, { status: "failed" }));
    assert.equal(retriedInWords([phaseOf(1), ...failed]), "Phases 2 and 5");
  });

  it("says what a retry brings back", () => {
    const failed = phaseOf(1, { status: "failed", actions: ["retry"] });
    assert.equal(phaseActions(failed, [2, 3])[0]?.effect, "brings back Phases 2 and 3");
    assert.equal(phaseActions(failed, [])[0]?.effect, undefined);
  });
});

describe("what a retry brings back", () => {
  it("is what this failure alone blocks, directly or not", () => {
    const freed = freedByRetry([
      phaseOf(1, { status: "failed" }),
      phaseOf(2, { status: "blocked" }),
      phaseOf(3, { status: "blocked", dependsOn: [1, 2] }),
      phaseOf(4, { status: "failed", dependsOn: [] }),
      phaseOf(5, { status: "blocked", dependsOn: [3, 4] }),
      phaseOf(6, { status: "blocked", dependsOn: [4] }),
      phaseOf(7, { status: "queued", dependsOn: [] }),
    ]);
    assert.deepEqual(
      [...freed],
      [
        [1, [2, 3]],
        [4, [6]],
      ],
    );
  });

  it("is nothing that waits for a phase that was removed", () => {
    const freed = freedByRetry([
      phaseOf(2, { status: "failed", dependsOn: [] }),
      phaseOf(3, { status: "blocked", dependsOn: [1, 2] }),
    ]);
    assert.deepEqual([...freed], []);
  });
});
