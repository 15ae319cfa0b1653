import assert from "node:assert/strict";
import type { Logger } from "../../../src/core/base/log";
import type { QueueEvent } from "../../../src/core/protocol/queue";
import { Queue } from "../../../src/core/queue/queue";
import { QueueBench } from "./support/queueBench";
import { dump } from "./support/storeBench";

describe("the queue", () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
  });
  afterEach(() => bench.remove());

  describe("of plans", () => {
    it("keeps a plan with its phases as it was enqueued, over a restart", async () => {
      const context = "Some context \u0000 with everything: 'quotes', \"more\", \ud83d\ude00";
      const planId = bench.queue.enqueue({
        title: "The plan",
        sourcePath: "/w/plan.md",
        sourceSha256: "abc",
        context,
        parentIssue: 12,
        runner: "agent",
        priority: 20,
        phases: [
          {
            number: 1,
            label: "PROJ-1",
            dependsOn: [],
            runner: "agent",
            startLine: 4,
            data: {
              title: "First",
              content: "x".repeat(100_000),
              instructions: "do it",
              externalDocs: ["a.md", "b.md"],
              blocks: [],
              verify: [{ language: "sh", source: "true", startLine: 5, endLine: 6 }],
              properties: { timeout: 60, retries: 2 },
            },
          },
        ],
      });
      const before = dump(bench.store.database);
      await bench.restart();
      assert.equal(dump(bench.store.database), before);
      const { created_at, ...plan } = bench.queue.plan(planId) ?? {};
      assert.equal(created_at, "2026-01-01T00:00:00.000Z");
      assert.deepEqual(plan, {
        plan_id: planId,
        plan_number: 1,
        title: "The plan",
        source_path: "/w/plan.md",
        source_sha256: "abc",
        parent_issue: 12,
        runner: "agent",
      });
      assert.equal(bench.queue.planContext(planId), context);
      const phase = bench.phase(1);
      assert.deepEqual(phase, {
        queue_id: phase.queue_id,
        plan_id: planId,
        parent_issue: 12,
        plan_number: 1,
        phase_number: 1,
        label: "PROJ-1",
        status: "ready",
        depends_on_phases: [],
        phase_data: {
          title: "First",
          content: "x".repeat(100_000),
          externalDocs: ["a.md", "b.md"],
        },
        runner: "agent",
        priority: 20,
        attempts: 0,
        created_at,
        updated_at: created_at,
        ready_at: created_at,
      });
      assert.deepEqual(bench.queue.phaseData(phase.queue_id)?.properties, {
        timeout: 60,
        retries: 2,
      });
    });

    it("lists phases by plan and number, wholly or without their long texts", () => {
      const first = bench.enqueue(3);
      bench.enqueue(2, 10);
      const places = (phases: readonly { plan_number: number; phase_number: number }[]): string =>
        phases.map((phase) => `${phase.plan_number}.${phase.phase_number}`).join(" ");
      assert.equal(places(bench.queue.phases()), "1.1 1.2 1.3 2.1 2.2");
      assert.equal(places(bench.queue.phases({ planId: first })), "1.1 1.2 1.3");
      assert.equal(places(bench.queue.phases({ parentIssue: 99 })), "");
      const [slim] = bench.queue.phases({ content: false });
      assert.deepEqual(slim?.phase_data, { title: "Step 1", content: "" });
      bench.complete(1);
      assert.equal(places(bench.queue.unfinishedPhases()), "1.2 1.3 2.1 2.2");
      assert.equal(places(bench.queue.unfinishedPhases(first)), "1.2 1.3");
      assert.deepEqual([...bench.queue.counts()].sort(), [
        ["completed", 1],
        ["queued", 2],
        ["ready", 2],
      ]);
      assert.deepEqual(bench.queue.counts("none").size, 0);
    });

    it("never uses a plan's number again", async () => {
      bench.enqueue(1);
      const second = bench.enqueue(1);
      bench.queue.removePlan(second);
      await bench.restart();
      const third = bench.enqueue(1);
      assert.equal(bench.queue.plan(third)?.plan_number, 3);
      assert.equal(bench.queue.planByNumber(2), undefined);
    });

    it("replaces a plan in one change", () => {
      const old = bench.enqueue(2);
      bench.news();
      const plan = { title: "New", sourceSha256: "1", context: "", runner: "shell", priority: 50 };
      const planId = bench.queue.enqueue({ ...plan, phases: [], replaces: old });
      assert.equal(bench.queue.plan(old), undefined);
      assert.equal(bench.queue.plan(planId)?.plan_number, 2);
      assert.deepEqual(bench.news(), ["plan_removed", "plan_enqueued"]);
    });

    it("keeps the old plan, and takes no new one, while a phase of the old one runs", () => {
      const old = bench.enqueue(2);
      bench.claim(1);
      const before = dump(bench.store.database);
      const plan = { title: "New", sourceSha256: "1", context: "", runner: "shell", priority: 50 };
      assert.throws(() => bench.queue.enqueue({ ...plan, phases: [], replaces: old }), {
        kind: "conflict",
        message: /Phase 1 of the plan is running/,
      });
      assert.throws(() => bench.queue.removePlan(old), { kind: "conflict" });
      assert.throws(() => bench.queue.removePlan("none"), { kind: "notFound" });
      assert.equal(dump(bench.store.database), before);
    });

    it("knows the plans of a file, the newest first", () => {
      const first = bench.enqueue(1);
      const second = bench.enqueue(1);
      const found = bench.queue.plansFrom("/plan.md").map(({ plan_id }) => plan_id);
      assert.deepEqual(found, [second, first]);
      assert.deepEqual(bench.queue.plansFrom("/other.md"), []);
    });

    it("removes a plan with the last of its phases", () => {
      const planId = bench.enqueue(1);
      bench.news();
      bench.queue.removePhase(bench.id(1));
      assert.equal(bench.queue.plan(planId), undefined);
      assert.deepEqual(bench.news(), ["phase_removed 1 ready>", "plan_removed"]);
    });

    it("clears wholly completed plans and no others", () => {
      const done = bench.enqueue(2);
      const open = bench.enqueue(2);
      const failed = bench.enqueue(1);
      bench.complete(1);
      bench.queue.skip(bench.id(2));
      bench.complete(1, 2);
      bench.fail(1, "no", "exit", 3);
      const finished = bench.queue.finishedPhases().map(({ queueId }) => queueId);
      assert.deepEqual(finished.sort(), [bench.id(1), bench.id(2)].sort());
      assert.deepEqual(bench.queue.clearCompleted(), [done]);
      assert.deepEqual(
        bench.queue.plans().map(({ plan_id }) => plan_id),
        [open, failed],
      );
      const { lastSeq } = bench.store;
      assert.deepEqual(bench.queue.clearCompleted(), []);
      assert.equal(bench.store.lastSeq, lastSeq);
    });

    it("removes a phase together with the dependencies on it, when that is asked for", () => {
      bench.enqueue(3);
      bench.queue.removePhase(bench.id(2), true);
      assert.equal(bench.statuses(), "1 ready, 3 ready");
      assert.deepEqual(bench.phase(3).depends_on_phases, []);
    });
  });

  describe("while paused", () => {
    it("says why, over a restart, and announces it once", async () => {
      bench.queue.setPaused(true, "because");
      bench.queue.setPaused(true, "another reason");
      assert.equal(bench.queue.pausedReason, "because");
      await bench.restart();
      assert.equal(bench.queue.pausedReason, "because");
      assert.equal(bench.queue.config("queue_paused"), "true");
      bench.queue.setPaused(false);
      bench.queue.setPaused(false);
      assert.equal(bench.queue.pausedReason, undefined);
      assert.deepEqual(bench.news(), ["queue_paused", "queue_resumed"]);
    });

    it("pauses one plan alone, and announces it once", () => {
      const planId = bench.enqueue(1);
      bench.news();
      bench.queue.setPlanPaused(planId, "wait");
      bench.queue.setPlanPaused(planId, "wait");
      bench.queue.setPlanPaused("none", "wait");
      bench.queue.setPlanPaused(planId, undefined);
      bench.queue.setPlanPaused(planId, undefined);
      assert.deepEqual(bench.news(), ["plan_paused", "plan_resumed"]);
    });
  });

  describe("announces", () => {
    it("the cause first, then its effects in phase order, one event a phase", () => {
      bench.enqueue(3);
      assert.deepEqual(bench.news(), [
        "plan_enqueued",
        "phase_enqueued 1 >ready",
        "phase_enqueued 2 >queued",
        "phase_enqueued 3 >queued",
      ]);
      bench.fail(1);
      assert.deepEqual(bench.news(), [
        "phase_changed 1 ready>running",
        "phase_changed 1 running>failed",
        "phase_changed 2 queued>blocked",
        "phase_changed 3 queued>blocked",
      ]);
    });

    it("what it also keeps, with ids that leave no gap, not even over what was undone", async () => {
      bench.enqueue(2);
      for (let round = 0; round < 3; round++) {
        assert.throws(() => bench.queue.retry(bench.id(1)));
        bench.fail(1);
        refuseOnce();
        assert.throws(() => bench.queue.retry(bench.id(1)), { kind: "storage" });
        bench.queue.retry(bench.id(1));
        await bench.restart();
      }
      const announced = bench.announced.flat();
      assert.deepEqual(bench.queue.events(), announced);
      assert.deepEqual(
        announced.map(({ event_id }) => event_id),
        announced.map((_, index) => index + 1),
      );
      assert.deepEqual(bench.queue.events(announced.length - 1), announced.slice(-1));
      assert.equal(bench.queue.lastEventId, announced.length);
      const [, , claimed] = bench.announced;
      assert.equal(claimed?.[0]?.at, "2026-01-01T00:00:00.000Z");
    });

    it("nothing of a change that could not be stored", () => {
      bench.enqueue(2);
      bench.news();
      const before = dump(bench.store.database);
      refuseOnce();
      assert.throws(() => bench.claim(1), { kind: "storage" });
      assert.deepEqual(bench.news(), []);
      assert.equal(dump(bench.store.database), before);
      bench.claim(1);
      assert.deepEqual(bench.news(), ["phase_changed 1 ready>running"]);
    });

    it("every change to all listeners in order, also when one of them makes a change itself", () => {
      const heard: string[] = [];
      const note = (name: string) => (events: readonly QueueEvent[]) =>
        heard.push(...events.map(({ event_id }) => `${name}${event_id}`));
      bench.queue.onDidChange(note("a"));
      bench.queue.onDidChange((events) => {
        if (events.some(({ type }) => type === "queue_paused")) {
          bench.queue.setPaused(false);
        }
      });
      bench.queue.onDidChange(note("b"));
      bench.queue.setPaused(true);
      assert.deepEqual(heard, ["a1", "b1", "a2", "b2"]);
    });

    it("to the others what one listener fails at, and says that it failed", () => {
      const errors: unknown[] = [];
      const logger: Logger = {
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: (_, error) => errors.push(error),
      };
      const queue = new Queue(bench.store, bench.bench.clock, logger);
      let heard = 0;
      queue.onDidChange(() => {
        throw new Error("a listener's bug");
      });
      queue.onDidChange(() => heard++);
      queue.setPaused(true);
      assert.equal(heard, 1);
      assert.equal(errors.length, 1);
    });

    function refuseOnce(): void {
      let refused = false;
      bench.disk.set({
        before({ name }) {
          if (name === "fdatasyncSync" && !refused) {
            refused = true;
            throw Object.assign(new Error("full"), { code: "ENOSPC" });
          }
        },
      });
    }
  });
});
