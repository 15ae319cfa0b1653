import assert from "node:assert/strict";
import { placeBy, placeOn, refusalOf, type Rows } from "../../../src/vscode/tree/order";

const rows = (hidden = ""): Rows => ({
  all: ["a", "b", "c", "d"],
  isShown: (id) => !hidden.includes(id),
});

describe("the order of starting", () => {
  it("is changed by one place up or down, and not at its ends", () => {
    assert.deepEqual(placeBy(rows(), "c", -1), { before: "b" });
    assert.deepEqual(placeBy(rows(), "b", 1), { before: "d" });
    assert.equal(placeBy(rows(), "c", 1), "last");
    assert.equal(placeBy(rows(), "a", -1), undefined);
    assert.equal(placeBy(rows(), "d", 1), undefined);
  });

  it("is changed among the rows that are shown: a step never changes nothing to be seen", () => {
    assert.deepEqual(placeBy(rows("bc"), "d", -1), { before: "a" });
    assert.deepEqual(placeBy(rows("b"), "a", 1), { before: "d" });
    assert.deepEqual(placeBy(rows("d"), "a", 1), { before: "c" });
    assert.deepEqual(placeBy(rows("d"), "b", 1), { before: "d" }, "what is hidden stays behind it");
    assert.equal(placeBy(rows("d"), "c", 1), undefined);
  });

  it("gives what is dropped the place of the row it is dropped on", () => {
    assert.deepEqual(placeOn(rows(), "d", "b"), { before: "b" });
    assert.deepEqual(placeOn(rows(), "a", "b"), { before: "c" });
    assert.equal(placeOn(rows(), "a", "d"), "last");
    assert.deepEqual(placeOn(rows(), "b", "b"), { before: "c" }, "on itself, it stays");
  });

  it("puts last what is dropped behind all rows, or on one that is finished", () => {
    assert.equal(placeOn(rows(), "b", undefined), "last");
    assert.equal(placeOn(rows(), "b", "finished"), "last");
  });

  it("keeps phases in their plans, and plans in the queues of their folders", () => {
    const queue = {};
    const phase = { kind: "phase", queue, plan: { plan_id: "1" } } as const;
    const own = { kind: "plan", queue, plan: { plan_id: "1" } } as const;
    const other = { kind: "plan", queue, plan: { plan_id: "2" } } as const;
    assert.equal(refusalOf(phase, own), undefined);
    assert.equal(refusalOf(phase, undefined), undefined);
    assert.match(refusalOf(phase, other) ?? "", /stays in its plan/);
    assert.match(refusalOf(phase, { ...other, kind: "phase" }) ?? "", /stays in its plan/);
    assert.match(refusalOf(phase, { kind: "folder", queue }) ?? "", /stays in its plan/);
    assert.equal(refusalOf(own, other), undefined);
    assert.match(refusalOf(own, { ...other, queue: {} }) ?? "", /of its folder/);
  });
});
