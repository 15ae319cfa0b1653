import { Buffer } from "node:buffer";
import { errorMessage, HopperError } from "../base/errors";
import type { Logger } from "../base/log";
import { keepDamaged } from "./damage";
import { whileRefused } from "./durableFiles";
import { encodeCommit } from "./journal";
import type { JournalFile } from "./journalFile";
import { pendingMigrations } from "./migrations";
import { NewPair } from "./newPair";
import {
  makeFolder,
  type OpenedFiles,
  openFiles,
  type OpenFilesOptions,
  writeImage,
} from "./openFiles";
import { SnapshotSchedule } from "./snapshotSchedule";
import { runSnapshotThread } from "./snapshotThread";
import type { SqlDatabase, SqlParams, SqlRow } from "./sqlDatabase";
import { storageError } from "./storageError";
import { removeQuietly, temporaryPath } from "./storeFiles";

export interface StoreOptions extends OpenFilesOptions {
  readonly logger: Logger;
  /** Told the number of each new pair of files. */
  readonly onNewGeneration?: (generation: number) => void;
}

/** What a commit's work may do; everything it runs is journalled. */
export interface Transaction {
  /** Runs a writing statement and answers how many rows it changed. */
  run(sql: string, params?: SqlParams): number;
  get(sql: string, params?: SqlParams): SqlRow | undefined;
  all(sql: string, params?: SqlParams): SqlRow[];
}

/**
 * The owner's durable database: sql.js in memory, a snapshot and a journal on disk. A commit is one
 * journal line, synced before it is acknowledged; its cost does not grow with the database.
 */
export class Store {
  /** For reading; writes go through {@link commit}. */
  readonly database: SqlDatabase;
  /** What opening found and did about it, for the user. */
  readonly notices: readonly string[];
  private readonly schedule: SnapshotSchedule;
  private journal: JournalFile;
  private seq: number;
  /** The last commit that the current snapshot holds. */
  private snapshotSeq: number;
  private hasSnapshot: boolean;
  private fenced = false;
  private closed = false;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly options: StoreOptions,
    opened: OpenedFiles,
  ) {
    this.database = opened.database;
    this.notices = opened.notices;
    this.journal = opened.journal;
    this.seq = opened.seq;
    this.snapshotSeq = opened.imageSeq;
    this.hasSnapshot = opened.hasSnapshot;
    this.schedule = new SnapshotSchedule(
      options.clock,
      () => ({
        commits: this.fenced ? 0 : this.seq - this.snapshotSeq,
        bytes: this.journal.length,
      }),
      () => this.trySnapshot(),
    );
  }

  /**
   * Opens the queue's files, or makes them, and brings the schema up to date.
   *
   * @throws HopperError `damaged`, `newerVersion`, `storage`.
   */
  static async open(options: StoreOptions): Promise<Store> {
    const store = new Store(options, await openFiles(options));
    try {
      const migrations = pendingMigrations(store.database);
      if (migrations.length > 0) {
        store.commit((transaction) => migrations.forEach((sql) => transaction.run(sql)));
      }
      return store;
    } catch (error) {
      store.release();
      throw error;
    }
  }

  /** The number of the current pair of files. */
  get generation(): number {
    return this.journal.generation;
  }

  /** The last commit. */
  get lastSeq(): number {
    return this.seq;
  }

  /**
   * Runs `work` as one transaction. When this returns, everything it changed is durable; when it
   * throws, nothing of it is, in memory or on disk.
   *
   * @throws HopperError `storage` when the disk refuses, `owned` when another process took over; and
   * whatever `work` throws.
   */
  commit<T>(work: (transaction: Transaction) => T): T {
    this.assertWritable();
    const statements: [string, SqlParams][] = [];
    this.database.run("BEGIN");
    let result: T;
    try {
      result = work({
        run: (sql, params = []) => {
          const changed = this.database.run(sql, params);
          if (changed > 0 || !changesRowsOnly(sql)) {
            statements.push([sql, params]);
          }
          return changed;
        },
        get: (sql, params) => this.database.get(sql, params),
        all: (sql, params) => this.database.all(sql, params),
      });
      if (statements.length > 0) {
        this.append(statements);
      }
    } catch (error) {
      this.rollback();
      throw error;
    }
    this.database.run("COMMIT");
    if (statements.length > 0) {
      this.seq++;
      this.schedule.committed();
    }
    return result;
  }

  /**
   * Builds a snapshot of everything committed so far and starts a new journal. Failing to is no
   * failure of the queue: the journal holds everything, and the next occasion tries again.
   */
  async snapshot(): Promise<void> {
    await this.schedule.now();
  }

  /** Makes a last snapshot where one is due and closes the files. */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    this.schedule.dispose();
    await this.schedule.settled();
    if (this.seq > this.snapshotSeq && !this.fenced && !this.closed) {
      await this.schedule.now();
    }
    if (!this.fenced && !this.closed) {
      try {
        this.restoreFiles();
      } catch (error) {
        this.options.logger.warn(`The queue's files are not in place: ${errorMessage(error)}`);
      }
    }
    this.release();
  }

  private release(): void {
    if (!this.closed) {
      this.closed = true;
      this.schedule.dispose();
      this.journal.release();
      this.database.close();
    }
  }

  private assertWritable(): void {
    if (this.closed) {
      throw new Error("the store is closed");
    }
    if (this.fenced) {
      throw new HopperError(
        "owned",
        "Another process has taken over this workspace's queue; this one writes nothing more.",
      );
    }
  }

  /** Makes the current transaction durable, also when the files were removed under us. */
  private append(statements: readonly (readonly [string, SqlParams])[]): void {
    const seq = this.seq + 1;
    const commit = { seq, generation: this.journal.generation, statements };
    if (this.appendLine(encodeCommit(commit))) {
      return;
    }
    // The line went nowhere. Undo the transaction, put memory as it was before it back on disk, then
    // do the transaction again on the new journal.
    this.rollback();
    try {
      this.rebuildFiles();
    } finally {
      this.database.run("BEGIN");
    }
    for (const [sql, params] of statements) {
      this.database.run(sql, params);
    }
    if (!this.appendLine(encodeCommit({ ...commit, generation: this.journal.generation }))) {
      throw storageError(this.options.paths.journal, new Error("it is removed again and again"));
    }
  }

  private rollback(): void {
    try {
      this.database.run("ROLLBACK");
    } catch {
      // SQLite has done so by itself, as it does when memory runs out.
    }
  }

  /** Answers false when the journal was removed or replaced, by nothing newer. */
  private appendLine(line: Uint8Array): boolean {
    return this.isOurs(this.journal.append(line));
  }

  private isOurs(place: ReturnType<JournalFile["place"]>): boolean {
    if (place === "newer") {
      this.fenced = true;
      this.assertWritable();
    }
    return place === "ours";
  }

  /** Writes everything anew where files were removed while nothing was committed. */
  private restoreFiles(): void {
    const { files, paths } = this.options;
    const whole =
      this.isOurs(this.journal.place()) && (!this.hasSnapshot || files.existsSync(paths.snapshot));
    if (!whole) {
      this.rebuildFiles();
    }
  }

  /** Writes memory as a new pair, without the journal that is on disk, whatever it is. */
  private rebuildFiles(): void {
    const { files, paths, logger } = this.options;
    logger.warn(`Files in ${paths.folder} were removed or replaced; they are written anew.`);
    try {
      makeFolder(files, paths);
      const generation = this.journal.generation + 1;
      const { database, seq } = this;
      const pair = writeImage(files, paths, { database, seq }, generation);
      try {
        pair.placeSnapshot();
        this.startedWith(pair.placeJournal(this.journal, Buffer.alloc(0)), seq);
      } catch (error) {
        pair.discard();
        throw error;
      }
    } catch (error) {
      throw storageError(paths.folder, error);
    }
  }

  private async trySnapshot(): Promise<boolean> {
    try {
      this.assertWritable();
      this.restoreFiles();
      await this.buildSnapshot();
      return true;
    } catch (error) {
      this.options.logger.warn(`No snapshot could be made: ${errorMessage(error)}`);
      return false;
    }
  }

  private async buildSnapshot(): Promise<void> {
    const { files, paths, assets, clock } = this.options;
    const { journal, seq } = this;
    const offset = journal.length;
    const target = temporaryPath(paths.snapshot);
    const order = { sqlWasm: assets.sqlWasm, hopperFolder: paths.folder, seq, target };
    try {
      const answer = await runSnapshotThread(assets.snapshotWorker, order);
      this.assertUnchanged(journal);
      if ("problem" in answer) {
        this.recoverFrom(answer);
        return;
      }
      const generation = journal.generation + 1;
      const { sha256 } = answer;
      const pair = new NewPair(files, paths, target, { sha256, seq, generation });
      const markStart = journal.length;
      if (!this.appendLine(pair.mark())) {
        this.rebuildFiles();
        return;
      }
      const markEnd = journal.length;
      if (answer.snapshotLost) {
        this.keepDamaged(paths.snapshot);
      } else {
        await whileRefused(clock, () => pair.keepCurrent());
      }
      await whileRefused(clock, () => {
        this.assertUnchanged(journal);
        pair.placeSnapshot();
      });
      this.hasSnapshot = true;
      const next = await whileRefused(clock, () => {
        this.assertUnchanged(journal);
        // Commits went on while the thread worked, and while a rename was refused.
        const tail = [journal.slice(offset, markStart), journal.slice(markEnd)];
        return pair.placeJournal(journal, Buffer.concat(tail));
      });
      this.startedWith(next, seq);
    } finally {
      removeQuietly(files, target);
    }
  }

  /** Commits go on while a snapshot is made, and may have had to write the files anew. */
  private assertUnchanged(journal: JournalFile): void {
    this.assertWritable();
    if (this.journal !== journal) {
      throw new Error("the files were written anew meanwhile");
    }
  }

  /** Memory is whole where the files are not: it is written in their place. */
  private recoverFrom({ problem, damaged }: { problem: string; damaged: boolean }): void {
    if (!damaged) {
      throw new Error(problem);
    }
    this.options.logger.warn(`The files on disk are damaged (${problem}).`);
    this.keepDamaged(this.options.paths.snapshot);
    this.keepDamaged(this.options.paths.journal);
    this.rebuildFiles();
  }

  private keepDamaged(path: string): void {
    const { files, clock, logger } = this.options;
    const kept = keepDamaged(files, path, clock);
    if (kept !== undefined) {
      logger.warn(`${path} is damaged; ${kept} keeps it.`);
    }
  }

  private startedWith(journal: JournalFile, snapshotSeq: number): void {
    this.journal = journal;
    this.snapshotSeq = snapshotSeq;
    this.hasSnapshot = true;
    this.options.onNewGeneration?.(journal.generation);
  }
}

/** Such a statement without an effect has none on a replay either, and is not journalled. */
function changesRowsOnly(sql: string): boolean {
  return /^\s*(insert|update|delete)\b/i.test(sql);
}
