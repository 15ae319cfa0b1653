import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { errorCode } from "../base/errors";

/** A file that was opened for reading; whoever opened it closes its descriptor. */
export interface RegularFile {
  readonly descriptor: number;
  /** Bytes in it when it was opened. */
  readonly size: number;
}

/** What an open meets that is not there, or is there and no file. */
const noFile = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "ENXIO"]);

/**
 * Opens a file of an attempt's folder for reading, or answers undefined where there is none. The
 * folder is in the hands of what runs: a FIFO in the place of a file would block whoever opens it,
 * and a device can be read for ever, so both count as no file. Other trouble is thrown.
 */
export function openRegularFile(path: string): RegularFile | undefined {
  let descriptor: number;
  try {
    // Windows has no O_NONBLOCK (and no FIFOs in folders): there it adds nothing.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (noFile.has(errorCode(error) ?? "")) {
      return undefined;
    }
    throw error;
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isFile()) {
      return { descriptor, size: stat.size };
    }
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  closeSync(descriptor);
  return undefined;
}

/** The text of a small file; undefined where there is none, or one of more than `most` bytes. */
export function readSmallFile(path: string, most: number): string | undefined {
  const file = openRegularFile(path);
  if (file === undefined) {
    return undefined;
  }
  try {
    return file.size > most ? undefined : readStart(file);
  } finally {
    closeSync(file.descriptor);
  }
}

/** What was in the file when it was opened: what is written to it meanwhile is for the next look. */
function readStart({ descriptor, size }: RegularFile): string {
  const bytes = Buffer.allocUnsafe(size);
  return bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, size, 0));
}
