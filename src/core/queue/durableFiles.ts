import { type Clock, delay } from "../base/clock";
import { errorCode } from "../base/errors";
import { removeQuietly, type StoreFileSystem, temporaryPath } from "./storeFiles";

/** Writes that are on disk when they return, and renames that leave no moment without a file. */

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

/**
 * Makes a new file, for this user only, with `content` in it and synced; a failed one is removed
 * again. Answers its descriptor, which appends.
 */
export function createSynced(files: StoreFileSystem, path: string, content: Uint8Array): number {
  const fd = files.openSync(path, "ax+", 0o600);
  try {
    writeFully(files, fd, content);
    // A full disk can cut a write short without any error: only the size proves it whole.
    if (files.fstatSync(fd).size !== content.length) {
      throw new Error(`${path} was not written whole`);
    }
    files.fsyncSync(fd);
    return fd;
  } catch (error) {
    closeQuietly(files, fd);
    removeQuietly(files, path);
    throw error;
  }
}

/** {@link createSynced}, for a file that nobody goes on writing. */
export function writeSynced(files: StoreFileSystem, path: string, content: Uint8Array): void {
  files.closeSync(createSynced(files, path, content));
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

/**
 * Makes `kept` a second name of `path`, replacing what had it, without a moment in which either is
 * gone. Where the file system has no links, `kept` becomes a copy.
 */
export function keepAs(files: StoreFileSystem, path: string, kept: string): void {
  const second = temporaryPath(kept);
  try {
    try {
      files.linkSync(path, second);
    } catch (error) {
      if (!withoutLinks.has(errorCode(error) ?? "")) {
        throw error;
      }
      writeSynced(files, second, files.readFileSync(path));
    }
    files.renameSync(second, kept);
  } finally {
    // A rename onto another name of the same file does nothing and leaves both names.
    removeQuietly(files, second);
  }
}

/** What file systems without hard links answer, FAT and some network shares among them. */
const withoutLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** What Windows answers while somebody, a virus scanner for one, holds a file open. */
const refusals = new Set(["EPERM", "EACCES", "EBUSY"]);
const refusalWait = { first: 10, longest: 640 };

/** Does a step again while a rename in it is refused, with longer and longer waits in between. */
export async function whileRefused<T>(clock: Clock, step: () => T): Promise<T> {
  for (let wait = refusalWait.first; ; wait *= 2) {
    try {
      return step();
    } catch (error) {
      if (!refusals.has(errorCode(error) ?? "") || wait > refusalWait.longest) {
        throw error;
      }
      await delay(clock, wait);
    }
  }
}

export function closeQuietly(files: StoreFileSystem, fd: number): void {
  try {
    files.closeSync(fd);
  } catch {
    // Nothing depends on it: whatever counts was synced before.
  }
}
