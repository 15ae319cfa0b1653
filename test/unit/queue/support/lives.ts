import assert from "node:assert/strict";
import { HopperError } from "../../../../src/core/base/errors";
import { type Fault, FaultyFiles } from "./faultyFiles";
import { on, put, StoreBench, values } from "./storeBench";

/** What a store promised its caller, step by step. */
export class Promises {
  readonly acknowledged: string[] = [];
  /** The commit that was under way when something happened. */
  inFlight: string | undefined;

  commit(work: (value: string) => void): void {
    const value = String(this.acknowledged.length + 1);
    this.inFlight = value;
    work(value);
    this.acknowledged.push(value);
    this.inFlight = undefined;
  }

  /** What was promised up to now. */
  copy(): Promises {
    const copy = new Promises();
    copy.acknowledged.push(...this.acknowledged);
    copy.inFlight = this.inFlight;
    return copy;
  }

  /** Everything acknowledged is there, and at most the commit in flight more. */
  check(found: readonly string[], when: string): void {
    const more = this.inFlight === undefined ? [] : [this.inFlight];
    const allowed = [this.acknowledged, [...this.acknowledged, ...more]];
    assert.ok(
      allowed.some((expected) => JSON.stringify(expected) === JSON.stringify(found)),
      `${when}: found ${found.join()} after ${this.acknowledged.join()} were acknowledged`,
    );
  }
}

/** Commits, a snapshot, commits while the next one is made, a close and a second life. */
export async function live(
  bench: StoreBench,
  disk: FaultyFiles,
  promises: Promises,
): Promise<void> {
  const options = on(disk);
  const store = await bench.open(options);
  promises.commit((value) => put(store, value));
  promises.commit((value) => put(store, value));
  await store.snapshot();
  promises.commit((value) => put(store, value));
  const snapshot = store.snapshot();
  promises.commit((value) => put(store, value));
  await snapshot;
  promises.commit((value) => put(store, value));
  await bench.close(store);
  const again = await bench.open(options);
  promises.check(values(again), "reopened in the same life");
  promises.commit((value) => put(again, value));
  await bench.close(again);
}

/** A store with something in it meets the fault. Answers how many calls could have met it. */
export async function meetFault(fault: Fault | undefined, when: string): Promise<number> {
  const bench = new StoreBench();
  const disk = new FaultyFiles();
  try {
    const store = await bench.open(on(disk));
    put(store, "before");
    await store.snapshot();
    const expected = ["before"];
    disk.set(fault);
    const attempt = (value: string): void => {
      const seq = store.lastSeq;
      try {
        put(store, value);
        expected.push(value);
      } catch (error) {
        assert.ok(error instanceof HopperError, `${when}: ${String(error)}`);
        assert.equal(error.kind, "storage", when);
        assert.equal(store.lastSeq, seq, when);
      }
      assert.deepEqual(values(store), expected, `${when}: memory is what was acknowledged`);
    };
    attempt("one");
    attempt("two");
    const snapshot = store.snapshot();
    attempt("three");
    await snapshot;
    attempt("four");
    const calls = disk.calls.length;
    disk.set(undefined);
    attempt("after");
    assert.equal(expected.at(-1), "after", `${when}: work goes on`);
    await store.snapshot();
    attempt("last");
    await bench.close(store);
    await bench.reopen((again) => {
      assert.deepEqual(values(again), expected, when);
      assert.deepEqual(again.notices, [], when);
    }, on(disk));
    const names = [".gitignore", "queue.db", "queue.db.prev"];
    assert.deepEqual(bench.names(), [...names, "queue.journal", "queue.journal.prev"], when);
    assert.deepEqual([...disk.open.values()], [], `${when}: no file is left open`);
    return calls;
  } finally {
    await bench.remove();
  }
}
