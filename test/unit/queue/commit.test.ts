import assert from "node:assert/strict";
import { readFileSync, truncateSync } from "node:fs";
import type { StoreFileSystem } from "../../../src/core/queue/storeFiles";
import {
  type Call,
  type Fault,
  FaultyFiles,
  shortWriteAt,
  systemError,
} from "./support/faultyFiles";
import { dump, on, put, StoreBench, values } from "./support/storeBench";

describe("a commit", () => {
  let bench: StoreBench;
  let disk: FaultyFiles;

  beforeEach(() => {
    bench = new StoreBench();
    disk = new FaultyFiles();
  });
  afterEach(() => bench.remove());

  /** Refuses these operations, so many times. */
  function refuse(matches: (call: Call) => boolean, times = Infinity): Fault {
    let refused = 0;
    return {
      before(call) {
        if (matches(call) && refused < times) {
          refused++;
          throw systemError("EIO");
        }
      },
    };
  }

  const named =
    (...names: (keyof StoreFileSystem)[]) =>
    ({ name }: Call): boolean =>
      names.includes(name);

  it("writes one line, syncs it, and looks whether everybody finds it, before it returns", async () => {
    const store = await bench.open(on(disk));
    const before = readFileSync(bench.paths.journal).length;
    disk.set(undefined);
    put(store, "1");
    assert.deepEqual(disk.calls, ["fstatSync", "writeSync", "fdatasyncSync", "statSync"]);
    const line = readFileSync(bench.paths.journal, "utf8").slice(before);
    assert.match(line, /^\{"seq":2,"generation":1,.*"checksum":"[0-9a-f]{16}"\}\n$/);
    assert.equal(store.lastSeq, 2);
  });

  it("that changes nothing, or fails by itself, writes nothing", async () => {
    const store = await bench.open(on(disk));
    put(store, "1");
    const before = dump(store.database);
    disk.set(undefined);
    assert.equal(
      store.commit((transaction) => transaction.run("DELETE FROM plans")),
      0,
    );
    assert.equal(
      store.commit((transaction) => transaction.all("SELECT * FROM plans").length),
      0,
    );
    assert.throws(() => put(store, "1"), /UNIQUE/);
    assert.throws(
      () =>
        store.commit((transaction) => {
          transaction.run("DELETE FROM queue_config");
          throw new Error("a bug");
        }),
      /a bug/,
    );
    assert.deepEqual(disk.calls, []);
    assert.equal(dump(store.database), before);
  });

  for (const name of ["writeSync", "fdatasyncSync", "statSync"] as const) {
    it(`whose ${name} fails leaves no byte of its line in the journal`, async () => {
      const store = await bench.open(on(disk));
      put(store, "1");
      const before = readFileSync(bench.paths.journal);
      disk.set(refuse(named(name), 1));
      assert.throws(() => put(store, "2"), {
        kind: "storage",
        message: /the disk reports an error/,
      });
      assert.deepEqual(readFileSync(bench.paths.journal), before);
      assert.deepEqual(values(store), ["1"]);
    });
  }

  it("that could not be cut off is cut off before the next one", async () => {
    const store = await bench.open(on(disk));
    put(store, "1");
    disk.set(refuse(named("statSync", "ftruncateSync")));
    assert.throws(() => put(store, "lost"), { kind: "storage" });
    disk.set(undefined);
    put(store, "2");
    await bench.close(store);
    assert.deepEqual(await bench.reopen(values, on(new FaultyFiles())), ["1", "2"]);
  });

  it("after one that could not be cut off notices that the journal became shorter", async () => {
    const store = await bench.open(on(disk));
    put(store, "1");
    disk.set(refuse(named("statSync", "ftruncateSync")));
    assert.throws(() => put(store, "lost"), { kind: "storage" });
    disk.set(undefined);
    truncateSync(bench.paths.journal, 10);
    put(store, "2");
    assert.equal(store.generation, 2, "written anew");
    await bench.close(store);
    assert.deepEqual(await bench.reopen(values, on(new FaultyFiles())), ["1", "2"]);
  });

  it("goes on where a write was short", async () => {
    const store = await bench.open(on(disk));
    disk.set(shortWriteAt(2, false));
    put(store, "1");
    assert.deepEqual(disk.calls.slice(0, 4), [
      "fstatSync",
      "writeSync",
      "writeSync",
      "fdatasyncSync",
    ]);
    assert.equal(store.generation, 1);
  });

  it("is not acknowledged while the folder may not know the journal's name", async () => {
    const store = await bench.open(on(disk));
    put(store, "1");
    let placed = false;
    disk.set(
      refuse(({ name, args }) => {
        const refused = placed && name === "fsyncSync";
        placed ||= name === "renameSync" && args[1] === bench.paths.journal;
        return refused;
      }),
    );
    await store.snapshot();
    assert.equal(store.generation, 2);
    assert.throws(() => put(store, "lost"), { kind: "storage" });
    disk.set(undefined);
    put(store, "2");
    assert.deepEqual(disk.calls.slice(0, 5), [
      "fstatSync",
      "openSync",
      "fsyncSync",
      "closeSync",
      "writeSync",
    ]);
    assert.deepEqual(values(store), ["1", "2"]);
  });

  it("is not possible after the close", async () => {
    const store = await bench.open(on(disk));
    await bench.close(store);
    await bench.close(store);
    assert.throws(() => put(store, "1"), /closed/);
    assert.deepEqual([...disk.open.values()], []);
  });

  it("within a commit is refused and undoes the outer one", async () => {
    const store = await bench.open(on(disk));
    assert.throws(
      () =>
        store.commit((transaction) => {
          transaction.run("INSERT INTO queue_config VALUES ('test a', 'a', '')");
          put(store, "b");
        }),
      /transaction within a transaction/,
    );
    assert.deepEqual(values(store), []);
    put(store, "c");
    assert.deepEqual(values(store), ["c"]);
  });

  it("makes snapshots due by itself: when it is idle, and at a thousand commits", async () => {
    const { clock } = bench;
    const store = await bench.open({ ...on(disk), clock });
    put(store, "1".repeat(20_000));
    clock.advance(1000);
    await store.snapshot();
    assert.equal(store.generation, 3, "the idle one, and the one asked for");
    put(store, "a lone one");
    clock.advance(60_000);
    await Promise.resolve();
    assert.equal(store.generation, 3);
    assert.equal(store.database.bytes, store.database.exportImage().length);
    for (let value = 2; value <= 1001; value++) {
      put(store, String(value));
    }
    await store.snapshot();
    assert.equal(store.generation, 5);
    await bench.close(store);
  });
});
