import assert from "node:assert/strict";
import { HopperError } from "../../../src/core/base/errors";
import { type PhaseStatus, phaseStatuses } from "../../../src/core/protocol/terms";
import { Change } from "../../../src/core/queue/change";
import { phaseState, phaseStateColumns } from "../../../src/core/queue/rows";
import { movePhases } from "../../../src/core/queue/transitions";
import { QueueBench } from "./support/queueBench";
import { dump } from "./support/storeBench";

/** Which status may follow which, as the design says it; said here once more, on purpose. */
const table: Readonly<Record<PhaseStatus, string>> = {
  queued: "ready blocked completed",
  ready: "queued blocked running completed",
  running: "ready completed failed",
  blocked: "queued ready blocked completed",
  failed: "ready completed",
  completed: "",
};

describe("moves of a phase", () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
    bench.enqueue(3);
  });
  afterEach(() => bench.remove());

  for (const from of phaseStatuses) {
    for (const to of phaseStatuses) {
      const allowed = table[from].split(" ").includes(to);
      it(`from ${from} to ${to} ${allowed ? "is allowed" : "is refused"}`, () => {
        const { queueId } = bench.bring(from);
        const before = dump(bench.store.database);
        const move = (): void => moveTo(bench, queueId, to);
        if (allowed) {
          move();
          assert.equal(bench.queue.state(queueId)?.status, to);
        } else {
          assert.throws(move, {
            kind: "conflict",
            message: `A ${from} phase cannot become ${to}.`,
          });
          assert.equal(dump(bench.store.database), before);
        }
      });
    }
  }

  /** What a person can ask for, in each status, and what comes of it. */
  const commands: readonly [
    name: string,
    allowed: readonly PhaseStatus[],
    becomes: PhaseStatus | "gone",
    run: (queueId: string) => unknown,
  ][] = [
    ["claim", ["ready"], "running", (queueId) => claim(bench, queueId)],
    ["retry", ["failed"], "ready", (queueId) => bench.queue.retry(queueId)],
    [
      "skip",
      ["queued", "ready", "blocked", "failed"],
      "completed",
      (queueId) => bench.queue.skip(queueId),
    ],
    [
      "remove",
      ["queued", "ready", "blocked", "failed", "completed"],
      "gone",
      (queueId) => bench.queue.removePhase(queueId),
    ],
  ];

  for (const [name, allowed, becomes, run] of commands) {
    for (const from of phaseStatuses) {
      it(`${name} of a ${from} phase ${allowed.includes(from) ? "works" : "is a conflict"}`, () => {
        const { queueId } = bench.bring(from);
        const before = dump(bench.store.database);
        const { lastSeq } = bench.store;
        bench.news();
        if (allowed.includes(from)) {
          run(queueId);
          assert.equal(bench.queue.state(queueId)?.status ?? "gone", becomes);
          assert.match(bench.news()[0] ?? "", / \d (\w+)>/, "the cause is announced first");
        } else {
          assert.throws(
            () => run(queueId),
            (error) => error instanceof HopperError && error.kind === "conflict",
          );
          assert.equal(dump(bench.store.database), before);
          assert.equal(bench.store.lastSeq, lastSeq);
          assert.deepEqual(bench.news(), []);
        }
      });
    }

    it(`${name} of an unknown phase says so`, () => {
      assert.throws(() => run("nobody"), { kind: "notFound", message: /no phase nobody/ });
    });
  }

  it("are guarded by SQL: one decided on an older state changes nothing", () => {
    const { queueId } = bench.bring("ready");
    const stale = bench.queue.state(queueId);
    assert.ok(stale);
    claim(bench, queueId);
    const before = dump(bench.store.database);
    const again = (): void =>
      inChange(bench, (change) =>
        movePhases(change, [{ phase: stale, to: "running", attemptId: "another" }]),
      );
    assert.throws(again, { kind: "conflict", message: /has changed meanwhile/ });
    assert.equal(dump(bench.store.database), before);
  });

  it("are guarded by the attempt, so that an old one's end is not taken for a new one's", () => {
    const first = bench.claim(1);
    const running = bench.queue.state(bench.id(1));
    assert.ok(running);
    bench.queue.settle({ attemptId: first, verdict: { outcome: "exit" }, retryAt: "2026" });
    bench.claim(1);
    const late = (): void =>
      inChange(bench, (change) => movePhases(change, [{ phase: running, to: "completed" }]));
    assert.throws(late, { kind: "conflict" });
    assert.equal(bench.phase(1).status, "running");
  });

  it("of several phases are made together or not at all", () => {
    const one = bench.queue.state(bench.id(1));
    const two = bench.queue.state(bench.id(2));
    assert.ok(one && two);
    const both = (): void =>
      inChange(bench, (change) =>
        movePhases(change, [
          { phase: one, to: "running", attemptId: "a" },
          { phase: { ...two, status: "blocked" }, to: "ready" },
        ]),
      );
    assert.throws(both, { kind: "conflict" });
    assert.equal(bench.statuses(), "1 ready, 2 queued, 3 queued");
  });

  it("keep the times of what they moved to", () => {
    const { clock } = bench.bench;
    const time = (): string => new Date(clock.now()).toISOString();
    const enqueued = time();
    clock.advance(1000);
    const attemptId = bench.claim(1);
    const started = time();
    clock.advance(1000);
    bench.queue.settle({ attemptId, verdict: { outcome: "exit", message: "exit 1", exitCode: 1 } });
    const failed = bench.phase(1);
    assert.equal(failed.created_at, enqueued);
    assert.equal(failed.ready_at, enqueued);
    assert.equal(failed.started_at, started);
    assert.equal(failed.finished_at, time());
    assert.equal(failed.updated_at, time());
    assert.equal(failed.reason, "exit");
    assert.equal(failed.error_message, "exit 1");
    clock.advance(1000);
    bench.queue.retry(failed.queue_id);
    const { started_at, finished_at, reason, error_message, ready_at } = bench.phase(1);
    assert.deepEqual([started_at, finished_at, reason, error_message], Array(4).fill(undefined));
    assert.equal(ready_at, time());
    assert.equal(bench.phase(2).ready_at, undefined);
  });
});

function inChange(bench: QueueBench, work: (change: Change) => void): void {
  bench.store.commit((transaction) =>
    work(new Change(transaction, "2026-01-01T00:00:00.000Z", bench.queue.lastEventId)),
  );
}

/** Makes one move without asking whether it is right to. */
function moveTo(bench: QueueBench, queueId: string, to: PhaseStatus): void {
  inChange(bench, (change) => {
    const sql = `SELECT ${phaseStateColumns} FROM phase_queue WHERE queue_id = ?`;
    const row = change.get(sql, [queueId]);
    assert.ok(row);
    const attemptId = to === "running" ? { attemptId: "forced" } : {};
    movePhases(change, [{ phase: phaseState(row), to, ...attemptId }]);
  });
}

function claim(bench: QueueBench, queueId: string): void {
  bench.queue.claim({
    queueId,
    attemptId: "claimed",
    attemptNumber: 1,
    runner: "shell",
    command: [],
    startsProcess: false,
  });
}
