import { errorCode, HopperError } from "../base/errors";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "writing is not permitted",
  EPERM: "writing is not permitted",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  EIO: "the disk reports an error",
};

/** A failed file operation in words for the user. */
export function storageError(path: string, error: unknown): HopperError {
  if (error instanceof HopperError) {
    return error;
  }
  const code = errorCode(error);
  const reason =
    (code && reasons[code]) ?? (error instanceof Error ? error.message : String(error));
  return new HopperError("storage", `${path} cannot be written: ${reason}`, { cause: error });
}
