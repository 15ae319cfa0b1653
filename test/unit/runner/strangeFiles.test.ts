import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLines } from "../../../src/cli/run/phaseOutput";
import type { AttemptRequest, AttemptRunner } from "../../../src/core/protocol/attempts";
import { readExit, readSpec, readStarted } from "../../../src/core/runner/attemptFolder";
import { readGap } from "../../../src/core/runner/outputFile";
import { forEachOutputLine } from "../../../src/core/runner/outputLines";
import { readOutput } from "../../../src/core/runner/outputLog";
import { lastLine } from "../../../src/core/runner/outputTail";
import { Bench, sh } from "./harness";

/** What a step can put in the place of a file; opening or reading some of it never returns. */
const strange: Record<string, (path: string) => void> = {
  "a FIFO": (path) => execFileSync("mkfifo", [path]),
  "an endless device": (path) => symlinkSync("/dev/zero", path),
  "a link to itself": (path) => symlinkSync(path, path),
  "a folder": (path) => mkdirSync(path),
};

describe("an attempt's folder with strange things in it", () => {
  let bench: Bench;
  let runner: AttemptRunner;
  let request: AttemptRequest;
  beforeEach(async () => {
    bench = await Bench.create("posix");
    runner = bench.runner();
    request = bench.request({ blocks: [sh("echo said; exit 3")] });
    await bench.run(runner, request);
  });
  afterEach(() => bench.close());

  function replace(name: string, make: (path: string) => void): void {
    const path = join(request.folder, name);
    rmSync(path, { force: true });
    make(path);
  }

  for (const [what, make] of Object.entries(strange)) {
    it(`has no output where ${what} is in its place`, async () => {
      replace("output.log", make);
      const { folder } = request;
      assert.equal(runner.outputSize(folder), 0);
      assert.equal(lastLine(folder, false), "");
      assert.match(lastLines(folder, 5).join(""), /cannot be read: it is not a regular file/);
      await forEachOutputLine(folder, 100, () => assert.fail("there is no line"));
      const { bytes, size } = await readOutput(folder, 0, 100);
      assert.deepEqual([bytes.length, size], [0, 0]);
      await runner.capOutput(folder);
      assert.deepEqual(runner.judge(folder), {
        outcome: "exit",
        exitCode: 3,
        message: "step 1 (sh, line 10) exited with code 3",
      });
    });

    it(`shows nothing where ${what} is in the place of a record`, () => {
      for (const name of ["spec.json", "started", "exit.json", "output.gap.json"]) {
        replace(name, make);
      }
      assert.equal(readGap(request.folder), undefined);
      assert.deepEqual(runner.inspect(request.folder), { prepared: false, alive: false });
    });
  }

  it("reads no record that is larger than any record of ours", () => {
    const { folder } = request;
    for (const [name, most, read] of [
      ["spec.json", 16 * 1024 * 1024, () => readSpec(folder)],
      ["started", 64 * 1024, () => readStarted(folder)],
      ["exit.json", 64 * 1024, () => readExit(folder)],
    ] as const) {
      const path = join(folder, name);
      const record: unknown = read();
      assert.ok(record);
      const text = `${JSON.stringify(record)}\n`;
      writeFileSync(path, text.padEnd(most));
      assert.deepEqual(read(), record);
      writeFileSync(path, text.padEnd(most + 1));
      assert.equal(read(), undefined);
      truncateSync(path, 2 ** 40);
      assert.equal(read(), undefined);
    }
  });
});
