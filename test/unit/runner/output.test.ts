import { strict as assert } from "node:assert";
import { appendFileSync, mkdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/core/base/clock";
import type { Logger } from "../../../src/core/base/log";
import { silentLogger } from "../../../src/core/base/log";
import type { AttemptRunner } from "../../../src/core/protocol/attempts";
import { forEachOutputLine } from "../../../src/core/runner/outputLines";
import { followOutput, type OutputChunk, readOutput } from "../../../src/core/runner/outputLog";
import { Bench, ended, sh, waitFor } from "./harness";

const mebibyte = 1024 * 1024;

describe("reading an attempt's output", () => {
  let bench: Bench;
  let folder: string;
  let log: string;
  beforeEach(async () => {
    bench = await Bench.create("posix");
    folder = join(bench.root, "attempt");
    mkdirSync(folder);
    log = join(folder, "output.log");
  });
  afterEach(() => bench.close());

  it("answers pieces, the place to go on, and the size", async () => {
    writeFileSync(log, "0123456789");
    const { bytes, ...rest } = await readOutput(folder, 3, 4);
    assert.equal(bytes.toString(), "3456");
    assert.deepEqual(rest, { offset: 3, nextOffset: 7, size: 10 });
    assert.equal((await readOutput(folder, 7, 100)).bytes.toString(), "789");
    assert.equal((await readOutput(folder, 10, 100)).bytes.length, 0);
  });

  it("answers nothing while there is no file", async () => {
    const { bytes, ...rest } = await readOutput(folder, 5, 10);
    assert.equal(bytes.length, 0);
    assert.deepEqual(rest, { offset: 0, nextOffset: 0, size: 0 });
  });

  it("passes over a gap and tells it", async () => {
    writeFileSync(log, "0123456789");
    writeFileSync(join(folder, "output.gap.json"), JSON.stringify({ from: 2, to: 7 }));
    const before = await readOutput(folder, 0, 100);
    assert.equal(before.bytes.toString(), "01");
    assert.equal(before.gap, undefined);
    const after = await readOutput(folder, before.nextOffset, 100);
    assert.equal(after.bytes.toString(), "789");
    assert.deepEqual([after.offset, after.gap], [7, { from: 2, to: 7 }]);
    assert.deepEqual((await readOutput(folder, 4, 100)).gap, { from: 4, to: 7 });
  });

  it("starts again when the file became shorter, and forgets a gap beyond its end", async () => {
    writeFileSync(log, "0123456789");
    writeFileSync(join(folder, "output.gap.json"), JSON.stringify({ from: 2, to: 7 }));
    truncateSync(log, 0);
    appendFileSync(log, "new");
    const { bytes, offset, nextOffset, gap } = await readOutput(folder, 8, 100);
    assert.deepEqual([bytes.toString(), offset, nextOffset, gap], ["new", 0, 3, undefined]);
  });

  it("ignores a gap that is no gap", async () => {
    writeFileSync(log, "0123456789");
    for (const text of ["", "{", '{"from":5,"to":5}', '{"from":-1,"to":3}', "null"]) {
      writeFileSync(join(folder, "output.gap.json"), text);
      assert.equal((await readOutput(folder, 0, 100)).bytes.length, 10);
    }
  });

  it("gives lines whole, whatever their length, and leaves out what a gap cut through", async () => {
    const long = "x".repeat(3 * mebibyte);
    writeFileSync(log, `one\n${long}\n\nlast without newline`);
    const lines: string[] = [];
    await forEachOutputLine(folder, 4 * mebibyte, (line) => lines.push(line.toString()) > 0);
    assert.deepEqual(lines, ["one", long, "", "last without newline"]);

    const gap = { from: 6, to: 6 + mebibyte };
    writeFileSync(join(folder, "output.gap.json"), JSON.stringify(gap));
    lines.length = 0;
    await forEachOutputLine(folder, 4 * mebibyte, (line) => lines.push(line.toString()) > 0);
    assert.deepEqual(lines, ["one", "", "last without newline"]);

    // A gap beyond the end belongs to what the file was before it became shorter.
    writeFileSync(log, "short\nagain");
    lines.length = 0;
    await forEachOutputLine(folder, 4 * mebibyte, (line) => lines.push(line.toString()) > 0);
    assert.deepEqual(lines, ["short", "again"]);
  });

  it("passes over lines that are too long, and ends when no more are wanted", async () => {
    const long = "x".repeat(300_000);
    writeFileSync(log, `one\n${long}\ntwo\n12345\n123456\nthree\n${long}`);
    const lines: string[] = [];
    await forEachOutputLine(folder, 5, (line) => lines.push(line.toString()) > 0);
    assert.deepEqual(lines, ["one", "two", "12345", "three"]);
    lines.length = 0;
    await forEachOutputLine(folder, 5, (line) => lines.push(line.toString()) < 2);
    assert.deepEqual(lines, ["one", "two"]);
  });
});

describe("following an attempt's output", () => {
  let bench: Bench;
  let runner: AttemptRunner;
  beforeEach(async () => {
    bench = await Bench.create("posix");
    runner = bench.runner();
  });
  afterEach(() => bench.close());

  it("yields it as it grows, up to the attempt's end", async () => {
    const request = bench.request({
      blocks: [sh("printf a; until [ -e go ]; do sleep 0.01; done; printf b")],
    });
    runner.prepare(request);
    runner.launch(request.folder);
    let text = "";
    for await (const chunk of followOutput(request.folder, {
      clock: systemClock,
      signal: new AbortController().signal,
      isOver: () => runner.inspect(request.folder).exit !== undefined,
    })) {
      text += chunk.bytes.toString();
      if (text === "a") {
        writeFileSync(join(bench.root, "go"), "");
      }
    }
    assert.equal(text, "ab");
    await ended(runner, request.folder);
  });

  it("waits for a file that is not there yet, and ends when it is told to", async () => {
    const folder = join(bench.root, "later");
    const abort = new AbortController();
    const chunks: OutputChunk[] = [];
    const following = (async () => {
      for await (const chunk of followOutput(folder, {
        clock: systemClock,
        signal: abort.signal,
      })) {
        chunks.push(chunk);
      }
    })();
    mkdirSync(folder);
    writeFileSync(join(folder, "output.log"), "x");
    await waitFor("the first piece", () => chunks.length === 1);
    // It became shorter and other: shown from its start.
    writeFileSync(join(folder, "output.log"), "");
    await new Promise((resolve) => setImmediate(resolve));
    appendFileSync(join(folder, "output.log"), "yz");
    await waitFor("the second piece", () => chunks.length === 2);
    abort.abort();
    await following;
  });
});

describe("the cap on an attempt's output", () => {
  const size = 110 * mebibyte;
  const flood = `echo first; yes 'a line of the flood' | head -c ${size}; echo; echo last`;

  it("keeps head and tail of a flood, and offsets as they were", async () => {
    const bench = await Bench.create("posix");
    try {
      const runner = bench.runner();
      const request = bench.request({ blocks: [sh(flood)] });
      runner.prepare(request);
      runner.launch(request.folder);
      while (runner.inspect(request.folder).exit === undefined) {
        await runner.capOutput(request.folder);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await ended(runner, request.folder);
      await runner.capOutput(request.folder);
      const { size: logical, blocks } = statSync(join(request.folder, "output.log"));
      assert.equal(logical, size + "first\n\nlast\n".length);
      assert.equal(runner.outputSize(request.folder), logical);
      assert.ok(blocks * 512 <= 81 * mebibyte, `${blocks * 512} bytes on disk`);

      const head = await readOutput(request.folder, 0, 64 * mebibyte);
      assert.equal(head.nextOffset, 32 * mebibyte);
      assert.match(head.bytes.subarray(0, 30).toString(), /^first\na line of the flood\n/);
      assert.ok(!head.bytes.includes(0));
      const tail = await readOutput(request.folder, head.nextOffset, 64 * mebibyte);
      assert.deepEqual(tail.gap, { from: head.nextOffset, to: tail.offset });
      assert.ok(tail.bytes.length >= 32 * mebibyte);
      assert.ok(!tail.bytes.includes(0));
      assert.match(tail.bytes.subarray(-30).toString(), /\nlast\n$/);
      assert.equal(tail.nextOffset, logical);

      let shown = 0;
      let missing = 0;
      for await (const chunk of followOutput(request.folder, {
        clock: systemClock,
        signal: new AbortController().signal,
        isOver: () => true,
      })) {
        shown += chunk.bytes.length;
        missing += chunk.gap === undefined ? 0 : chunk.gap.to - chunk.gap.from;
      }
      assert.equal(shown + missing, logical);
    } finally {
      await bench.close();
    }
  });

  it("says once that it cannot be kept, and lets the attempt go on", async () => {
    const bench = await Bench.create("posix");
    const path = process.env["PATH"];
    try {
      const told: string[] = [];
      const logger: Logger = { ...silentLogger, info: (message) => told.push(message) };
      const runner = bench.runner({ logger });
      const request = bench.request({ blocks: [sh(flood)] });
      await bench.run(runner, request);
      process.env["PATH"] = bench.root;
      await runner.capOutput(request.folder);
      await runner.capOutput(request.folder);
      assert.equal(told.length, 1);
      assert.match(told[0] ?? "", /^The size of output\.log cannot be limited here/);
      assert.equal(statSync(join(request.folder, "output.log")).size, size + 12);
      // What is still there is shown.
      const { gap } = await readOutput(request.folder, 40 * mebibyte, 10);
      assert.equal(gap, undefined);
    } finally {
      process.env["PATH"] = path;
      await bench.close();
    }
  });
});
