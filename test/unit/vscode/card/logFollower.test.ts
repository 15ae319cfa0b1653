import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogBatch } from "../../../../src/core/protocol/card/logBatch";
import { LogFollower } from "../../../../src/vscode/card/logFollower";
import { LogFollowers } from "../../../../src/vscode/card/logFollowers";
import { eventually } from "../../../support/eventually";
import { FakeClock } from "../../../support/fakeClock";

const kibibyte = 1024;

describe("Following the output for a log", () => {
  let root: string;
  let folder: string;
  let log: string;
  let clock: FakeClock;
  let batches: LogBatch[];
  let ended: number;
  let errors: unknown[];
  let over: boolean;
  let follower: LogFollower | undefined;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hopper-log-"));
    folder = join(root, "attempt");
    mkdirSync(folder);
    log = join(folder, "output.log");
    clock = new FakeClock();
    [batches, errors, ended, over] = [[], [], 0, false];
  });
  afterEach(() => {
    follower?.dispose();
    follower = undefined;
    assert.deepEqual([errors, clock.pending], [[], 0]);
    rmSync(root, { recursive: true });
  });

  it("sends what is there, then what comes", async () => {
    writeFileSync(log, "one\n");
    await open();
    appendFileSync(log, "two\nth");
    await turn();
    await turn();
    appendFileSync(log, "ree\n");
    await turn();
    assert.deepEqual(batches, [{ text: "one\n" }, { text: "two\nth" }, { text: "ree\n" }]);
  });

  it("waits for a file that is not there yet", async () => {
    await open();
    assert.deepEqual(batches, []);
    writeFileSync(log, "late\n");
    await turn();
    assert.deepEqual(batches, [{ text: "late\n" }]);
  });

  it("puts characters together that are split between two batches", async () => {
    const bytes = Buffer.from("aé😀b");
    for (let at = 0; at <= bytes.length; at++) {
      batches = [];
      writeFileSync(log, bytes.subarray(0, at));
      await open();
      appendFileSync(log, bytes.subarray(at));
      await turn();
      assert.equal(batches.map(({ text }) => text).join(""), "aé😀b", `split at ${at}`);
      follower?.dispose();
    }
  });

  it("begins with the last lines and says how much came before", async () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`);
    writeFileSync(log, lines.join(""));
    await open();
    const text = lines.slice(-199).join("");
    const leftOut = lines.join("").length - text.length;
    assert.deepEqual(batches, [{ text, break: { kind: "earlier", leftOut } }]);
  });

  it("sends no more of a flood than can be shown, and accounts for every byte", async () => {
    writeFileSync(log, "begin\n");
    await open();
    let written = 0;
    for (let step = 0; step < 5; step++) {
      // 10 MB each second are 2 MB each turn.
      const text = `${"y".repeat(79)}\n`.repeat(26_214);
      appendFileSync(log, text);
      written += text.length;
      await turn();
    }
    const flood = batches.slice(1);
    assert.equal(flood.length, 5);
    for (const batch of flood) {
      assert.equal(batch.break?.kind, "flood");
      assert.equal(batch.text.split("\n").length - 1, 199);
      assert.ok(batch.text.length <= 64 * kibibyte);
    }
    assert.equal(sum(flood), written);
  });

  it("keeps to its size when the flood is one line without an end, of wide characters", async () => {
    await open();
    const text = "€".repeat(100_000);
    writeFileSync(log, text);
    await turn();
    const [batch] = batches;
    assert.ok((batch?.text.length ?? 0) > 20_000);
    assert.match(batch?.text ?? "", /^€+$/);
    assert.equal((batch?.break?.leftOut ?? 0) + Buffer.byteLength(batch?.text ?? ""), 300_000);
  });

  it("passes over bytes that were given back to the disk, and says so", async () => {
    writeFileSync(log, "0123\n");
    await open();
    appendFileSync(log, "56789\nabc\nlast\n");
    writeFileSync(join(folder, "output.gap.json"), JSON.stringify({ from: 5, to: 8 }));
    await turn();
    assert.deepEqual(batches[1], { text: "abc\nlast\n", break: { kind: "gap", leftOut: 6 } });
  });

  it("begins anew when the file became shorter", async () => {
    writeFileSync(log, "long and full é");
    await open();
    truncateSync(log, 0);
    appendFileSync(log, "new\n");
    await turn();
    assert.deepEqual(batches[1], { text: "new\n", break: { kind: "restart", leftOut: 0 } });
  });

  it("ends once the attempt is over and everything was sent", async () => {
    writeFileSync(log, "one\n");
    await open();
    over = true;
    appendFileSync(log, "last\n");
    await turn();
    assert.equal(ended, 0);
    await turn();
    assert.deepEqual([ended, batches.at(-1)], [1, { text: "last\n" }]);
    assert.equal(clock.pending, 0);
  });

  it("tells once that the output cannot be read, and stops", async () => {
    const failing = join(root, "file");
    writeFileSync(failing, "");
    follower = newFollower(failing, () => {
      throw new Error("no such attempt");
    });
    await eventually("the error", () => errors.length > 0);
    assert.match(String(errors.splice(0)[0]), /no such attempt/);
    assert.equal(clock.pending, 0);
  });

  it("rests while nobody sees it and goes on where it was", async () => {
    writeFileSync(log, "one\n");
    await open();
    follower?.setVisible(false);
    assert.equal(clock.pending, 0);
    appendFileSync(log, "two\n");
    follower?.setVisible(true);
    follower?.setVisible(true);
    await settled();
    assert.deepEqual(batches, [{ text: "one\n" }, { text: "two\n" }]);
    assert.equal(clock.pending, 1);
  });

  it("goes on for no log that was closed, also in the middle of reading", async () => {
    writeFileSync(log, "one\n");
    follower = newFollower(folder);
    follower.dispose();
    await new Promise((resolve) => setImmediate(resolve));
    follower.setVisible(true);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([batches, clock.pending], [[], 0]);
  });

  it("follows several at once, and stops them together", async () => {
    const followers = new LogFollowers();
    const other = join(root, "other");
    mkdirSync(other);
    writeFileSync(log, "one\n");
    writeFileSync(join(other, "output.log"), "two\n");
    followers.follow("1", folder, options());
    followers.follow("2", other, options());
    await eventually("both are shown", () => batches.length === 2 && clock.pending === 2);
    followers.follow("1", folder, options());
    await eventually("it begins anew", () => batches.length === 3 && clock.pending === 2);
    assert.deepEqual(batches.map(({ text }) => text).sort(), ["one\n", "one\n", "two\n"]);
    followers.setVisible(false);
    assert.equal(clock.pending, 0);
    followers.setVisible(true);
    await eventually("both go on", () => clock.pending === 2);
    followers.unfollow("2");
    assert.equal(clock.pending, 1);
    followers.dispose();
  });

  function options(isOver = () => over) {
    return {
      clock,
      isOver,
      onBatch: (batch: LogBatch) => batches.push(batch),
      onEnd: () => (ended += 1),
      onError: (error: unknown) => errors.push(error),
    };
  }

  function newFollower(path: string, isOver = () => over): LogFollower {
    return new LogFollower(path, options(isOver));
  }

  async function open(): Promise<void> {
    follower = newFollower(folder);
    await settled();
  }

  /** Waits until what was begun has read what is there. */
  async function settled(): Promise<void> {
    await eventually("it waits for its next turn", () => clock.pending === 1 || ended > 0);
  }

  async function turn(): Promise<void> {
    clock.advance(200);
    await settled();
  }
});

/** Bytes that were sent or said to be left out. */
function sum(batches: readonly LogBatch[]): number {
  return batches.reduce(
    (total, batch) => total + Buffer.byteLength(batch.text) + (batch.break?.leftOut ?? 0),
    0,
  );
}
