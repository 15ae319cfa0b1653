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
  };
}

/** Suffix of files that are being written; whatever ends so after a crash is swept by the owner. */
export const temporarySuffix = ".tmp";

/** Appends `content` to an open file; a short write is continued, since it raises no error. */
export function writeFully(files: StoreFileSystem, fd: number, content: Uint8Array): void {
  for (let written = 0; written < content.length;) {
    const count = files.writeSync(fd, content, written, content.length - written);
    if (count <= 0) {
      throw new Error("the disk took no more bytes");
    }
    written += count;
  }
}

/** Writes a new file, for this user only, and syncs it; a failed one is removed again. */
export function writeSynced(files: StoreFileSystem, path: string, content: Uint8Array): void {
  files.rmSync(path, { force: true });
  const fd = files.openSync(path, "wx", 0o600);
  try {
    try {
      writeFully(files, fd, content);
      // A full disk can cut a write short without any error: only the size proves it whole.
      if (files.fstatSync(fd).size !== content.length) {
        throw new Error(`${path} was not written whole`);
      }
      files.fsyncSync(fd);
    } finally {
      files.closeSync(fd);
    }
  } catch (error) {
    removeQuietly(files, path);
    throw error;
  }
}

/** Makes renames in `folder` durable. Windows cannot sync a folder and does not need to. */
export function syncFolder(files: StoreFileSystem, folder: string): void {
  if (process.platform === "win32") {
    return;
  }
  const fd = files.openSync(folder, "r");
  try {
    files.fsyncSync(fd);
  } finally {
    files.closeSync(fd);
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

/** The bytes of a file, or undefined when there is none. */
export function readIfThere(files: StoreFileSystem, path: string): Buffer | undefined {
  try {
    return files.readFileSync(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") {
      return undefined;
    }
    throw error;
  }
}
