import assert from "node:assert/strict";
import type { SqlParams } from "../../../src/core/queue/sqlDatabase";
import { QueueBench } from "./support/queueBench";

describe("the phase to start next", () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
  });
  afterEach(() => bench.remove());

  const now = "2026-01-01T00:00:10.000Z";

  /** "2.1": the phase that would be started, as plan and number. */
  function next(
    options: { slotFree?: boolean; withoutSlot?: string[]; planId?: string; now?: string } = {},
  ): string | undefined {
    const phase = bench.queue.nextToStart({ now, slotFree: true, withoutSlot: [], ...options });
    const item = phase && bench.queue.phase(phase.queueId);
    return item && `${item.plan_number}.${item.phase_number}`;
  }

  const free = (number: number, runner?: string) => ({
    number,
    dependsOn: [],
    ...(runner !== undefined && { runner }),
  });

  it("is none in an empty queue, and none that is not ready", () => {
    assert.equal(next(), undefined);
    bench.enqueue(2);
    bench.claim(1);
    assert.equal(next(), undefined);
  });

  it("goes by priority, then by the plan's place in the queue, then by number", () => {
    bench.enqueue([free(1), free(2)], 50);
    bench.enqueue([free(1), free(2)], 10);
    bench.enqueue([free(1), free(2)], 10);
    bench.enqueue([free(1)], 90);
    const order: (string | undefined)[] = [];
    for (let found = next(); found !== undefined; found = next()) {
      order.push(found);
      const [plan, number] = found.split(".").map(Number);
      bench.complete(number ?? 0, plan);
    }
    assert.deepEqual(order, ["2.1", "2.2", "3.1", "3.2", "1.1", "1.2", "4.1"]);
  });

  it("is of the plan that was asked for", () => {
    bench.enqueue(1);
    const planId = bench.enqueue(1);
    assert.equal(next(), "1.1");
    assert.equal(next({ planId }), "2.1");
    assert.equal(next({ planId: "none" }), undefined);
  });

  it("leaves out phases whose retry is not due, and tells when the next one is", () => {
    bench.enqueue([free(1), free(2), free(3)]);
    for (const [number, retryAt] of [
      [1, "2026-01-01T00:00:10.001Z"],
      [2, "2026-01-01T00:00:20.000Z"],
    ] as const) {
      bench.queue.settle({ attemptId: bench.claim(number), verdict: { outcome: "exit" }, retryAt });
    }
    assert.equal(next(), "1.3");
    bench.claim(3);
    assert.equal(next(), undefined);
    assert.equal(bench.queue.nextRetryAt(now), "2026-01-01T00:00:10.001Z");
    assert.equal(next({ now: "2026-01-01T00:00:10.001Z" }), "1.1");
    assert.equal(bench.queue.nextRetryAt("2026-01-01T00:00:10.001Z"), "2026-01-01T00:00:20.000Z");
    assert.equal(bench.queue.nextRetryAt("2027"), undefined);
  });

  it("leaves out plans that are paused", () => {
    const planId = bench.enqueue(1);
    bench.enqueue(1);
    bench.queue.setPlanPaused(planId, "because");
    assert.equal(next(), "2.1");
    assert.equal(next({ planId }), undefined);
    bench.queue.setPlanPaused(planId, undefined);
    assert.equal(next(), "1.1");
  });

  it("takes no slot when none is free", () => {
    bench.enqueue([free(1), free(2, "manual"), free(3, "external")], 50);
    bench.enqueue([free(1), free(2, "external")], 10);
    const busy = { slotFree: false };
    assert.equal(next(), "2.1");
    assert.equal(next(busy), undefined);
    assert.equal(next({ ...busy, withoutSlot: ["manual"] }), "1.2");
    assert.equal(next({ ...busy, withoutSlot: ["manual", "external"] }), "2.2");
    bench.claim(2, 2);
    assert.equal(next({ ...busy, withoutSlot: ["external", "manual"] }), "1.2");
    bench.claim(2);
    assert.equal(next({ ...busy, withoutSlot: ["external", "manual"] }), "1.3");
  });

  describe("and other questions use an index", () => {
    /** What SQLite does for each query that `work` runs. */
    function plansOf(work: () => void): string[] {
      const plans: string[] = [];
      const { database } = bench.store;
      const original = { all: database.all.bind(database), get: database.get.bind(database) };
      const explain = (sql: string, params?: SqlParams): void => {
        if (!/^\s*(EXPLAIN|PRAGMA)/.test(sql)) {
          const rows = original.all(`EXPLAIN QUERY PLAN ${sql}`, params);
          plans.push(rows.map(({ detail }) => String(detail)).join("; "));
        }
      };
      database.all = (sql, params) => {
        explain(sql, params);
        return original.all(sql, params);
      };
      database.get = (sql, params) => {
        explain(sql, params);
        return original.get(sql, params);
      };
      try {
        work();
      } finally {
        database.all = original.all;
        database.get = original.get;
      }
      assert.ok(plans.length > 0);
      return plans;
    }

    beforeEach(() => bench.enqueue(3));

    const questions: readonly [name: string, ask: () => unknown, index: RegExp][] = [
      ["next", () => next(), /USING INDEX phase_queue_ready;/],
      [
        "next without a slot",
        () => next({ slotFree: false, withoutSlot: ["manual"] }),
        /USING INDEX phase_queue_ready_runner \(runner=\?\)/,
      ],
      ["nextRetryAt", () => bench.queue.nextRetryAt(now), /USING INDEX phase_queue_(ready|status)/],
      ["counts", () => bench.queue.counts(), /USING COVERING INDEX phase_queue_status/],
      ["unfinishedPhases", () => bench.queue.unfinishedPhases(), /INDEX phase_queue_status/],
      [
        "phase",
        () => bench.queue.phase("x"),
        /INDEX sqlite_autoindex_phase_queue_1 \(queue_id=\?\)/,
      ],
      [
        "state",
        () => bench.queue.state("x"),
        /INDEX sqlite_autoindex_phase_queue_1 \(queue_id=\?\)/,
      ],
      ["automaticRetries", () => bench.queue.automaticRetries("x"), /INDEX events_queue_id/],
      ["openAttempts", () => bench.queue.openAttempts(), /INDEX attempts_open/],
      ["attempts", () => bench.queue.attempts("x"), /INDEX sqlite_autoindex_attempts_2/],
      ["lastEventId", () => bench.queue.lastEventId, /^SEARCH events$/],
    ];

    for (const [name, ask, index] of questions) {
      it(`: ${name}`, () => {
        const plans = plansOf(() => ask()).join("\n");
        assert.match(plans, index);
        if (name.startsWith("next")) {
          assert.doesNotMatch(plans, /SCAN plans(?! USING INDEX plans_paused)|TEMP B-TREE/);
        }
      });
    }

    it(": the count of attempts in a list", () => {
      const plans = plansOf(() => bench.queue.phases()).join();
      assert.match(plans, /SEARCH attempts USING COVERING INDEX .*\(queue_id=\?\)/);
    });
  });

  it("is moved by its key, however many phases there are", () => {
    bench.enqueue(3);
    const statements: string[] = [];
    const { database } = bench.store;
    const run = database.run.bind(database);
    database.run = (sql, params) => {
      statements.push(sql);
      return run(sql, params);
    };
    bench.complete(1);
    database.run = run;
    const [update] = statements.filter((sql) => sql.includes("UPDATE phase_queue"));
    assert.ok(update);
    const plan = database.all(`EXPLAIN QUERY PLAN ${update}`).map(({ detail }) => String(detail));
    assert.deepEqual(plan, [
      "SEARCH phase_queue USING INDEX sqlite_autoindex_phase_queue_1 (queue_id=?)",
    ]);
  });
});
