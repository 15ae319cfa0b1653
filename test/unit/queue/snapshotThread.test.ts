import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { yieldToEventLoop } from "../../../src/core/base/clock";
import { RightOfWay } from "../../../src/core/queue/rightOfWay";
import type { SnapshotAnswer, SnapshotOrder } from "../../../src/core/queue/snapshotOrder";
import { SnapshotThread } from "../../../src/core/queue/snapshotThread";
import { eventually } from "../../support/eventually";
import { FakeClock } from "../../support/fakeClock";
import { buildAssets, removeAssets } from "./support/builtAssets";
import { StoreBench } from "./support/storeBench";

const idle = 30_000;

describe("the thread that builds snapshots", () => {
  let folder: string;
  let clock: FakeClock;
  let thread: SnapshotThread;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hopper-thread-"));
    clock = new FakeClock();
  });
  afterEach(() => {
    thread.dispose();
    assert.equal(clock.pending, 0);
    rmSync(folder, { recursive: true, force: true });
  });

  /** A thread that, on an order, does what `script` says, with its `port`. */
  function threadOf(script: string): SnapshotThread {
    const file = join(folder, "worker.cjs");
    writeFileSync(
      file,
      `const { parentPort: port, threadId, workerData } = require("node:worker_threads");
       const answer = (sha256) => port.postMessage({ sha256, snapshotLost: false });
       port.on("message", (order) => { ${script} });`,
    );
    return new SnapshotThread(file, "sql.wasm", clock);
  }

  const order: SnapshotOrder = { sqlWasm: "", hopperFolder: "", seq: 1, target: "" };

  const answered = async (): Promise<string> => {
    const answer: SnapshotAnswer = await thread.build(order);
    assert.ok("sha256" in answer);
    return answer.sha256;
  };

  it("is the same from the time it is made ready until it has had nothing to do for a while", async () => {
    thread = threadOf("answer(String(threadId))");
    thread.prepare();
    clock.advance(idle - 1);
    const first = await answered();
    clock.advance(idle - 1);
    assert.equal(await answered(), first);
    clock.advance(idle);
    assert.notEqual(await answered(), first);
  });

  it("is started anew after it died, whatever it was at", async () => {
    thread = threadOf("if (order.seq === 2) process.exit(7); answer(String(threadId))");
    const first = await answered();
    await assert.rejects(thread.build({ ...order, seq: 2 }), /ended with code 7 and no answer/);
    assert.notEqual(await answered(), first);
  });

  it("does not answer once it was ended", async () => {
    thread = threadOf("");
    const answer = thread.build(order);
    thread.dispose();
    await assert.rejects(answer, /was ended/);
  });

  it("is another one after a problem, which may be its SQLite's", async () => {
    thread = threadOf(
      'order.seq === 2 ? port.postMessage({ problem: "x", damaged: true }) : answer(String(threadId))',
    );
    const first = await answered();
    assert.deepEqual(await thread.build({ ...order, seq: 2 }), { problem: "x", damaged: true });
    assert.notEqual(await answered(), first);
  });

  it("is refused an answer that says nothing", async () => {
    thread = threadOf('port.postMessage("done")');
    await assert.rejects(thread.build(order));
  });

  it("is told of a commit while it builds, and of its end", async () => {
    thread = threadOf(`
      const told = new Int32Array(workerData.rightOfWay);
      while (Atomics.load(told, 0) === 0);
      answer(Atomics.wait(told, 0, 1));`);
    let said: string | undefined;
    void answered().then((answer) => (said = answer));
    await eventually("it gave way", () => {
      thread.giveWay();
      return said;
    });
    // Whether it was woken, or it was over before it could wait.
    assert.match(said ?? "", /^(ok|not-equal)$/);
  });
});

describe("a snapshot in the making", () => {
  const bench = new StoreBench();
  let worker: Worker | undefined;
  let snapshotWorker: string;

  before(async () => {
    ({ snapshotWorker } = await buildAssets());
    const store = await bench.open();
    for (let number = 0; number < 200; number++) {
      store.commit((transaction) => {
        for (let row = 0; row < 10; row++) {
          transaction.run(
            `INSERT INTO queue_config (config_key, config_value, updated_at) VALUES (?, ?, ?)
             ON CONFLICT (config_key) DO UPDATE SET config_value = excluded.config_value,
               updated_at = excluded.updated_at`,
            [`key ${row}`, `${number}`, ""],
          );
        }
      });
    }
    await bench.close(store);
  });
  afterEach(() => worker?.terminate());
  after(async () => {
    await bench.remove();
    removeAssets();
  });

  function build(memory: SharedArrayBuffer): Promise<unknown> {
    const { sqlWasm } = bench.assets;
    const started = new Worker(snapshotWorker, { workerData: { sqlWasm, rightOfWay: memory } });
    worker = started;
    const target = join(bench.paths.folder, `${Math.random()}.tmp`);
    started.postMessage({ sqlWasm, hopperFolder: bench.paths.folder, seq: 200, target });
    return new Promise((resolve, reject) => {
      started.once("message", resolve);
      started.once("error", reject);
    });
  }

  it("stands still while its host makes a commit, and goes on after it", async () => {
    const { memory } = new RightOfWay();
    const told = new Int32Array(memory);
    Atomics.store(told, 0, 1);
    const answer = build(memory);
    // Whoever is woken was waiting.
    await eventually("it waits", () => Atomics.notify(told, 0) === 1);
    Atomics.store(told, 0, 0);
    Atomics.notify(told, 0);
    assert.match(JSON.stringify(await answer), /sha256/);
  });

  it("rests now and then while its host makes commits", async () => {
    const { memory } = new RightOfWay();
    const told = new Int32Array(memory);
    let answer: unknown;
    void build(memory).then((given) => (answer = given));
    let rests = 0;
    while (answer === undefined) {
      Atomics.add(told, 1, 1);
      // Whoever is woken was waiting.
      rests += Atomics.notify(told, 2);
      await yieldToEventLoop();
    }
    assert.match(JSON.stringify(answer), /sha256/);
    assert.ok(rests > 0);
  });
});

describe("the right of way", () => {
  it("is taken until the event loop has turned for what follows, and for what that put off", async () => {
    const rightOfWay = new RightOfWay();
    const told = new Int32Array(rightOfWay.memory);
    rightOfWay.take();
    assert.equal(told[0], 1);
    await yieldToEventLoop();
    assert.equal(told[0], 1);
    await yieldToEventLoop();
    assert.equal(told[0], 0);
  });
});
