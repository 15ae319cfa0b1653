import assert from "node:assert/strict";
import { applyChanges, dataOf } from "../../../../webview-ui/model/cardData";
import { phaseOf, planOf, queueOf, stateOf } from "../cardFixture";

describe("the card's data", () => {
  const before = dataOf(
    stateOf([phaseOf(2), phaseOf(1), phaseOf(7, { planId: "other" })], {
      plans: [planOf(), planOf({ planId: "other", number: 2 })],
    }),
  );

  it("has the phases of each plan in the order of their numbers", () => {
    assert.deepEqual(
      before.plans.map(({ phases }) => phases.map(({ number }) => number)),
      [[1, 2], [7]],
    );
  });

  it("replaces what changed and keeps the very objects of all else", () => {
    const after = applyChanges(before, {
      queue: queueOf(),
      plans: [planOf(), planOf({ planId: "other", number: 2 })],
      phases: [phaseOf(2, { status: "running" })],
      removed: [],
    });
    assert.equal(after.plans[0]?.phases[1]?.status, "running");
    assert.equal(after.plans[0].phases[0], before.plans[0]?.phases[0]);
    assert.equal(after.plans[1], before.plans[1]);
    assert.equal(after.queue, before.queue);
  });

  it("adds phases that are new, and lets go of removed phases and plans", () => {
    const after = applyChanges(before, {
      queue: queueOf(),
      plans: [planOf()],
      phases: [phaseOf(3)],
      removed: ["q1"],
    });
    assert.deepEqual(
      after.plans.map(({ phases }) => phases.map(({ number }) => number)),
      [[2, 3]],
    );
  });

  it("is the same object for a plan that is sent again as it was", () => {
    const again = dataOf(
      stateOf([phaseOf(1), phaseOf(2), phaseOf(7, { planId: "other" })], {
        plans: [planOf(), planOf({ planId: "other", number: 2 })],
      }),
      before,
    );
    again.plans.forEach((plan, index) => assert.equal(plan, before.plans[index]));
  });
});
