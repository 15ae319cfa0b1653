import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { QueueEvent } from "../../../src/core/protocol/queue";
import { QueueBench } from "./support/queueBench";
import { dump } from "./support/storeBench";

describe("changes made together", () => {
  let bench: QueueBench;
  let announced: (readonly QueueEvent[])[];

  beforeEach(async () => {
    bench = await QueueBench.open();
    bench.enqueue(3);
    announced = [];
    bench.queue.onDidChange((events) => announced.push(events));
  });
  afterEach(() => bench.remove());

  const lines = (): number =>
    readFileSync(bench.bench.paths.journal, "utf8").split("\n").length - 1;

  function settleAndClaim(attemptId: string): string {
    return bench.queue.together(() => {
      bench.queue.settle({ attemptId, verdict: { outcome: "completed", exitCode: 0 } });
      return bench.claim(2);
    });
  }

  it("are one line of the journal, announced at once and in order", () => {
    const first = bench.claim(1);
    const before = lines();
    announced = [];
    settleAndClaim(first);
    assert.equal(lines(), before + 1);
    assert.equal(announced.length, 1);
    const moves = announced.flat().map((event) => `${event.phase_number} ${event.to_status}`);
    assert.deepEqual(moves, ["1 completed", "2 ready", "2 running"]);
    const ids = announced.flat().map(({ event_id }) => event_id);
    assert.deepEqual(
      ids,
      ids.map((_, index) => (ids[0] ?? 0) + index),
    );
  });

  it("are there after a restart as they were", async () => {
    settleAndClaim(bench.claim(1));
    const before = dump(bench.store.database);
    await bench.restart();
    assert.equal(dump(bench.store.database), before);
  });

  it("tell whoever made them that they are durable before anybody else, and others all the same", () => {
    bench.queue.onDidChange(() => order.push("announced"));
    const before = lines();
    const order: string[] = [];
    assert.throws(
      () =>
        bench.queue.together(
          () => bench.claim(1),
          () => {
            order.push(`${lines() - before} line`);
            throw new Error("of its own");
          },
        ),
      /of its own/,
    );
    assert.deepEqual(order, ["1 line", "announced"]);
    assert.equal(bench.queue.state(bench.id(1))?.status, "running");
  });

  it("are undone together when one of them fails and is not caught", () => {
    const first = bench.claim(1);
    const before = dump(bench.store.database);
    announced = [];
    assert.throws(
      () =>
        bench.queue.together(
          () => {
            bench.queue.settle({ attemptId: first, verdict: { outcome: "completed" } });
            bench.queue.skip(bench.id(1));
          },
          () => assert.fail("nothing is durable"),
        ),
      { kind: "conflict" },
    );
    assert.equal(dump(bench.store.database), before);
    assert.deepEqual(announced, []);
  });

  it("leave nothing of one that failed and was caught, and all of the others", async () => {
    const first = bench.claim(1);
    announced = [];
    bench.queue.together(() => {
      bench.queue.settle({ attemptId: first, verdict: { outcome: "completed" } });
      // SQLite finds that there is such an attempt.
      assert.throws(
        () =>
          bench.queue.claim({
            queueId: bench.id(2),
            attemptId: first,
            attemptNumber: 1,
            runner: "shell",
            command: [],
            startsProcess: true,
          }),
        /UNIQUE/,
      );
      bench.queue.setPaused(true);
    });
    const moves = announced.flat().map((event) => event.to_status ?? event.type);
    assert.deepEqual(moves, ["completed", "ready", "queue_paused"]);
    const before = dump(bench.store.database);
    await bench.restart();
    assert.equal(dump(bench.store.database), before);
    assert.equal(bench.queue.state(bench.id(2))?.status, "ready");
  });
});
