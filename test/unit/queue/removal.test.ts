import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  appendFileSync,
  cpSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { yieldToEventLoop } from "../../../src/core/base/clock";
import { HopperError } from "../../../src/core/base/errors";
import { encodeHeader, encodeSnapshotMark, parseJournal } from "../../../src/core/queue/journal";
import type { Store } from "../../../src/core/queue/store";
import { failAt, FaultyFiles } from "./support/faultyFiles";
import { on, put, StoreBench, values } from "./support/storeBench";

const names = ["queue.db", "queue.db.prev", "queue.journal", "queue.journal.prev"];

describe("files that are removed or replaced under their owner", () => {
  let bench: StoreBench;
  let disk: FaultyFiles;
  let store: Store;

  beforeEach(async () => {
    bench = new StoreBench();
    disk = new FaultyFiles();
    store = await bench.open(on(disk));
    put(store, "1");
    await store.snapshot();
    put(store, "2");
    await store.snapshot();
    put(store, "3");
  });
  afterEach(() => bench.remove());

  const path = (name: string): string => join(bench.paths.folder, name);

  /** What a next host finds, once the owner has died without a word. */
  async function foundAfterDeath(): Promise<string[]> {
    const other = new StoreBench();
    try {
      cpSync(bench.paths.folder, other.paths.folder, { recursive: true });
      return await other.reopen(values, on(new FaultyFiles()));
    } finally {
      await other.remove();
    }
  }

  async function foundAfterClose(): Promise<string[]> {
    await bench.close(store);
    return bench.reopen((again) => {
      assert.deepEqual(again.notices, []);
      return values(again);
    }, on(new FaultyFiles()));
  }

  it("are written anew with the next commit after rm -rf .hopper", async () => {
    for (const value of ["4", "5", "6"]) {
      rmSync(bench.paths.folder, { recursive: true });
      put(store, value);
      assert.deepEqual(await foundAfterDeath(), values(store));
    }
    assert.deepEqual(values(store), ["1", "2", "3", "4", "5", "6"]);
    assert.equal(readFileSync(path(".gitignore"), "utf8"), "*\n");
    assert.equal(statSync(bench.paths.folder).mode & 0o777, 0o700);
    assert.deepEqual(await foundAfterClose(), ["1", "2", "3", "4", "5", "6"]);
  });

  it("are written anew at the close after rm -rf .hopper, when nothing more was committed", async () => {
    await store.snapshot();
    rmSync(bench.paths.folder, { recursive: true });
    assert.deepEqual(await foundAfterClose(), ["1", "2", "3"]);
  });

  for (const committed of [true, false]) {
    for (let gone = 1; gone < 2 ** names.length; gone++) {
      const removed = names.filter((_, index) => (gone & (1 << index)) !== 0);
      it(`lose nothing when ${removed.join(", ")} go ${committed ? "between commits" : "before the close"}`, async () => {
        if (!committed) {
          await store.snapshot();
        }
        removed.forEach((name) => rmSync(path(name)));
        if (committed) {
          put(store, "4");
          put(store, "5");
        }
        const expected = committed ? ["1", "2", "3", "4", "5"] : ["1", "2", "3"];
        assert.deepEqual(await foundAfterClose(), expected);
      });
    }
  }

  it("do not bring back a workspace that was removed as a whole", async () => {
    rmSync(bench.workspace, { recursive: true });
    assert.throws(() => put(store, "4"), { kind: "storage" });
    assert.deepEqual(values(store), ["1", "2", "3"]);
    await bench.close(store);
    assert.equal(existsSync(bench.workspace), false);
  });

  it("are noticed when the journal is emptied or cut in place", () => {
    truncateSync(bench.paths.journal, 0);
    put(store, "4");
    truncateSync(bench.paths.journal, 20);
    put(store, "5");
    return assertAllThere(["1", "2", "3", "4", "5"]);
  });

  it("are noticed when the journal is replaced by an older copy of itself", () => {
    const copy = path("copy");
    cpSync(bench.paths.journal, copy);
    put(store, "4");
    renameSync(copy, bench.paths.journal);
    put(store, "5");
    return assertAllThere(["1", "2", "3", "4", "5"]);
  });

  it("are cleaned of what somebody else wrote into the journal", () => {
    const { generation } = store;
    appendFileSync(bench.paths.journal, "echo >> queue.journal\n");
    put(store, "4");
    assert.equal(store.generation, generation, "it was cut off, with no need of a new pair");
    return assertAllThere(["1", "2", "3", "4"]);
  });

  async function assertAllThere(expected: string[]): Promise<void> {
    assert.deepEqual(values(store), expected);
    assert.deepEqual(await foundAfterDeath(), expected);
    assert.deepEqual(await foundAfterClose(), expected);
  }

  it("stay gone while the disk refuses, and come back with the first commit after that", async () => {
    rmSync(bench.paths.folder, { recursive: true });
    disk.set(failAt(1, "ENOSPC", true));
    assert.throws(() => put(store, "4"), { kind: "storage", message: /the disk is full/ });
    assert.deepEqual(values(store), ["1", "2", "3"]);
    disk.set(undefined);
    put(store, "5");
    await assertAllThere(["1", "2", "3", "5"]);
  });

  it("meet a fault at any call while they are written anew, and lose nothing", async () => {
    disk.set(undefined);
    rmSync(bench.paths.folder, { recursive: true });
    put(store, "4");
    const calls = disk.calls.length;
    const expected = ["1", "2", "3", "4"];
    assert.ok(calls > 20);
    for (let index = 1; index <= calls; index++) {
      for (const forGood of [false, true]) {
        rmSync(bench.paths.folder, { recursive: true });
        disk.set(failAt(index, "EIO", forGood));
        const value = `${index} ${String(forGood)}`;
        try {
          put(store, value);
          expected.push(value);
        } catch (error) {
          assert.ok(error instanceof HopperError && error.kind === "storage", value);
        }
        disk.set(undefined);
        assert.deepEqual(values(store), expected, value);
        put(store, `after ${value}`);
        expected.push(`after ${value}`);
        assert.deepEqual(await foundAfterDeath(), expected, value);
      }
    }
  });

  describe("by another owner", () => {
    async function takeOver(): Promise<Store> {
      return bench.open({ ...on(new FaultyFiles()), takeOver: true });
    }

    const owned = { kind: "owned", message: /taken over/ };

    it("write nothing more: not a commit, not a snapshot, not at the close", async () => {
      const other = await takeOver();
      assert.throws(() => put(store, "lost"), owned);
      assert.deepEqual(values(store), ["1", "2", "3"]);
      put(other, "4");
      const before = names.map((name) => readFileSync(path(name)));
      assert.throws(() => put(store, "lost"), owned);
      await store.snapshot();
      await bench.close(store);
      assert.deepEqual(
        names.map((name) => readFileSync(path(name))),
        before,
      );
      assert.deepEqual(values(other), ["1", "2", "3", "4"]);
      await bench.close(other);
      assert.deepEqual(await bench.reopen(values, on(new FaultyFiles())), ["1", "2", "3", "4"]);
    });

    it("are left alone though the snapshot was under way", async () => {
      const snapshot = store.snapshot();
      const other = await takeOver();
      await snapshot;
      put(other, "4");
      await bench.close(store);
      await bench.close(other);
      assert.deepEqual(await bench.reopen(values, on(new FaultyFiles())), ["1", "2", "3", "4"]);
    });

    it("are left alone from the mark on that announces the new pair", () => {
      const mark = { seq: store.lastSeq, sha256: "00", generation: store.generation + 1 };
      appendFileSync(bench.paths.journal, encodeSnapshotMark(mark));
      const before = readFileSync(bench.paths.journal);
      assert.throws(() => put(store, "lost"), owned);
      assert.deepEqual(readFileSync(bench.paths.journal), before);
    });

    it("hold nothing of a line that went into a journal after it was replaced", () => {
      const old = path("old");
      renameSync(bench.paths.journal, old);
      const before = readFileSync(old);
      const header = parseJournal(before)?.header;
      assert.ok(header);
      const generation = store.generation + 1;
      writeFileSync(bench.paths.journal, encodeHeader({ ...header, generation }));
      assert.throws(() => put(store, "lost"), owned);
      assert.deepEqual(readFileSync(old), before);
    });

    it("hold nothing of a line that went into a journal which is the previous one by now", async () => {
      const old = path("old");
      linkSync(bench.paths.journal, old);
      const other = await takeOver();
      const before = readFileSync(old);
      assert.throws(() => put(store, "lost"), owned);
      assert.deepEqual(readFileSync(old), before);
      await bench.close(other);
    });
  });

  it("tell whoever asked the number of each new pair", async () => {
    const generations: number[] = [];
    const told = await bench.open({
      ...on(new FaultyFiles()),
      takeOver: true,
      onNewGeneration: (generation) => generations.push(generation),
    });
    const { generation } = told;
    await told.snapshot();
    rmSync(bench.paths.folder, { recursive: true });
    put(told, "4");
    assert.deepEqual(generations, [generation + 1, generation + 2]);
    assert.equal(
      parseJournal(readFileSync(bench.paths.journal))?.header.generation,
      generation + 2,
    );
  });
});

describe("a rename that is refused, as Windows does while somebody has the file open", () => {
  let bench: StoreBench;

  beforeEach(() => {
    bench = new StoreBench();
  });
  afterEach(() => bench.remove());

  /** Refuses so many renames onto a path; answers how many it has refused. */
  function refuse(disk: FaultyFiles, target: string, times: number, code: string): () => number {
    let refused = 0;
    disk.set({
      before({ name, args }) {
        if (name === "renameSync" && args[1] === target && refused < times) {
          refused++;
          throw Object.assign(new Error(code), { code });
        }
      },
    });
    return () => refused;
  }

  for (const code of ["EPERM", "EACCES", "EBUSY"]) {
    it(`with ${code} is tried again, while commits go on`, async () => {
      const disk = new FaultyFiles();
      const store = await bench.open(on(disk));
      put(store, "1");
      for (const target of [bench.paths.snapshot, bench.paths.journal]) {
        const refused = refuse(disk, target, 7, code);
        const generation = store.generation;
        const snapshot = store.snapshot();
        for (let count = 0; refused() < 7; count++) {
          put(store, `${target} ${count}`);
          await yieldToEventLoop();
        }
        put(store, `${target} at last`);
        await snapshot;
        assert.equal(refused(), 7);
        assert.equal(store.generation, generation + 1);
      }
      const expected = values(store);
      await bench.close(store);
      assert.deepEqual(await bench.reopen(values, on(new FaultyFiles())), expected);
    });
  }

  it("for too long leaves the store on its journal, and a later snapshot is made", async () => {
    for (const name of ["queue.db", "queue.journal"]) {
      const disk = new FaultyFiles();
      const store = await bench.open(on(disk));
      put(store, `${name} 1`);
      const refused = refuse(disk, join(bench.paths.folder, name), 8, "EPERM");
      const { generation } = store;
      await store.snapshot();
      assert.equal(refused(), 8);
      assert.equal(store.generation, generation);
      put(store, `${name} 2`);
      assert.deepEqual(
        bench.names().filter((file) => file.includes(".tmp")),
        [],
      );
      await store.snapshot();
      assert.equal(store.generation, generation + 1);
      put(store, `${name} 3`);
      await bench.close(store);
      assert.deepEqual(
        bench.names().filter((file) => file.includes(".tmp")),
        [],
      );
    }
    assert.equal((await bench.reopen(values, on(new FaultyFiles()))).length, 6);
  });

  it("of a journal that is open never happens: it is closed first", async () => {
    const disk = new FaultyFiles();
    const store = await bench.open(on(disk));
    put(store, "1");
    const inode = statSync(bench.paths.journal).ino;
    let renamed = false;
    disk.set({
      before({ name, args }) {
        if (name === "renameSync") {
          renamed ||= args[1] === bench.paths.journal;
          assert.ok(
            ![...disk.open.values()].includes(String(args[1])),
            `${String(args[1])} is open`,
          );
        }
      },
    });
    await store.snapshot();
    assert.ok(renamed);
    assert.notEqual(statSync(bench.paths.journal).ino, inode);
    await bench.close(store);
  });

  it("needs no hard links: where there are none, the previous pair is a copy", async () => {
    const disk = new FaultyFiles();
    const store = await bench.open(on(disk));
    disk.set({
      before({ name }) {
        if (name === "linkSync") {
          throw Object.assign(new Error("ENOTSUP"), { code: "ENOTSUP" });
        }
      },
    });
    put(store, "1");
    await store.snapshot();
    put(store, "2");
    await store.snapshot();
    await bench.close(store);
    const snapshot = readFileSync(bench.paths.snapshot);
    writeFileSync(bench.paths.snapshot, Buffer.alloc(snapshot.length));
    assert.deepEqual(await bench.reopen(values, on(new FaultyFiles())), ["1", "2"]);
  });
});
