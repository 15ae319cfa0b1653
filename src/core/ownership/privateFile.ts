import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { errorCode, HopperError } from "../base/errors";
import { storageError } from "../base/storageError";
import { words } from "../base/words";

/** No record of ours comes near this; a larger file is not one. */
const largestFile = 64 * 1024;

/** Codes by which a file system says that it has no hard links. */
const noLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"]);

/**
 * The text of a small file, or undefined when there is none. What stands in a workspace may come
 * from a stranger's repository: a link is not followed, a FIFO does not block, a device is not read.
 *
 * @throws HopperError `damaged` when the path holds anything but a small regular file, and the
 * system's error when it cannot be read.
 */
export function readPrivateFile(path: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, readFlags());
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return undefined;
    }
    if (errorCode(error) === "ELOOP") {
      throw new HopperError("damaged", words`${path} is a symbolic link`, { cause: error });
    }
    throw error;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > largestFile) {
      throw new HopperError("damaged", words`${path} is not a small regular file`);
    }
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Puts `content` into place whole, readable by nobody else, whatever was there before.
 *
 * @throws HopperError `storage` when it cannot be written; what was there is there still.
 */
export function replacePrivateFile(path: string, content: string): void {
  withTemporary(path, content, (temporary) => renameSync(temporary, path));
}

/** Puts `content` into place whole unless something is there; says whether it did. */
export function createPrivateFile(path: string, content: string): boolean {
  return withTemporary(path, content, (temporary) => {
    try {
      linkOrCopy(temporary, path);
      return true;
    } catch (error) {
      if (errorCode(error) === "EEXIST") {
        return false;
      }
      throw error;
    }
  });
}

/** Both ways fail with EEXIST where `path` is taken; a copy can be seen half written. */
function linkOrCopy(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (!noLinks.has(errorCode(error) ?? "")) {
      throw error;
    }
    copyFileSync(temporary, path, constants.COPYFILE_EXCL);
  }
}

function withTemporary<T>(path: string, content: string, use: (temporary: string) => T): T {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const descriptor = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return use(temporary);
  } catch (error) {
    throw storageError(path, error);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readFlags(): number {
  return process.platform === "win32"
    ? constants.O_RDONLY
    : constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
}
