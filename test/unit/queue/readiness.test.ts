import assert from "node:assert/strict";
import { topologicalOrder } from "../../../src/core/queue/graphOrder";
import { QueueBench } from "./support/queueBench";

describe("readiness", () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
  });
  afterEach(() => bench.remove());

  const cause = (number: number): string | undefined => bench.phase(number).error_message;

  describe("in a chain", () => {
    beforeEach(() => bench.enqueue(4));

    it("passes from each completed phase to the next", () => {
      assert.equal(bench.statuses(), "1 ready, 2 queued, 3 queued, 4 queued");
      bench.complete(1);
      assert.equal(bench.statuses(), "1 completed, 2 ready, 3 queued, 4 queued");
      bench.complete(2);
      assert.equal(bench.statuses(), "1 completed, 2 completed, 3 ready, 4 queued");
    });

    it("stays as it is while a phase runs", () => {
      bench.claim(1);
      assert.equal(bench.statuses(), "1 running, 2 queued, 3 queued, 4 queued");
    });

    it("is blocked behind a failed phase, which is named with what went wrong", () => {
      bench.complete(1);
      bench.fail(2, "step 1 (sh, line 4) exited with code 3");
      assert.equal(bench.statuses(), "1 completed, 2 failed, 3 blocked, 4 blocked");
      const text = "Phase 2 failed: step 1 (sh, line 4) exited with code 3";
      assert.deepEqual([cause(3), cause(4)], [text, text]);
    });

    it("names a phase that failed without a word", () => {
      const attemptId = bench.claim(1);
      bench.queue.settle({ attemptId, verdict: { outcome: "lost" } });
      assert.equal(cause(2), "Phase 1 failed");
    });

    it("comes back when the failed phase is retried", () => {
      bench.fail(1);
      bench.news();
      const moved = bench.queue.retry(bench.id(1));
      assert.equal(bench.statuses(), "1 ready, 2 queued, 3 queued, 4 queued");
      assert.equal(cause(2), undefined);
      assert.deepEqual(
        moved.map(({ phase_number }) => phase_number),
        [1, 2, 3, 4],
      );
      assert.deepEqual(bench.news(), [
        "phase_changed 1 failed>ready",
        "phase_changed 2 blocked>queued",
        "phase_changed 3 blocked>queued",
        "phase_changed 4 blocked>queued",
      ]);
    });

    it("goes on behind a failed phase that is skipped", () => {
      bench.fail(1);
      bench.queue.skip(bench.id(1));
      assert.equal(bench.statuses(), "1 completed, 2 ready, 3 queued, 4 queued");
      assert.equal(bench.phase(1).reason, "skipped");
    });

    it("goes on behind a blocked phase that is skipped, though the failed one stays", () => {
      bench.fail(1);
      bench.queue.skip(bench.id(2));
      assert.equal(bench.statuses(), "1 failed, 2 completed, 3 ready, 4 queued");
      bench.complete(3);
      bench.queue.retry(bench.id(1));
      assert.equal(bench.statuses(), "1 ready, 2 completed, 3 completed, 4 ready");
    });

    it("goes on behind a queued phase that is skipped", () => {
      bench.queue.skip(bench.id(3));
      assert.equal(bench.statuses(), "1 ready, 2 queued, 3 completed, 4 ready");
    });

    it("is blocked by a removed unfinished phase until the dependency is dropped", () => {
      bench.queue.removePhase(bench.id(2));
      assert.equal(bench.statuses(), "1 ready, 3 blocked, 4 blocked");
      assert.deepEqual([cause(3), cause(4)], ["Phase 2 was removed", "Phase 2 was removed"]);
      bench.news();
      bench.queue.dropDependencies(bench.id(3));
      assert.equal(bench.statuses(), "1 ready, 3 ready, 4 queued");
      assert.deepEqual(bench.phase(3).depends_on_phases, []);
      assert.equal(bench.phase(3).depends_on_phase, undefined);
      assert.deepEqual(bench.news(), [
        "dependency_dropped 3",
        "phase_changed 3 blocked>ready",
        "phase_changed 4 blocked>queued",
      ]);
    });

    it("forgets all removed phases it depends on at once, and no other", () => {
      bench.store.commit((change) =>
        change.run("UPDATE phase_queue SET depends_on_phases = '[1,2,3]' WHERE phase_number = 4"),
      );
      bench.queue.removePhase(bench.id(2));
      bench.queue.removePhase(bench.id(3));
      bench.news();
      assert.deepEqual(bench.queue.dropDependencies(bench.id(4)), [2, 3]);
      assert.deepEqual(bench.phase(4).depends_on_phases, [1]);
      assert.equal(bench.statuses(), "1 ready, 4 queued");
      assert.deepEqual(bench.news(), [
        "dependency_dropped 4",
        "dependency_dropped 4",
        "phase_changed 4 blocked>queued",
      ]);
      assert.throws(() => bench.queue.dropDependencies(bench.id(4)), {
        kind: "conflict",
        message: /depends on no phase that was removed; Phase 4 is queued/,
      });
    });

    it("is not changed by the removal of a completed phase", () => {
      bench.complete(1);
      bench.complete(2);
      bench.news();
      bench.queue.removePhase(bench.id(2));
      assert.equal(bench.statuses(), "1 completed, 3 ready, 4 queued");
      assert.deepEqual(bench.news(), ["phase_removed 2 completed>"]);
      assert.deepEqual(bench.phase(3).depends_on_phases, []);
      bench.complete(3);
      assert.equal(bench.statuses(), "1 completed, 3 completed, 4 ready");
    });

    it("names the new cause when the failed phase is removed, and announces that", () => {
      bench.fail(1, "it broke");
      assert.equal(cause(2), "Phase 1 failed: it broke");
      bench.news();
      const moved = bench.queue.removePhase(bench.id(1));
      assert.deepEqual([cause(2), cause(3), cause(4)], Array(3).fill("Phase 1 was removed"));
      assert.deepEqual(bench.news(), [
        "phase_removed 1 failed>",
        "phase_changed 2 blocked>blocked",
        "phase_changed 3 blocked>blocked",
        "phase_changed 4 blocked>blocked",
      ]);
      assert.deepEqual(
        moved.map(({ type }) => type),
        ["phase_removed"],
        "nobody is newly blocked",
      );
    });

    it("names the new cause when a phase fails in another way after a retry", () => {
      bench.fail(1, "once");
      bench.queue.retry(bench.id(1));
      bench.fail(1, "twice");
      assert.equal(cause(3), "Phase 1 failed: twice");
    });
  });

  describe("in a diamond", () => {
    beforeEach(() =>
      bench.enqueue([
        { number: 1 },
        { number: 2, dependsOn: [1] },
        { number: 3, dependsOn: [1] },
        { number: 4, dependsOn: [2, 3] },
        { number: 5, dependsOn: [4] },
      ]),
    );

    it("waits for both sides", () => {
      bench.complete(1);
      assert.equal(bench.statuses(), "1 completed, 2 ready, 3 ready, 4 queued, 5 queued");
      bench.complete(3);
      assert.equal(bench.statuses(), "1 completed, 2 ready, 3 completed, 4 queued, 5 queued");
      bench.complete(2);
      assert.equal(bench.statuses(), "1 completed, 2 completed, 3 completed, 4 ready, 5 queued");
    });

    it("is blocked by either side, and names the other one once the first is retried", () => {
      bench.complete(1);
      bench.fail(2, "left");
      assert.equal(cause(5), "Phase 2 failed: left");
      bench.fail(3, "right");
      assert.equal(cause(5), "Phase 2 failed: left");
      bench.news();
      bench.queue.retry(bench.id(2));
      assert.deepEqual([cause(4), cause(5)], Array(2).fill("Phase 3 failed: right"));
      assert.equal(bench.statuses(), "1 completed, 2 ready, 3 failed, 4 blocked, 5 blocked");
      assert.deepEqual(bench.news(), [
        "phase_changed 2 failed>ready",
        "phase_changed 4 blocked>blocked",
        "phase_changed 5 blocked>blocked",
      ]);
      bench.queue.retry(bench.id(3));
      assert.equal(bench.statuses(), "1 completed, 2 ready, 3 ready, 4 queued, 5 queued");
    });

    it("stays blocked by a removed side when the other one completes", () => {
      bench.queue.removePhase(bench.id(2));
      bench.complete(1);
      bench.complete(3);
      assert.equal(bench.statuses(), "1 completed, 3 completed, 4 blocked, 5 blocked");
      bench.queue.dropDependencies(bench.id(4));
      assert.equal(bench.statuses(), "1 completed, 3 completed, 4 ready, 5 queued");
    });

    it("keeps the single dependency right when one of two is removed completed", () => {
      bench.complete(1);
      bench.complete(2);
      bench.queue.removePhase(bench.id(2));
      assert.equal(bench.phase(4).depends_on_phase, 3);
      assert.deepEqual(bench.phase(4).depends_on_phases, [3]);
    });
  });

  it("of a fan-out and a fan-in follows every one of its phases", () => {
    const middle = Array.from({ length: 20 }, (_, index) => index + 2);
    bench.enqueue([
      { number: 1 },
      ...middle.map((number) => ({ number, dependsOn: [1] })),
      { number: 22, dependsOn: middle },
    ]);
    bench.complete(1);
    for (const number of middle.toReversed()) {
      assert.equal(bench.phase(22).status, "queued");
      bench.complete(number);
    }
    assert.equal(bench.phase(22).status, "ready");
  });

  it("of a phase that is tried again later keeps what went wrong, whatever else is removed", () => {
    bench.enqueue([{ number: 1 }, { number: 2, dependsOn: [] }]);
    const verdict = { outcome: "exit" as const, message: "exit 3" };
    bench.queue.settle({ attemptId: bench.claim(1), verdict, retryAt: "2026" });
    bench.queue.removePhase(bench.id(2));
    assert.equal(bench.statuses(), "1 ready");
    assert.equal(cause(1), "exit 3");
  });

  it("follows dependencies on later phases, effects announced in phase order", () => {
    bench.enqueue([
      { number: 1, dependsOn: [2] },
      { number: 2, dependsOn: [3] },
      { number: 3, dependsOn: [4] },
      { number: 4, dependsOn: [] },
    ]);
    bench.news();
    bench.fail(4);
    assert.equal(bench.statuses(), "1 blocked, 2 blocked, 3 blocked, 4 failed");
    assert.deepEqual(bench.news(), [
      "phase_changed 4 ready>running",
      "phase_changed 4 running>failed",
      "phase_changed 1 queued>blocked",
      "phase_changed 2 queued>blocked",
      "phase_changed 3 queued>blocked",
    ]);
  });

  it("of one plan is nothing to another", () => {
    bench.enqueue(2);
    bench.enqueue(2);
    bench.fail(1);
    bench.complete(1, 2);
    assert.equal(bench.statuses(1), "1 failed, 2 blocked");
    assert.equal(bench.statuses(2), "1 completed, 2 ready");
  });

  it("is right again at a start-up, where an older version or a crash left it wrong", async () => {
    const planId = bench.enqueue(4);
    bench.fail(1, "it broke");
    bench.store.commit((transaction) => {
      transaction.run("UPDATE phase_queue SET status = 'ready' WHERE phase_number = 2");
      transaction.run(
        "UPDATE phase_queue SET status = 'queued', error_message = NULL WHERE phase_number = 3",
      );
      transaction.run("UPDATE phase_queue SET error_message = 'old' WHERE phase_number = 4");
    });
    await bench.restart();
    bench.news();
    assert.deepEqual(bench.queue.plansWithWaitingPhases(), [planId]);
    bench.queue.correctReadiness(planId);
    assert.equal(bench.statuses(), "1 failed, 2 blocked, 3 blocked, 4 blocked");
    assert.deepEqual([2, 3, 4].map(cause), Array(3).fill("Phase 1 failed: it broke"));
    assert.deepEqual(bench.news(), [
      "phase_changed 2 ready>blocked",
      "phase_changed 3 queued>blocked",
      "phase_changed 4 blocked>blocked",
    ]);
    const { lastSeq } = bench.store;
    bench.queue.correctReadiness(planId);
    assert.equal(bench.store.lastSeq, lastSeq, "nothing is written when all is right");
  });

  it("is not mistaken after a change that was undone", () => {
    bench.enqueue(3);
    bench.disk.set({
      before({ name }) {
        if (name === "fdatasyncSync") {
          throw Object.assign(new Error("full"), { code: "ENOSPC" });
        }
      },
    });
    assert.throws(() => bench.queue.removePhase(bench.id(2)), { kind: "storage" });
    bench.disk.set(undefined);
    bench.complete(1);
    assert.equal(bench.statuses(), "1 completed, 2 ready, 3 queued");
  });
});

describe("the order of a graph", () => {
  const orderOf = (graph: Readonly<Record<number, readonly number[]>>): number[] => {
    const dependsOn = new Map(Object.entries(graph).map(([key, value]) => [Number(key), value]));
    const dependents = new Map<number, number[]>();
    for (const [number, needed] of dependsOn) {
      for (const other of needed) {
        dependents.set(other, [...(dependents.get(other) ?? []), number]);
      }
    }
    return topologicalOrder(dependsOn, dependents);
  };

  it("puts each number after all it depends on", () => {
    assert.deepEqual(orderOf({ 1: [3], 2: [], 3: [2], 4: [1, 2, 3] }), [2, 3, 1, 4]);
  });

  it("takes a number that is gone for satisfied", () => {
    assert.deepEqual(orderOf({ 1: [9], 2: [1] }), [1, 2]);
  });

  it("has every number once, also those on a cycle", () => {
    assert.deepEqual(orderOf({ 1: [], 2: [3], 3: [2], 4: [2] }), [1, 2, 3, 4]);
  });
});
