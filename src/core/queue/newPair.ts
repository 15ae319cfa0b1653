import type { Buffer } from "node:buffer";
import { keepAs, syncFolder } from "./durableFiles";
import { frequentStatements } from "./frequentStatements";
import { encodeSnapshotMark, type SnapshotMark } from "./journal";
import { JournalFile } from "./journalFile";
import { schemaVersion } from "./migrations";
import { removeQuietly, type StoreFileSystem, type StorePaths, temporaryPath } from "./storeFiles";

/**
 * A snapshot that is written and synced under a temporary name, about to become the current pair with
 * a new journal. The steps are taken in the order of the methods, and between any two of them the
 * files can be read: until the snapshot is placed by the old journal's header, then by the mark in
 * it, then by the new journal's header. A step that is refused can be taken again.
 */
export class NewPair {
  /**
   * @param snapshotFile the temporary name.
   * @param description what the snapshot is; `generation` is the new pair's.
   */
  constructor(
    private readonly files: StoreFileSystem,
    private readonly paths: StorePaths,
    private readonly snapshotFile: string,
    private readonly description: SnapshotMark,
  ) {}

  /** The line that the current journal must hold before the snapshot is placed. */
  mark(): Buffer {
    return encodeSnapshotMark(this.description);
  }

  /**
   * Makes the current pair the previous one. Left out where the current one is damaged: the previous
   * pair is then worth more.
   */
  keepCurrent(): void {
    const { files, paths } = this;
    if (files.existsSync(paths.snapshot)) {
      keepAs(files, paths.snapshot, paths.previousSnapshot);
    }
    keepAs(files, paths.journal, paths.previousJournal);
    syncFolder(files, paths.folder);
  }

  placeSnapshot(): void {
    this.files.renameSync(this.snapshotFile, this.paths.snapshot);
    syncFolder(this.files, this.paths.folder);
  }

  /**
   * Puts the new journal into place and answers it.
   *
   * @param old the journal that it replaces, if it is open.
   * @param tail commits the snapshot does not hold, as journal lines.
   */
  placeJournal(old: JournalFile | undefined, tail: Uint8Array): JournalFile {
    const { files, paths } = this;
    const { generation, seq, sha256 } = this.description;
    // The lines of the tail go on naming statements by the numbers that the old journal gave them.
    const listed = tail.length > 0 ? (old?.statements.keys() ?? []) : [];
    const statements = [...new Set([...listed, ...frequentStatements])];
    const header = { generation, seq, sha256, schema: schemaVersion, statements };
    const temporary = temporaryPath(paths.journal);
    const journal = JournalFile.create(files, temporary, header, tail);
    try {
      old?.release();
      journal.moveTo(paths.journal);
    } catch (error) {
      journal.release();
      removeQuietly(files, temporary);
      throw error;
    }
    return journal;
  }

  /** Removes what was not placed. */
  discard(): void {
    removeQuietly(this.files, this.snapshotFile);
  }
}
