import assert from "node:assert/strict";
import { QueueBench } from "./support/queueBench";
import { dump } from "./support/storeBench";

describe("attempts", () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
    bench.enqueue(2);
  });
  afterEach(() => bench.remove());

  const wrapper = { pid: 4711, startTime: "123", bootId: "boot" };

  it("are durable with their phase's move before anything is started", async () => {
    const attemptId = bench.claim(1);
    await bench.restart();
    const [attempt] = bench.queue.openAttempts();
    assert.equal(attempt?.attempt_id, attemptId);
    assert.equal(attempt.state, "starting");
    assert.deepEqual(attempt.command, ["sh", "run.sh"]);
    assert.equal(bench.queue.state(bench.id(1))?.attemptId, attemptId);
  });

  it("of kinds that start nothing are running at once", () => {
    bench.queue.claim({
      queueId: bench.id(1),
      attemptId: "a",
      attemptNumber: 1,
      runner: "manual",
      command: [],
      startsProcess: false,
    });
    assert.equal(bench.queue.attempt("a")?.state, "running");
  });

  it("keep what they are and how long they may take, and when they were reported as done", async () => {
    bench.queue.claim({
      queueId: bench.id(1),
      attemptId: "a",
      attemptNumber: 1,
      runner: "review",
      command: [],
      startsProcess: false,
      terms: { kind: "external", timeout: 7200, idleTimeout: 0 },
    });
    bench.queue.noteReport("a", { reported: "completed" });
    bench.queue.noteReport("a", { reported: "completed", note: "again" });
    await bench.restart();
    const { started_at, reported_at, ...attempt } = bench.queue.attempt("a") ?? {};
    assert.ok(started_at !== undefined && reported_at !== undefined);
    assert.deepEqual(attempt, {
      attempt_id: "a",
      queue_id: bench.id(1),
      attempt_number: 1,
      runner: "review",
      runner_kind: "external",
      timeout: 7200,
      idle_timeout: 0,
      command: [],
      state: "starting",
      evidence: { reported: "completed" },
    });
  });

  it("are claimed once: a second claim is a conflict and leaves nothing behind", () => {
    bench.claim(1);
    const before = dump(bench.store.database);
    assert.throws(() => bench.claim(1), { kind: "conflict", message: /running, not ready/ });
    assert.equal(dump(bench.store.database), before);
  });

  it("keep how they were started and how they ended", () => {
    const attemptId = bench.claim(1);
    bench.queue.attemptStarted(attemptId, wrapper);
    bench.queue.requestStop(attemptId, "timeout");
    bench.queue.settle({
      attemptId,
      verdict: { outcome: "timeout", signal: "SIGKILL", message: "too long" },
      logBytes: 5_000_000_000,
    });
    const { started_at, finished_at, ...attempt } = bench.queue.attempt(attemptId) ?? {};
    assert.ok(started_at !== undefined && finished_at !== undefined);
    assert.deepEqual(attempt, {
      attempt_id: attemptId,
      queue_id: bench.id(1),
      attempt_number: 1,
      runner: "shell",
      command: ["sh", "run.sh"],
      state: "ended",
      pid: 4711,
      pid_started_at: "boot/123",
      stop_requested: "timeout",
      signal: "SIGKILL",
      outcome: "timeout",
      log_bytes: 5_000_000_000,
    });
    assert.deepEqual(bench.queue.openAttempts(), []);
    assert.equal(bench.phase(1).attempts, 1);
  });

  it("take their process from the settlement where it was not noted before", () => {
    const attemptId = bench.claim(1);
    const verdict = { outcome: "completed" as const, evidence: { exit: 0 } };
    bench.queue.settle({ attemptId, verdict, process: wrapper });
    assert.equal(bench.queue.attempt(attemptId)?.pid, 4711);
    assert.deepEqual(bench.queue.attempt(attemptId)?.evidence, { exit: 0 });
  });

  it("change nothing once they have ended, whatever is reported late or again", () => {
    const attemptId = bench.claim(1);
    assert.equal(bench.queue.settle({ attemptId, verdict: { outcome: "completed" } }), true);
    bench.news();
    const before = dump(bench.store.database);
    const { lastSeq } = bench.store;
    const bytes = bench.disk.calls.length;
    for (const outcome of ["completed", "exit", "lost"] as const) {
      assert.equal(bench.queue.settle({ attemptId, verdict: { outcome } }), false);
    }
    bench.queue.attemptStarted(attemptId, wrapper);
    bench.queue.requestStop(attemptId, "cancelled");
    bench.queue.noteReport(attemptId, {});
    assert.equal(bench.queue.settle({ attemptId: "unknown", verdict: { outcome: "exit" } }), false);
    assert.equal(dump(bench.store.database), before);
    assert.equal(bench.store.lastSeq, lastSeq);
    assert.equal(bench.disk.calls.length, bytes, "and nothing is written for it");
    assert.deepEqual(bench.news(), []);
  });

  it("keep the first reason of a stop", () => {
    const attemptId = bench.claim(1);
    bench.queue.requestStop(attemptId, "timeout");
    bench.queue.requestStop(attemptId, "cancelled");
    assert.equal(bench.queue.attempt(attemptId)?.stop_requested, "timeout");
  });

  it("that fail with a retry left make the phase ready later, and block nobody", () => {
    const attemptId = bench.claim(1);
    bench.news();
    const retryAt = "2026-01-01T00:00:05.000Z";
    bench.queue.settle({ attemptId, verdict: { outcome: "exit", message: "exit 1" }, retryAt });
    assert.equal(bench.statuses(), "1 ready, 2 queued");
    const { not_before, error_message, attempts } = bench.phase(1);
    assert.deepEqual([not_before, error_message, attempts], [retryAt, "exit 1", 1]);
    assert.equal(bench.queue.attempt(attemptId)?.outcome, "exit");
    assert.deepEqual(bench.news(), ["phase_changed 1 running>ready"]);
    bench.claim(1);
    assert.equal(bench.phase(1).not_before, undefined);
  });

  it("that were retried automatically are counted until a person retries", async () => {
    const retries = (): number => bench.queue.automaticRetries(bench.id(1));
    const failWithRetry = (): void => {
      const attemptId = bench.claim(1);
      bench.queue.settle({ attemptId, verdict: { outcome: "exit" }, retryAt: "2026" });
    };
    assert.equal(retries(), 0);
    failWithRetry();
    failWithRetry();
    assert.equal(retries(), 2);
    await bench.restart();
    assert.equal(retries(), 2);
    bench.fail(1);
    assert.equal(retries(), 2);
    bench.queue.retry(bench.id(1));
    assert.equal(retries(), 0);
    failWithRetry();
    assert.equal(retries(), 1);
    assert.equal(bench.queue.automaticRetries(bench.id(2)), 0);
    assert.equal(bench.phase(1).attempts, 4);
  });

  it("pause their plan at a checkpoint, between the cause and its effects", () => {
    bench.enqueue([{ number: 1, checkpoint: "look at it" }, { number: 2 }]);
    bench.news();
    bench.complete(1, 2);
    assert.deepEqual(bench.news(), [
      "phase_changed 1 ready>running",
      "phase_changed 1 running>completed",
      "plan_paused",
      "phase_changed 2 queued>ready",
    ]);
    assert.equal(
      bench.queue.planByNumber(2)?.paused_reason,
      "checkpoint after Phase 1: look at it",
    );
    assert.equal(bench.queue.planByNumber(1)?.paused_reason, undefined);
    assert.equal(bench.queue.pausedReason, undefined);
  });

  it("do not pause their plan at a checkpoint when nothing is left of it", () => {
    bench.enqueue([
      { number: 1, checkpoint: "look at it" },
      { number: 2, checkpoint: "and at it" },
    ]);
    bench.complete(1, 2);
    bench.queue.setPlanPaused(bench.phase(1, 2).plan_id, undefined);
    bench.complete(2, 2);
    assert.equal(bench.queue.planByNumber(2)?.paused_reason, undefined);
  });

  it("do not pause their plan at a checkpoint when they fail", () => {
    bench.enqueue([{ number: 1, checkpoint: "look at it" }]);
    bench.fail(1, "no", "exit", 2);
    assert.equal(bench.queue.planByNumber(2)?.paused_reason, undefined);
  });

  it("are removed with their phase", () => {
    bench.complete(1);
    const queueId = bench.id(1);
    bench.queue.removePhase(queueId);
    assert.deepEqual(bench.queue.attempts(queueId), []);
  });
});
