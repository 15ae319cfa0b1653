import { randomBytes } from "node:crypto";
import type * as fs from "node:fs";
import { join } from "node:path";
import { errorCode } from "../base/errors";

/** The file operations the store needs, so that tests can make any of them fail. */
export type StoreFileSystem = Pick<
  typeof fs,
  | "closeSync"
  | "existsSync"
  | "fdatasyncSync"
  | "fstatSync"
  | "fsyncSync"
  | "ftruncateSync"
  | "linkSync"
  | "mkdirSync"
  | "openSync"
  | "readFileSync"
  | "readSync"
  | "readdirSync"
  | "renameSync"
  | "rmSync"
  | "statSync"
  | "unlinkSync"
  | "writeSync"
>;

/** The paths of a queue's files in `.hopper/`. */
export interface StorePaths {
  readonly folder: string;
  readonly snapshot: string;
  readonly journal: string;
  readonly previousSnapshot: string;
  readonly previousJournal: string;
  /** What phases left, in a folder for each attempt: not the store's, but it tells of a lost queue. */
  readonly attempts: string;
}

export function storePaths(hopperFolder: string): StorePaths {
  const snapshot = join(hopperFolder, "queue.db");
  const journal = join(hopperFolder, "queue.journal");
  return {
    folder: hopperFolder,
    snapshot,
    journal,
    previousSnapshot: `${snapshot}.prev`,
    previousJournal: `${journal}.prev`,
    attempts: join(hopperFolder, "attempts"),
  };
}

/** Ends the names of files that are being written; nothing ever points to such a file. */
const temporarySuffix = ".tmp";

/**
 * A name beside `path` under which it is written before it is renamed into place. Each is used once,
 * so that an owner that lost the queue without knowing it yet cannot write into its successor's file.
 */
export function temporaryPath(path: string): string {
  return `${path}.${randomBytes(6).toString("hex")}${temporarySuffix}`;
}

/** Removes what a crash left half written. Only the owner may: nobody else writes such files. */
export function sweepTemporaryFiles(files: StoreFileSystem, paths: StorePaths): void {
  for (const name of files.readdirSync(paths.folder)) {
    if (name.startsWith("queue.") && name.endsWith(temporarySuffix)) {
      files.rmSync(join(paths.folder, name), { force: true });
    }
  }
}

/** Best effort, for cleaning up after an error that is reported anyway. */
export function removeQuietly(files: StoreFileSystem, path: string): void {
  try {
    files.rmSync(path, { force: true });
  } catch {
    // The first error is the one that tells what happened; a left-over file is swept at the next open.
  }
}

/** Whether all files of the queue are gone, though it had phases that were run: that is no new queue. */
export function isLost(files: StoreFileSystem, paths: StorePaths): boolean {
  const { snapshot, journal, previousSnapshot, previousJournal } = paths;
  return (
    ![snapshot, journal, previousSnapshot, previousJournal].some((path) =>
      files.existsSync(path),
    ) && isFilled(files, paths.attempts)
  );
}

function isFilled(files: StoreFileSystem, folder: string): boolean {
  try {
    return files.readdirSync(folder).length > 0;
  } catch (error) {
    if (isMissing(error)) {
      return false;
    }
    throw error;
  }
}

/** The bytes of a file, or undefined when there is none. */
export function readIfThere(files: StoreFileSystem, path: string): Buffer | undefined {
  try {
    return files.readFileSync(path);
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Whether a failed operation says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR";
}
