import { closeSync, existsSync, readSync } from "node:fs";
import { join } from "node:path";
import { outputPath } from "../../core/runner/outputFile";
import { openRegularFile, type RegularFile } from "../../core/runner/regularFile";
import { cleanLines } from "../terminal/cleanText";

/** Where the process of an attempt puts its output: of a reported phase, its verify blocks' folder. */
export function outputFolder(attemptFolder: string): string {
  const verify = join(attemptFolder, "verify");
  return existsSync(verify) ? verify : attemptFolder;
}

/** More than a screen shows, and little enough to be read at every look. */
const tailSize = 16 * 1024;

/** The last lines of an attempt's output that say something. */
export function lastLines(attemptFolder: string, count: number): string[] {
  const bytes = readFrom(outputFolder(attemptFolder), (size) => Math.max(0, size - tailSize));
  const lines = cleanLines(bytes.toString("utf8")).filter((line) => line.trim() !== "");
  return count > 0 ? lines.slice(-count) : [];
}

/** Hands on an attempt's output piece by piece, in whole lines. */
export class OutputEcho {
  private offset = 0;
  private rest = Buffer.alloc(0);

  constructor(private readonly attemptFolder: string) {}

  /** The lines that came since the last call; with `isOver` also one that has no end. */
  next(isOver: boolean): string[] {
    let bytes = this.rest;
    for (;;) {
      const more = readFrom(outputFolder(this.attemptFolder), () => this.offset);
      if (more.length === 0) {
        break;
      }
      this.offset += more.length;
      bytes = Buffer.concat([bytes, more]);
    }
    const end = isOver ? bytes.length : bytes.lastIndexOf(0x0a) + 1;
    this.rest = bytes.subarray(end);
    const text = bytes.subarray(0, end).toString("utf8");
    return text === "" ? [] : cleanLines(text.replace(/\n$/, ""));
  }
}

const chunkSize = 256 * 1024;

function readFrom(folder: string, start: (size: number) => number): Buffer {
  let file: RegularFile | undefined;
  try {
    file = openRegularFile(outputPath(folder));
  } catch {
    // Shown with the next look.
  }
  if (file === undefined) {
    return Buffer.alloc(0);
  }
  const { descriptor, size } = file;
  try {
    const from = start(size);
    const buffer = Buffer.alloc(Math.max(0, Math.min(size - from, chunkSize)));
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, from));
  } finally {
    closeSync(descriptor);
  }
}
