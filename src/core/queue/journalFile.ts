import { Buffer } from "node:buffer";
import { constants, type Stats } from "node:fs";
import { dirname } from "node:path";
import { closeQuietly, createSynced, syncFolder, writeFully } from "./durableFiles";
import {
  encodeHeader,
  type JournalHeader,
  marksIn,
  numberStatements,
  parseJournal,
  type StatementNumbers,
} from "./journal";
import { storageError } from "../base/storageError";
import { isMissing, readIfThere, removeQuietly, type StoreFileSystem } from "./storeFiles";

/** What stands at the journal's path after an append. */
export type JournalPlace =
  /** Our file, as we wrote it. */
  | "ours"
  /** Nothing, or a file that is not ours and no newer: somebody tidied up under us. */
  | "gone"
  /** A newer generation: somebody took over. */
  | "newer";

type Identity = Pick<Stats, "dev" | "ino">;

/** The open journal of the owner: durable appends, and the cutting off of failed ones. */
export class JournalFile {
  /** Set while the file may be longer than what counts of it. */
  private cutPending = false;
  /** Set while the folder may not know the file's name yet: it could be lost with a power cut. */
  private namePending = false;

  private constructor(
    private readonly files: StoreFileSystem,
    private path: string,
    /** Undefined after {@link release}, until the next append opens the file again. */
    private fd: number | undefined,
    private readonly identity: Identity,
    readonly generation: number,
    private size: number,
    /** The statements that its header lists. */
    readonly statements: StatementNumbers,
  ) {}

  /**
   * Opens the journal for appending and cuts off everything after its first `validBytes`, durably,
   * so that no torn line can end up in the middle.
   */
  static open(
    files: StoreFileSystem,
    path: string,
    { generation, statements }: Pick<JournalHeader, "generation" | "statements">,
    validBytes: number,
  ): JournalFile {
    const numbers = numberStatements(statements);
    const fd = openToAppend(files, path);
    try {
      const found = files.fstatSync(fd);
      if (found.size < validBytes) {
        throw new Error("it became shorter while it was opened");
      }
      const journal = new JournalFile(files, path, fd, found, generation, validBytes, numbers);
      journal.cutPending = found.size > validBytes;
      journal.cut(fd);
      return journal;
    } catch (error) {
      closeQuietly(files, fd);
      throw error;
    }
  }

  /**
   * Makes a new journal under a name at which nobody looks, and keeps it open, so that nothing can
   * fail any more once {@link moveTo} has put it into place.
   *
   * @param tail lines that it takes over from the journal before it.
   */
  static create(
    files: StoreFileSystem,
    path: string,
    header: Omit<JournalHeader, "journal">,
    tail: Uint8Array,
  ): JournalFile {
    const numbers = numberStatements(header.statements);
    const content = Buffer.concat([encodeHeader(header), tail]);
    const fd = createSynced(files, path, content);
    try {
      const found = files.fstatSync(fd);
      return new JournalFile(files, path, fd, found, header.generation, content.length, numbers);
    } catch (error) {
      closeQuietly(files, fd);
      removeQuietly(files, path);
      throw error;
    }
  }

  /** Bytes of whole lines. */
  get length(): number {
    return this.size;
  }

  /** Gives the file its name, replacing what has it. */
  moveTo(path: string): void {
    this.files.renameSync(this.path, path);
    this.path = path;
    this.namePending = true;
    try {
      this.syncName();
    } catch {
      // Still pending: nothing is acknowledged before it is done.
    }
  }

  /**
   * Appends a line and syncs it. Once this answers "ours", the line is on disk and everybody finds
   * it; with any other answer, and when it throws, nothing of the line counts.
   *
   * @throws HopperError `storage`.
   */
  append(line: Uint8Array): JournalPlace {
    try {
      const fd = this.opened();
      const before = fd === undefined ? "gone" : this.prepare(fd);
      if (fd === undefined || before !== "ours") {
        return this.placeOfOther(before);
      }
      this.cutPending = true;
      writeFully(this.files, fd, line);
      this.files.fdatasyncSync(fd);
      const place = this.placeIf((size) => size === this.size + line.length);
      if (place === "ours") {
        this.size += line.length;
        this.cutPending = false;
      } else {
        this.cutQuietly();
      }
      return place;
    } catch (error) {
      this.cutQuietly();
      throw storageError(this.path, error);
    }
  }

  /** @throws HopperError `storage` when it cannot be known. */
  place(): JournalPlace {
    try {
      const fd = this.opened();
      return fd === undefined
        ? this.placeOfOther("gone")
        : this.placeIf((size) => size >= this.size);
    } catch (error) {
      throw storageError(this.path, error);
    }
  }

  /** The bytes from `start` to `end`, or to the end of the last whole line. */
  slice(start: number, end = this.size): Buffer {
    const fd = this.opened();
    if (fd === undefined) {
      throw new Error(`${this.path} is gone`);
    }
    return this.read(fd, start, end);
  }

  /** Lets go of the file until the next append: Windows replaces no file that is open. */
  release(): void {
    this.cutQuietly();
    const fd = this.fd;
    this.fd = undefined;
    if (fd !== undefined) {
      closeQuietly(this.files, fd);
    }
  }

  /** The descriptor; undefined when the file that was released is no longer at its path. */
  private opened(): number | undefined {
    if (this.fd !== undefined) {
      return this.fd;
    }
    try {
      const fd = openToAppend(this.files, this.path);
      if (isSame(this.files.fstatSync(fd), this.identity)) {
        this.fd = fd;
      } else {
        this.files.closeSync(fd);
      }
    } catch (error) {
      if (!isMissing(error)) {
        throw error;
      }
    }
    return this.fd;
  }

  /** Brings the file to what counts of it; says so when somebody else has written into it. */
  private prepare(fd: number): JournalPlace {
    const { size } = this.files.fstatSync(fd);
    if (size < this.size) {
      return "gone";
    }
    if (size > this.size && !this.cutPending) {
      const strange = this.read(fd, this.size, size);
      if (marksIn(strange).some(({ generation }) => generation > this.generation)) {
        return "newer";
      }
      this.cutPending = true;
    }
    this.cut(fd);
    this.syncName();
    return "ours";
  }

  private placeIf(isRight: (size: number) => boolean): JournalPlace {
    let found: Stats;
    try {
      found = this.files.statSync(this.path);
    } catch (error) {
      if (isMissing(error)) {
        return "gone";
      }
      throw error;
    }
    return isSame(found, this.identity) && isRight(found.size) ? "ours" : this.placeOfOther("gone");
  }

  /** What a file is that is not as we left it; `otherwise`, unless it is newer than ours. */
  private placeOfOther(otherwise: JournalPlace): JournalPlace {
    const other = readIfThere(this.files, this.path);
    const generation = other && parseJournal(other)?.header.generation;
    return generation !== undefined && generation > this.generation ? "newer" : otherwise;
  }

  private read(fd: number, start: number, end: number): Buffer {
    const bytes = Buffer.alloc(end - start);
    for (let read = 0; read < bytes.length;) {
      const count = this.files.readSync(fd, bytes, read, bytes.length - read, start + read);
      if (count === 0) {
        throw new Error(`${this.path} is shorter than what was written to it`);
      }
      read += count;
    }
    return bytes;
  }

  private cut(fd: number): void {
    if (this.cutPending) {
      this.files.ftruncateSync(fd, this.size);
      this.files.fdatasyncSync(fd);
      this.cutPending = false;
    }
  }

  private cutQuietly(): void {
    try {
      if (this.fd !== undefined) {
        this.cut(this.fd);
      }
    } catch {
      // Still pending: the next append cuts before it writes, and a reader sees a torn end.
    }
  }

  private syncName(): void {
    if (this.namePending) {
      syncFolder(this.files, dirname(this.path));
      this.namePending = false;
    }
  }
}

/** Never makes the file: one that is missing is for the store to notice. */
function openToAppend(files: StoreFileSystem, path: string): number {
  return files.openSync(path, constants.O_RDWR | constants.O_APPEND);
}

function isSame(a: Identity, b: Identity): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}
