import assert from "node:assert/strict";
import * as fs from "node:fs";
import { readFileSync, rmSync, truncateSync } from "node:fs";
import { basename, join } from "node:path";
import type { Assets } from "../../../src/core/base/assets";
import { systemClock } from "../../../src/core/base/clock";
import { HopperError } from "../../../src/core/base/errors";
import { readQueue } from "../../../src/core/queue/readQueue";
import type { StoreFileSystem } from "../../../src/core/queue/storeFiles";
import { buildAssets, removeAssets } from "./support/builtAssets";
import { FaultyFiles } from "./support/faultyFiles";
import { hurriedClock, on, put, StoreBench, values } from "./support/storeBench";

describe("reading a queue without owning it", () => {
  let bench: StoreBench;

  beforeEach(() => {
    bench = new StoreBench();
  });
  afterEach(() => bench.remove());

  async function read(files: StoreFileSystem = fs): Promise<number | undefined> {
    const options = { assets: bench.assets, clock: hurriedClock, files };
    const view = await readQueue(bench.paths.folder, options);
    const value = view?.queue.config("test value");
    view?.dispose();
    return view && Number(value ?? 0);
  }

  it("finds nothing where there is no queue, and leaves nothing there", async () => {
    assert.equal(await read(), undefined);
    assert.deepEqual(bench.names(), []);
  });

  it("shows every acknowledged commit and writes nothing", async () => {
    const store = await bench.open(on(new FaultyFiles()));
    count(store, 1);
    await store.snapshot();
    count(store, 2);
    const before = bench.names().map((name) => readFileSync(`${bench.paths.folder}/${name}`));
    const disk = new FaultyFiles();
    assert.equal(await read(disk.files), 2);
    assert.deepEqual(new Set(disk.calls), new Set(["readFileSync"]));
    assert.deepEqual(
      bench.names().map((name) => readFileSync(`${bench.paths.folder}/${name}`)),
      before,
    );
  });

  it("sees one whole state, whatever the owner did between its looks", async () => {
    const moments = await momentsOf(bench);
    assert.ok(moments.length > 50, "the owner did something");
    let shown = 0;
    for (const [first, begin] of moments.entries()) {
      for (const end of moments.slice(first)) {
        // The journal as it was at one moment, everything else as it was at a later one.
        let looks = 0;
        const files: StoreFileSystem = {
          ...fs,
          readFileSync: redirected(fs.readFileSync, () => (looks++ === 0 ? begin : end).folder),
          existsSync: (path) => fs.existsSync(join(end.folder, basename(String(path)))),
        };
        const seen = await read(files);
        assert.ok(
          seen !== undefined && seen >= begin.acknowledged && seen <= end.begun,
          `${begin.folder} ${end.folder}: saw ${String(seen)}`,
        );
        shown++;
      }
    }
    assert.ok(shown > 1000);
  });

  it("waits while the files are written anew under it", async () => {
    const store = await bench.open(on(new FaultyFiles()));
    count(store, 1);
    await store.snapshot();
    const watching = new FaultyFiles();
    watching.set({
      before({ index }) {
        if (index === 1) {
          rmSync(bench.paths.journal);
        }
        if (index === 4) {
          count(store, 2);
        }
      },
    });
    assert.equal(await read(watching.files), 2);
  });

  it("says what is damaged, after a while, and goes on when only the newest snapshot is", async () => {
    const store = await bench.open(on(new FaultyFiles()));
    count(store, 1);
    await store.snapshot();
    count(store, 2);
    await store.snapshot();
    await bench.close(store);
    truncateSync(bench.paths.snapshot, 100);
    assert.equal(await read(), 2);
    truncateSync(bench.paths.previousSnapshot, 100);
    await assert.rejects(read(), { kind: "damaged", message: /queue\.db is damaged/ });
  });

  it("says that a file cannot be read", async () => {
    await bench.close(await bench.open(on(new FaultyFiles())));
    const disk = new FaultyFiles();
    disk.set({
      before() {
        throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
      },
    });
    await assert.rejects(read(disk.files), (error: unknown) => {
      assert.ok(error instanceof HopperError);
      assert.equal(error.kind, "storage");
      assert.match(error.message, /cannot be read: EIO/);
      return true;
    });
  });
});

describe("the snapshot thread", () => {
  let assets: Assets;
  let bench: StoreBench;

  before(async () => {
    assets = await buildAssets();
  });
  beforeEach(() => {
    bench = new StoreBench(assets);
  });
  afterEach(() => bench.remove());
  after(removeAssets);

  it("builds what memory holds, while commits and readers go on", async () => {
    const store = await bench.open({ clock: hurriedClock });
    put(store, "0");
    let reads = 0;
    for (let round = 1; round <= 3; round++) {
      const snapshot = store.snapshot();
      let done = false;
      void snapshot.finally(() => (done = true));
      const isDone = (): boolean => done;
      for (let value = 0; !isDone(); value++) {
        put(store, `${round}.${value}`);
        const view = await readQueue(bench.paths.folder, { assets, clock: systemClock });
        const seen = view?.queue.config(`test ${round}.${value}`);
        view?.dispose();
        assert.equal(seen, `${round}.${value}`);
        reads++;
      }
      await snapshot;
    }
    assert.ok(reads > 3);
    assert.equal(store.generation, 4);
    const expected = values(store);
    await bench.close(store);
    assert.deepEqual(bench.logged, []);
    assert.deepEqual(await bench.reopen(values), expected);
    assert.equal(fs.statSync(bench.paths.snapshot).mode & 0o777, 0o600);
  });

  it("that fails is said, and the journal goes on", async () => {
    const broken = new StoreBench();
    const store = await broken.open({ clock: hurriedClock });
    put(store, "1");
    await store.snapshot();
    assert.match(broken.logged.join(), /No snapshot could be made: the snapshot thread ended/);
    put(store, "2");
    await broken.close(store);
    assert.deepEqual(await broken.reopen(values, on(new FaultyFiles())), ["1", "2"]);
    await broken.remove();
  });
});

/** The files at one moment of an owner's life. */
interface Moment {
  readonly folder: string;
  /** What a reader must at least see. */
  readonly acknowledged: number;
  /** What it may see at most. */
  readonly begun: number;
}

/** Copies the files before every call of an owner that changes them: commits, and three snapshots. */
async function momentsOf(bench: StoreBench): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  const disk = new FaultyFiles();
  const store = await bench.open(on(disk));
  let begun = 0;
  let acknowledged = 0;
  const next = (): void => {
    begun++;
    count(store, begun);
    acknowledged = begun;
  };
  next();
  const changing = new Set(["writeSync", "renameSync", "rmSync", "ftruncateSync", "fsyncSync"]);
  disk.set({
    before({ name }) {
      if (changing.has(name)) {
        const folder = join(bench.workspace, `moment ${moments.length}`);
        fs.cpSync(bench.paths.folder, folder, { recursive: true });
        moments.push({ folder, acknowledged, begun });
      }
    },
  });
  for (let snapshots = 0; snapshots < 3; snapshots++) {
    next();
    const snapshot = store.snapshot();
    next();
    await snapshot;
    next();
  }
  disk.set(undefined);
  await bench.close(store);
  return moments;
}

/** Lets an operation that takes a path first find the file of that name in another folder. */
function redirected<T extends object>(operation: T, folder: () => string): T {
  return new Proxy(operation, {
    apply: (_, __, [path]: unknown[]): unknown =>
      fs.readFileSync(join(folder(), basename(String(path)))),
  });
}

function count(store: Parameters<typeof put>[0], value: number): void {
  store.commit((transaction) =>
    transaction.run(
      `INSERT INTO queue_config (config_key, config_value, updated_at) VALUES ('test value', ?, '')
       ON CONFLICT (config_key) DO UPDATE SET config_value = excluded.config_value`,
      [String(value)],
    ),
  );
}
