import { errorCode, errorMessage, HopperError } from "./errors";

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

/** A failed file operation in words for the user: what it was about, and what could not be done. */
export function storageError(
  what: string,
  error: unknown,
  failed = "cannot be written",
): HopperError {
  if (error instanceof HopperError) {
    return error;
  }
  const code = errorCode(error);
  const reason = (code && reasons[code]) ?? errorMessage(error);
  return new HopperError("storage", `${what} ${failed}: ${reason}`, { cause: error });
}
