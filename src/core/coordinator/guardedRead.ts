import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import type { Clock } from "../base/clock";
import { errorCode, HopperError } from "../base/errors";
import { words } from "../base/words";
import { replayWal } from "./walReplay";

/** Larger ones are refused: the image and what is read of it are held in memory. */
const largest = { main: 256 * 1024 * 1024, wal: 64 * 1024 * 1024 };
/** A writer with many short transactions rarely leaves a gap. */
const attempts = 10;
/** A change of a file within so long of another may leave its time as it was. */
const timeGranularity = 20;

/** The image of an SQLite database at one moment. */
export interface DatabaseImage {
  readonly image: Buffer;
  /** As {@link stampOf} told before the reading: a file with this stamp has not changed since. */
  readonly stamp: string;
}

/**
 * Reads an SQLite database that another program may be writing, without a lock and without SQLite: so
 * the writer is never held up, and no file of its is made, changed or left behind. What was read counts
 * only where nothing that could tear it happened meanwhile:
 *
 * - With a write-ahead log the database is read first and the log second. A page that a checkpoint
 *   copies in between stands in the log as long as that was not begun anew, which its header tells.
 * - Without one a transaction that ran meanwhile left a journal, another change counter or another time.
 *
 * @returns undefined where a writer left no gap; `"missing"` where there is no such file.
 * @throws HopperError `storage` where it cannot be read, or is too large.
 */
export function guardedRead(
  link: string,
  clock: Pick<Clock, "now">,
): DatabaseImage | "missing" | undefined {
  const path = databasePath(link);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const stamp = stampOf(path);
    const before = guardOf(path, clock);
    if (before === undefined) {
      return "missing";
    }
    if (before === "busy") {
      continue;
    }
    const main = readWhole(path, largest.main);
    const wal = before.wal === "" ? undefined : readWhole(`${path}-wal`, largest.wal);
    if (!main || (before.wal !== "" && !wal)) {
      continue;
    }
    if (wal === undefined && before.isFresh && !readWhole(path, largest.main)?.equals(main)) {
      continue;
    }
    const after = guardOf(path, clock);
    if (after !== undefined && after !== "busy" && isSame(before, after)) {
      return { image: asPlain(wal ? replayWal(main, wal) : main), stamp };
    }
  }
  return undefined;
}

/** The database itself: its log and journal lie beside it, not beside a link that leads to it. */
export function databasePath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It is not there yet, or cannot be reached: reading it tells.
    return path;
  }
}

/**
 * Tells one state of a database's files from another without reading them: their identity, size and
 * time, and what SQLite itself counts up with each transaction (where times are too coarse).
 */
export function stampOf(link: string): string {
  const path = databasePath(link);
  const parts = [
    [path, 100],
    [`${path}-wal`, 32],
    [`${path}-shm`, 96],
    [`${path}-journal`, 28],
  ] as const;
  return parts.map(([file, bytes]) => `${timeOf(file)}:${headOf(file, bytes)}`).join("/");
}

interface Guard {
  /** Which file the database is, also where another one took its place. */
  readonly file: string;
  readonly main: string;
  /** The change counter of the database. */
  readonly counter: string;
  /** The header of the log, and which file it is; empty without a log. */
  readonly wal: string;
  readonly isFresh: boolean;
}

/** @returns undefined without a database; `"busy"` while a transaction with a journal is under way. */
function guardOf(path: string, clock: Pick<Clock, "now">): Guard | "busy" | undefined {
  const stats = statsOf(path);
  if (!stats) {
    return undefined;
  }
  // A journal that was kept after its transaction starts with zeros.
  if (/[^0]/.test(headOf(`${path}-journal`, 8))) {
    return "busy";
  }
  const wal = statsOf(`${path}-wal`);
  const walHeader = headOf(`${path}-wal`, 32);
  return {
    file: `${stats.dev}:${stats.ino}`,
    main: identityOf(stats),
    counter: headOf(path, 100).slice(48, 56),
    wal: wal && walHeader.length === 64 ? `${wal.ino}:${walHeader}` : "",
    isFresh: clock.now() - Number(stats.mtimeMs) < timeGranularity,
  };
}

function isSame(before: Guard, after: Guard): boolean {
  return before.wal === ""
    ? after.wal === "" && before.main === after.main && before.counter === after.counter
    : before.wal === after.wal && before.file === after.file;
}

/** SQLite in memory knows no log: the image must not say that there is one. */
function asPlain(image: Buffer): Buffer {
  if (image.length >= 100) {
    image[18] = 1;
    image[19] = 1;
  }
  return image;
}

/** All bytes of a regular file; undefined where it is gone or changed its size meanwhile. */
function readWhole(path: string, most: number): Buffer | undefined {
  const descriptor = open(path);
  if (descriptor === undefined) {
    return undefined;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) {
      throw new HopperError("storage", words`${path} is no regular file.`);
    }
    if (stats.size > most) {
      const megabytes = Math.round(most / 1024 / 1024);
      throw new HopperError("storage", words`${path} is larger than ${megabytes} MB.`);
    }
    const bytes = Buffer.alloc(stats.size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, length);
      if (read === 0) {
        return undefined;
      }
      length += read;
    }
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

/** The first bytes of a file as hex; empty without the file. */
function headOf(path: string, length: number): string {
  const descriptor = open(path);
  if (descriptor === undefined) {
    return "";
  }
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, 0)).toString("hex");
  } catch {
    return "";
  } finally {
    closeSync(descriptor);
  }
}

/** Without waiting, should somebody have put a pipe there. */
function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return undefined;
    }
    throw new HopperError("storage", words`${path} cannot be read (${errorCode(error) ?? "?"}).`, {
      cause: error,
    });
  }
}

function statsOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function identityOf({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs].join(":");
}

function timeOf(path: string): string {
  const stats = statsOf(path);
  return stats ? identityOf(stats) : "";
}
