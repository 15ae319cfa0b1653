import { closeSync, lstatSync, readSync } from "node:fs";
import { errorMessage } from "../../core/base/errors";
import { outputFolder } from "../../core/runner/attemptFolder";
import { outputPath } from "../../core/runner/outputFile";
import { openRegularFile } from "../../core/runner/regularFile";
import { cleanLines, cleanText } from "../../core/protocol/words/cleanText";

/** More than a screen shows, and little enough to be read at every look. */
const tailSize = 16 * 1024;

/** The last lines of an attempt's output that say something, or one that says why there are none. */
export function lastLines(attemptFolder: string, count: number): string[] {
  const path = outputPath(outputFolder(attemptFolder));
  try {
    const bytes = readFrom(path, (size) => Math.max(0, size - tailSize));
    const lines = cleanLines(bytes.toString("utf8")).filter((line) => line.trim() !== "");
    return count > 0 ? lines.slice(-count) : [];
  } catch (error) {
    return count > 0 ? [unreadable(path, error)] : [];
  }
}

/** Hands on an attempt's output piece by piece, in whole lines. */
export class OutputEcho {
  private offset = 0;
  private rest = Buffer.alloc(0);
  private isUnreadable = false;

  constructor(private readonly attemptFolder: string) {}

  /** The lines that came since the last call; with `isOver` also one that has no end. */
  next(isOver: boolean): string[] {
    const path = outputPath(outputFolder(this.attemptFolder));
    try {
      return this.lines(path, isOver);
    } catch (error) {
      // Once is enough: it is looked at several times a second.
      const isNew = !this.isUnreadable;
      this.isUnreadable = true;
      return isNew ? [unreadable(path, error)] : [];
    }
  }

  private lines(path: string, isOver: boolean): string[] {
    let bytes = this.rest;
    for (;;) {
      const more = readFrom(path, () => this.offset);
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

/** @throws where something is there that is no readable file; nothing there is no output. */
function readFrom(path: string, start: (size: number) => number): Buffer {
  const file = openRegularFile(path);
  if (file === undefined) {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
      throw new Error("it is not a regular file");
    }
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

function unreadable(path: string, error: unknown): string {
  return cleanText(`(the output in ${path} cannot be read: ${errorMessage(error)})`);
}
