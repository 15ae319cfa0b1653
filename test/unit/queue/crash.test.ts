import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { HopperError } from "../../../src/core/base/errors";
import { dieAt, failAt, type Fault, FaultyFiles, shortWriteAt } from "./support/faultyFiles";
import { on, put, StoreBench, values } from "./support/storeBench";

/** What a store promised its caller, step by step. */
class Promises {
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

describe("a store that dies", () => {
  const benches: StoreBench[] = [];

  afterEach(async () => {
    for (const bench of benches.splice(0)) {
      await bench.remove();
    }
  });

  function newBench(): StoreBench {
    const bench = new StoreBench();
    benches.push(bench);
    return bench;
  }

  /** Commits, a snapshot, commits while the next one is made, a close and a second life. */
  async function live(bench: StoreBench, disk: FaultyFiles, promises: Promises): Promise<void> {
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

  it("at any file operation loses nothing that was acknowledged, and opens again without a word", async () => {
    const whole = new FaultyFiles();
    await live(newBench(), whole, new Promises());
    const calls = whole.calls.length;
    assert.ok(calls > 100, "the scenario is of some length");

    for (let index = 1; index <= calls; index++) {
      const disk = new FaultyFiles();
      const promises = new Promises();
      const bench = newBench();
      disk.set(dieAt(index));
      await live(bench, disk, promises).catch(() => undefined);
      await bench.reopen((store) => {
        promises.check(values(store), `died at call ${index}`);
        const torn = store.notices.filter((notice) => !notice.includes("unfinished change"));
        assert.deepEqual(torn, [], `died at call ${index}`);
        put(store, "goes on");
      }, on(new FaultyFiles()));
      assert.deepEqual(
        bench.names().filter((name) => name.includes(".tmp") || name.includes(".corrupt")),
        [],
        `died at call ${index}: no half-written file is left`,
      );
    }
  });

  it("again while it is opened after a crash still loses nothing", async () => {
    // The state in which most is left to do: the new snapshot is in place, the new journal is not.
    const seed = newBench();
    const disk = new FaultyFiles();
    const promises = new Promises();
    let snapshots = 0;
    disk.set({
      before({ name, args }) {
        const placing = name === "renameSync" && args[1] === seed.paths.journal;
        if ((placing && ++snapshots === 3) || snapshots > 3) {
          snapshots = 4;
          throw new Error("the process is dead");
        }
      },
    });
    await assert.rejects(live(seed, disk, promises));
    for (let index = 1; ; index++) {
      const bench = newBench();
      cpSync(seed.paths.folder, bench.paths.folder, { recursive: true });
      const opening = new FaultyFiles();
      opening.set(dieAt(index));
      const died = await bench
        .open({ ...on(opening), takeOver: true })
        .then((store) => bench.close(store))
        .then(
          () => false,
          () => true,
        );
      await bench.reopen((store) => {
        promises.check(values(store), `died at call ${index}`);
        assert.deepEqual(store.notices, [], `died at call ${index}`);
      }, on(new FaultyFiles()));
      if (!died && opening.calls.length < index) {
        break;
      }
    }
  });
});

describe("a disk that refuses", () => {
  // Codes of one line are answered alike, and take turns.
  const faults: readonly [string, (index: number, forGood: boolean) => Fault][] = [
    ["ENOSPC, EIO, EROFS, EMFILE", failWith(["ENOSPC", "EIO", "EROFS", "EMFILE"])],
    ["EPERM, EACCES, EBUSY", failWith(["EPERM", "EACCES", "EBUSY"])],
    ["a short write", shortWriteAt],
  ];

  for (const [name, fault] of faults) {
    for (const forGood of [false, true]) {
      it(`with ${name} ${forGood ? "for good" : "once"} changes nothing, and work goes on after it`, async () => {
        const calls = await run(undefined, "no fault");
        assert.ok(calls > 50, "the scenario is of some length");
        for (let index = 1; index <= calls; index++) {
          await run(fault(index, forGood), `${name} at call ${index}`);
        }
      });
    }
  }

  /** A store with something in it meets the fault. Answers how many calls could have met it. */
  async function run(fault: Fault | undefined, when: string): Promise<number> {
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
});

function failWith(codes: readonly string[]): (index: number, forGood: boolean) => Fault {
  return (index, forGood) => failAt(index, codes[index % codes.length] ?? "", forGood);
}
