import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { NewPlan } from "../../../src/core/queue/queue";
import { systemError } from "./support/faultyFiles";
import { newPhase, QueueBench } from "./support/queueBench";
import { dump } from "./support/storeBench";

describe("a long plan, stored from the stage", () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
  });
  afterEach(() => bench.remove());

  const plan: NewPlan = {
    title: "Long",
    sourceSha256: "0",
    context: "about it",
    parentIssue: 7,
    runner: "shell",
    priority: 20,
    phases: Array.from({ length: 90 }, (_, index) =>
      newPhase({
        number: index + 1,
        ...(index % 3 === 0 ? { dependsOn: [] } : {}),
        ...(index === 5 ? { checkpoint: "Größe \ud83d\ude00 'quoted'" } : {}),
      }),
    ),
  };

  const enqueue = (): Promise<string> =>
    bench.queue.staged(plan.phases, (staged) => bench.queue.enqueue(plan, staged));

  /** Everything in the database, without what is made anew for each plan. */
  const anonymous = (text: string): string =>
    text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID");

  const left = (): unknown =>
    bench.store.database.get("SELECT count(*) AS left FROM temp.staged_phases")?.["left"];

  it("is what it would be without, in memory, on disk and in what is announced", async () => {
    bench.queue.enqueue(plan);
    const [announced] = bench.announced;
    const expected = dump(bench.store.database);
    const other = await QueueBench.open();
    try {
      await other.queue.staged(plan.phases, (staged) => other.queue.enqueue(plan, staged));
      const found = dump(other.store.database);
      assert.equal(anonymous(found), anonymous(expected));
      assert.equal(await other.replayed(), found);
      assert.deepEqual(
        anonymous(JSON.stringify(other.announced)),
        anonymous(JSON.stringify([announced])),
      );
    } finally {
      await other.remove();
    }
  });

  it("is seen by nobody before it is stored, and is one line of the journal", async () => {
    const seq = bench.store.lastSeq;
    const empty = dump(bench.store.database);
    await bench.queue.staged(plan.phases, (staged) => {
      assert.equal(dump(bench.store.database), empty);
      bench.queue.enqueue(plan, staged);
    });
    assert.equal(bench.store.lastSeq, seq + 1);
    assert.equal(left(), 0);
  });

  it("lets others change the queue meanwhile, and comes after them", async () => {
    const stored = enqueue();
    const first = bench.enqueue(2);
    const planId = await stored;
    assert.deepEqual(
      bench.queue.plans().map(({ plan_id }) => plan_id),
      [first, planId],
    );
    const ids = bench.announced.flat().map(({ event_id }) => event_id);
    assert.deepEqual(
      ids,
      ids.map((_, index) => index + 1),
    );
    assert.equal(await bench.replayed(), dump(bench.store.database));
  });

  it("does not mix with another that is stored at the same time", async () => {
    const ids = await Promise.all([enqueue(), enqueue()]);
    for (const planId of ids) {
      assert.equal(bench.queue.phases({ planId }).length, plan.phases.length);
    }
    assert.equal(await bench.replayed(), dump(bench.store.database));
    assert.equal(left(), 0);
  });

  it("leaves nothing where the disk refuses it", async () => {
    const before = dump(bench.store.database);
    bench.disk.set({
      before({ name }) {
        if (name === "writeSync") {
          throw systemError("ENOSPC");
        }
      },
    });
    await assert.rejects(enqueue(), { kind: "storage" });
    bench.disk.set(undefined);
    assert.equal(dump(bench.store.database), before);
    assert.equal(await bench.replayed(), before);
    assert.equal(left(), 0);
  });

  it("is stored where the queue's files were removed meanwhile", async () => {
    const planId = await bench.queue.staged(plan.phases, (staged) => {
      rmSync(bench.bench.paths.journal);
      return bench.queue.enqueue(plan, staged);
    });
    assert.equal(bench.queue.phases({ planId }).length, plan.phases.length);
    assert.equal(await bench.replayed(), dump(bench.store.database));
    assert.equal(left(), 0);
  });

  it("is refused by a queue that was closed meanwhile", async () => {
    // Long enough that the store is closed long before all of it is ready.
    const phases = Array.from({ length: 10_000 }, (_, index) => newPhase({ number: index + 1 }));
    const stored = bench.queue.staged(phases, (staged) =>
      bench.queue.enqueue({ ...plan, phases }, staged),
    );
    await Promise.all([assert.rejects(stored, /the store is closed/), bench.store.close()]);
  });
});
