import assert from "node:assert/strict";
import { phaseStatuses } from "../../../../src/core/protocol/terms";
import { countsOf, groupsOf, halfCount } from "../../../../webview-ui/model/groups";
import { rowAfter, rowsOf } from "../../../../webview-ui/model/rows";
import { phaseOf, planOf } from "../cardFixture";

describe("the card's tabs", () => {
  const phases = phaseStatuses.map((status, index) => phaseOf(index + 1, { status }));
  const plans = [{ plan: planOf(), phases }];

  it("divide the phases: those at work or to come, and those that ended or cannot go on", () => {
    const statuses = (half: "inProgress" | "completed"): string[] =>
      groupsOf(plans, half).flatMap(({ shown }) => shown.map(({ status }) => status));
    assert.deepEqual(statuses("inProgress"), ["queued", "ready", "running"]);
    assert.deepEqual(statuses("completed"), ["completed", "blocked", "failed"]);
  });

  it("count every phase once", () => {
    const counts = countsOf(phases);
    assert.equal(halfCount(counts, "inProgress") + halfCount(counts, "completed"), phases.length);
  });

  it("leave a plan out that has nothing in them", () => {
    assert.deepEqual(groupsOf([{ plan: planOf(), phases: [phaseOf(1)] }], "completed"), []);
  });

  it("give the same list again as long as the plan is the same", () => {
    const shown = (): unknown => groupsOf(plans, "completed")[0]?.shown;
    assert.equal(shown(), shown());
  });
});

describe("the rows that arrow keys move among", () => {
  const groups = groupsOf(
    [
      { plan: planOf({ planId: "a" }), phases: [phaseOf(1, { planId: "a" })] },
      {
        plan: planOf({ planId: "b" }),
        phases: [
          phaseOf(2, { planId: "b", queueId: "b2" }),
          phaseOf(3, { planId: "b", queueId: "b3" }),
        ],
      },
    ],
    "inProgress",
  );
  const rows = rowsOf(groups, new Set());
  const after = (key: string, from: number): string | undefined => rowAfter(key, rows, from)?.id;

  it("are the headings with their cards, of closed plans the heading alone", () => {
    assert.deepEqual(
      rows.map(({ id }) => id),
      ["a", "q1", "b", "b2", "b3"],
    );
    assert.deepEqual(
      rowsOf(groups, new Set(["b"])).map(({ id }) => id),
      ["a", "q1", "b"],
    );
  });

  it("go up and down, to both ends, and stop there", () => {
    assert.equal(after("ArrowDown", 1), "b");
    assert.equal(after("ArrowUp", 2), "q1");
    assert.equal(after("Home", 3), "a");
    assert.equal(after("End", 0), "b3");
    assert.equal(after("ArrowDown", 4), undefined);
    assert.equal(after("ArrowUp", 0), undefined);
  });

  it("go left to the plan of a phase, and right into a plan", () => {
    assert.equal(after("ArrowLeft", 4), "b");
    assert.equal(after("ArrowRight", 2), "b2");
    assert.equal(after("ArrowRight", 3), undefined);
    assert.equal(after("x", 3), undefined);
  });
});
