import { errorCode, errorWords, HopperError } from "./errors";
import { type Text, words } from "./words";

const reasons: Readonly<Record<string, Text>> = {
  ENOSPC: words`the disk is full`,
  EDQUOT: words`the disk quota is used up`,
  EROFS: words`the file system is read-only`,
  EACCES: words`writing is not permitted`,
  EPERM: words`writing is not permitted`,
  EMFILE: words`too many files are open`,
  ENFILE: words`too many files are open`,
  EIO: words`the disk reports an error`,
};

/** A failed file operation in words for the user: what it was about, and what could not be done. */
export function storageError(
  what: Text,
  error: unknown,
  failed: Text = words`cannot be written`,
): HopperError {
  if (error instanceof HopperError) {
    return error;
  }
  const code = errorCode(error);
  const reason = (code && reasons[code]) ?? errorWords(error);
  return new HopperError("storage", words`${what} ${failed}: ${reason}`, { cause: error });
}
