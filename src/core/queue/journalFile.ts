import { Buffer } from "node:buffer";
import { errorCode, HopperError } from "../base/errors";
import { parseJournal } from "./journal";
import { readIfThere, type StoreFileSystem, writeFully } from "./storeFiles";

/** What stands at the journal's path after an append. */
export type JournalPlace =
  /** Our file. */
  | "ours"
  /** Nothing, or a file that is not ours and no newer: somebody tidied up under us. */
  | "gone"
  /** A newer generation: somebody took over. */
  | "newer";

/** The open journal of the owner: durable appends, and the cutting off of failed ones. */
export class JournalFile {
  /** Set after a failed append whose bytes could not be cut off yet. */
  private cutPending = false;

  private constructor(
    private readonly files: StoreFileSystem,
    private readonly path: string,
    private readonly fd: number,
    readonly generation: number,
    private size: number,
  ) {}

  /**
   * Opens the journal for appending and cuts off everything after its first `validBytes`, durably,
   * so that no torn line can end up in the middle.
   */
  static open(
    files: StoreFileSystem,
    path: string,
    generation: number,
    validBytes: number,
  ): JournalFile {
    const fd = files.openSync(path, "a+");
    try {
      if (files.fstatSync(fd).size !== validBytes) {
        files.ftruncateSync(fd, validBytes);
        files.fdatasyncSync(fd);
      }
    } catch (error) {
      files.closeSync(fd);
      throw error;
    }
    return new JournalFile(files, path, fd, generation, validBytes);
  }

  /** Bytes of whole lines. */
  get length(): number {
    return this.size;
  }

  /**
   * Appends a line and syncs it. When it returns, the line is on disk; when it throws, nothing of
   * the line counts.
   *
   * @throws HopperError `storage`.
   */
  append(line: string): void {
    try {
      this.cut();
      const bytes = Buffer.from(line);
      this.cutPending = true;
      writeFully(this.files, this.fd, bytes);
      this.files.fdatasyncSync(this.fd);
      this.cutPending = false;
      this.size += bytes.length;
    } catch (error) {
      this.cutQuietly();
      throw storageError(this.path, error);
    }
  }

  place(): JournalPlace {
    const ours = this.files.fstatSync(this.fd);
    try {
      const found = this.files.statSync(this.path);
      if (found.ino === ours.ino && found.dev === ours.dev && found.size >= this.size) {
        return "ours";
      }
    } catch (error) {
      if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") {
        return "gone";
      }
      throw storageError(this.path, error);
    }
    const other = readIfThere(this.files, this.path);
    const generation = other && parseJournal(other)?.header.generation;
    return generation !== undefined && generation > this.generation ? "newer" : "gone";
  }

  /** The bytes from `offset` to the end of the last whole line. */
  tailFrom(offset: number): Buffer {
    return this.files.readFileSync(this.path).subarray(offset, this.size);
  }

  close(): void {
    this.files.closeSync(this.fd);
  }

  private cut(): void {
    if (this.cutPending) {
      this.files.ftruncateSync(this.fd, this.size);
      this.files.fdatasyncSync(this.fd);
      this.cutPending = false;
    }
  }

  private cutQuietly(): void {
    try {
      this.cut();
    } catch {
      // Still pending: the next append cuts before it writes, and a reader sees a torn end.
    }
  }
}

/** A failed file operation in words for the user. */
export function storageError(path: string, error: unknown): HopperError {
  if (error instanceof HopperError) {
    return error;
  }
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
  const code = errorCode(error);
  const reason =
    (code && reasons[code]) ?? (error instanceof Error ? error.message : String(error));
  return new HopperError("storage", `${path} cannot be written: ${reason}`, { cause: error });
}
