import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { dieAt, failAt, type Fault, FaultyFiles, shortWriteAt } from "./support/faultyFiles";
import { live, meetFault, Promises } from "./support/lives";
import { on, put, StoreBench, values } from "./support/storeBench";

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
        const calls = await meetFault(undefined, "no fault");
        assert.ok(calls > 50, "the scenario is of some length");
        for (let index = 1; index <= calls; index++) {
          await meetFault(fault(index, forGood), `${name} at call ${index}`);
        }
      });
    }
  }
});

function failWith(codes: readonly string[]): (index: number, forGood: boolean) => Fault {
  return (index, forGood) => failAt(index, codes[index % codes.length] ?? "", forGood);
}
