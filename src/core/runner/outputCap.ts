import { execFile } from "node:child_process";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorMessage } from "../base/errors";
import type { Logger } from "../base/log";
import { attemptFiles } from "./attemptFolder";
import { type OutputGap, outputPath, outputSize, readGap } from "./outputFile";

const headSize = 32 * 1024 * 1024;
const tailSize = 32 * 1024 * 1024;
/** Work in steps of this size: each costs a process. */
const slack = 16 * 1024 * 1024;
/** Only whole blocks of the file system are given back. */
const blockSize = 4096;

/**
 * Keeps attempts' output on disk at its head and its latest part, by punching a hole between them.
 * The steps write on undisturbed, and offsets stay what they were: nothing is renamed, copied or
 * cut off under them.
 */
export class OutputCap {
  private readonly busy = new Set<string>();
  private unsupported = false;

  constructor(private readonly logger: Logger) {}

  async apply(folder: string): Promise<void> {
    const path = outputPath(folder);
    const size = outputSize(folder);
    if (this.unsupported || this.busy.has(folder)) {
      return;
    }
    const gap = readGap(folder);
    const from = gap?.from ?? headSize;
    const done = gap?.to ?? from;
    const to = Math.floor((size - tailSize) / blockSize) * blockSize;
    if (to - done < slack) {
      return;
    }
    this.busy.add(folder);
    try {
      // The gap is told before it is made: a reader that passes over bytes still there loses only
      // those, one that reads bytes already gone would show zeros.
      writeGap(folder, { from, to });
      await punchHole(path, from, to - from);
    } catch (error) {
      this.giveUp(folder, gap, error);
    } finally {
      this.busy.delete(folder);
    }
  }

  private giveUp(folder: string, gap: OutputGap | undefined, error: unknown): void {
    this.unsupported = true;
    this.logger.info(
      `The size of output.log cannot be limited here, it grows as long as an attempt prints: ` +
        errorMessage(error),
    );
    try {
      if (gap === undefined) {
        rmSync(join(folder, attemptFiles.gap), { force: true });
      } else {
        writeGap(folder, gap);
      }
    } catch (failure) {
      this.logger.warn(`${attemptFiles.gap} hides output that is there: ${errorMessage(failure)}`);
    }
  }
}

function writeGap(folder: string, gap: OutputGap): void {
  const temporary = join(folder, `${attemptFiles.gap}.new`);
  writeFileSync(temporary, JSON.stringify(gap), { mode: 0o600 });
  renameSync(temporary, join(folder, attemptFiles.gap));
}

function punchHole(path: string, offset: number, length: number): Promise<void> {
  const args = ["--punch-hole", "--keep-size"];
  const range = ["--offset", String(offset), "--length", String(length)];
  return new Promise((resolve, reject) => {
    execFile("fallocate", [...args, ...range, path], (error) => {
      if (error instanceof Error) {
        reject(error);
      } else {
        resolve();
      }
    });
  });
}
