import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/core/base/clock";
import type { LogBatch } from "../../src/core/protocol/card/logBatch";
import { outputSize } from "../../src/core/runner/outputFile";
import { LogFollower } from "../../src/vscode/card/logFollower";
import { LogLines } from "../../webview-ui/log/logLines";
import { LoopWatch, median, quantile } from "./measure";

const seconds = 5;

/** Prints coloured lines at 10 MB each second. */
const flood = `
  const line = "\\u001b[32m" + "y".repeat(120) + "\\u001b[0m done\\n";
  const piece = line.repeat(Math.ceil(1e6 / line.length));
  const start = Date.now();
  let written = 0;
  setInterval(() => {
    // 1 MB is what a tenth of a second may print.
    for (; written < Date.now() - start; written += 100) {
      require("node:fs").writeSync(1, piece);
    }
  }, 10);
`;

/** An attempt that prints 10 MB each second, as the host follows it and the card takes it apart. */
export async function benchLog(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "hopper-bench-log-"));
  const output = openSync(join(folder, "output.log"), "w");
  const writer = spawn(process.execPath, ["-e", flood], { stdio: ["ignore", output, "inherit"] });
  closeSync(output);
  try {
    const batches: LogBatch[] = [];
    const watch = new LoopWatch();
    const follower = new LogFollower(folder, {
      clock: systemClock,
      isOver: () => false,
      onBatch: (batch) => batches.push(batch),
      onEnd: () => undefined,
      onError: (error) => {
        throw error;
      },
    });
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    follower.dispose();
    const blocked = watch.stop();
    const rate = outputSize(folder) / 1e6 / seconds;
    const times = timesOf(batches);
    const sent = batches.reduce((sum, { text }) => sum + text.length, 0) / 1000 / seconds;
    return (
      `log of an attempt that prints ${rate.toFixed(1)} MB/s: ${sent.toFixed(0)} KB/s in ` +
      `${(batches.length / seconds).toFixed(1)} batches each second; the host's event loop blocked at ` +
      `most ${blocked.toFixed(1)} ms; the card takes a batch apart in ${median(times).toFixed(1)} ms ` +
      `(longest ${quantile(times, 1).toFixed(1)} ms)`
    );
  } finally {
    await ended(writer);
    rmSync(folder, { recursive: true, force: true });
  }
}

function timesOf(batches: readonly LogBatch[]): number[] {
  const lines = new LogLines();
  return batches.map(({ text }) => {
    const start = performance.now();
    lines.write(text);
    lines.lines();
    return performance.now() - start;
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}
