import { isoNow } from "../base/clock";
import { errorMessage } from "../base/errors";
import { databaseIdKey, writeConfig } from "./config";
import { CurrentPair, type CurrentPairOptions } from "./currentPair";
import { encodeCommit, type Run, type WrittenRun } from "./journal";
import { JournalStatements } from "./journalStatements";
import { databaseVersion, pendingMigrations } from "./migrations";
import { type OpenedFiles, openFiles } from "./openFiles";
import { SnapshotSchedule } from "./snapshotSchedule";
import type { SqlDatabase, SqlParams } from "./sqlDatabase";
import { storageError } from "../base/storageError";

export interface StoreOptions extends CurrentPairOptions {
  /**
   * Answers the id of a database that is made now. It is stored in the same commit as the schema: a
   * database without one was not made by a store.
   */
  readonly newDatabaseId: () => string;
}

/** What a commit's work may do; everything it runs is journalled. */
export interface Transaction {
  /** Runs a writing statement and answers how many rows it changed. */
  run(sql: string, params?: SqlParams): number;
  /**
   * Runs a statement in place of many that would do the same, which are what is journalled: each
   * changes one row.
   */
  runFor(sql: string, params: SqlParams, statements: readonly WrittenRun[]): void;
  get: SqlDatabase["get"];
  all: SqlDatabase["all"];
  list: SqlDatabase["list"];
  /** Runs a part of the work that is undone by itself when it throws; the rest stays. */
  nested<T>(part: () => T): T;
}

/** A statement that a transaction ran, and what is journalled of it where that is not itself. */
interface Done {
  readonly run: Run;
  readonly journalled?: readonly WrittenRun[];
}

/** The largest commits change so much, and an owner is asked the same things all the time. */
const keptKibibytes = 16 * 1024;

/**
 * The owner's durable database: sql.js in memory, a snapshot and a journal on disk. A commit is one
 * journal line, synced before it is acknowledged; its cost does not grow with the database.
 */
export class Store {
  /** For reading; writes go through {@link commit}. */
  readonly database: SqlDatabase;
  /** What opening found and did about it, for the user. */
  readonly notices: readonly string[];
  private readonly pair: CurrentPair;
  private readonly schedule: SnapshotSchedule;
  private readonly journalStatements = new JournalStatements();
  private seq: number;
  private closed = false;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly options: StoreOptions,
    opened: OpenedFiles,
  ) {
    this.database = opened.database;
    this.database.keepPages(keptKibibytes);
    this.notices = opened.notices;
    this.seq = opened.seq;
    this.pair = new CurrentPair(options, opened, () => ({
      database: this.database,
      seq: this.seq,
    }));
    const pending = () => ({
      commits: this.uncovered,
      bytes: this.pair.journalBytes,
      databaseBytes: () => this.database.bytes,
    });
    this.schedule = new SnapshotSchedule(options.clock, pending, () => this.trySnapshot());
  }

  /**
   * Opens the queue's files, or makes them, and brings the schema up to date.
   *
   * @throws HopperError `damaged`, `newerVersion`, `storage`.
   */
  static async open(options: StoreOptions): Promise<Store> {
    const store = new Store(options, await openFiles(options));
    try {
      const isNew = databaseVersion(store.database) === 0;
      const migrations = pendingMigrations(store.database);
      if (migrations.length > 0) {
        store.commit((transaction) => {
          migrations.forEach((sql) => transaction.run(sql));
          if (isNew) {
            const change = { ...transaction, at: isoNow(options.clock) };
            writeConfig(change, { [databaseIdKey]: options.newDatabaseId() });
          }
        });
      }
      return store;
    } catch (error) {
      store.release();
      throw error;
    }
  }

  /** The number of the current pair of files. */
  get generation(): number {
    return this.pair.generation;
  }

  /** The last commit. */
  get lastSeq(): number {
    return this.seq;
  }

  /**
   * Looks whether the queue is still this process's, before something that no commit stands in front of.
   *
   * @throws HopperError `owned` once another process has taken over; `storage` when it cannot be known.
   */
  assertOwned(): void {
    this.assertOpen();
    this.pair.assertStillOurs();
  }

  /**
   * Runs `work` as one transaction. When this returns, everything it changed is durable; when it
   * throws, nothing of it is, in memory or on disk.
   *
   * @throws HopperError `storage` when the disk refuses, `owned` when another process took over; and
   * whatever `work` throws.
   */
  commit<T>(work: (transaction: Transaction) => T): T {
    this.assertOpen();
    this.pair.assertOurs();
    this.pair.beforeCommit();
    const done: Done[] = [];
    this.database.run("BEGIN");
    let result: T;
    try {
      result = work({
        run: (sql, params = []) => {
          this.assertReplayable(sql);
          const changed = this.database.run(sql, params);
          if (changed > 0 || !changesRowsOnly(sql)) {
            done.push({ run: [sql, params] });
          }
          return changed;
        },
        runFor: (sql, params, journalled) => {
          journalled.forEach((each) => this.assertReplayable(each.sql));
          const insteadOfMany: Done = { run: [sql, params], journalled };
          this.runOne(insteadOfMany);
          done.push(insteadOfMany);
        },
        get: (sql, params) => this.database.get(sql, params),
        all: (sql, params) => this.database.all(sql, params),
        list: (columns, rest, params) => this.database.list(columns, rest, params),
        nested: (part) => this.nested(done, part),
      });
      if (done.length > 0) {
        this.journalise(done);
      }
    } catch (error) {
      this.database.rollback();
      throw error;
    }
    this.database.run("COMMIT");
    if (done.length > 0) {
      this.seq++;
      this.schedule.committed();
    }
    return result;
  }

  get isOpen(): boolean {
    return !this.closed;
  }

  /** Runs a statement on a temporary table, of which no file and no transaction knows. */
  scratch(sql: string, params: SqlParams = []): void {
    this.assertOpen();
    this.database.run(sql, params);
  }

  /** Makes ready for a snapshot, which much that is committed soon will make due. */
  prepareSnapshot(): void {
    this.assertOpen();
    this.pair.prepareSnapshot();
  }

  /**
   * Makes room for so many bytes in memory ahead of a large commit. The file of an in-memory database
   * grows by an eighth at a time, each time as a copy, which would take longer than the commit's rows.
   */
  reserve(bytes: number): void {
    this.assertOpen();
    this.database.reserve(bytes);
  }

  /**
   * Builds a snapshot of everything committed so far and starts a new journal. Failing to is no
   * failure of the queue: the journal holds everything, and the next occasion tries again.
   */
  snapshot(): Promise<void> {
    return this.schedule.now();
  }

  /** Makes a last snapshot where one is due and closes the files. */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private assertOpen(): void {
    if (this.closed) {
      throw new Error("the store is closed");
    }
  }

  private assertReplayable(sql: string): void {
    if (!this.journalStatements.takes(sql)) {
      throw new Error(`no replay would take this statement: ${sql}`);
    }
  }

  /** How many commits only the journal holds, as far as they are ours to write. */
  private get uncovered(): number {
    return this.pair.fenced ? 0 : this.seq - this.pair.snapshotSeq;
  }

  private async finish(): Promise<void> {
    this.schedule.dispose();
    await this.schedule.settled();
    if (this.uncovered > 0) {
      await this.schedule.now();
    }
    if (!this.pair.fenced) {
      try {
        this.pair.restore();
      } catch (error) {
        this.options.logger.warn(`The queue's files are not in place: ${errorMessage(error)}`);
      }
    }
    this.release();
  }

  private release(): void {
    this.closed = true;
    this.schedule.dispose();
    this.pair.release();
    this.database.close();
  }

  private runOne({ run, journalled }: Done): void {
    const changed = this.database.run(...run);
    if (journalled && changed !== journalled.length) {
      throw new Error(`${changed} rows were changed in place of ${journalled.length}`);
    }
  }

  private nested<T>(done: Done[], part: () => T): T {
    const before = done.length;
    this.database.run("SAVEPOINT nested");
    try {
      return part();
    } catch (error) {
      this.database.run("ROLLBACK TO nested");
      done.length = before;
      throw error;
    } finally {
      this.database.run("RELEASE nested");
    }
  }

  /** Makes the current transaction durable, also when the files were removed under us. */
  private journalise(done: readonly Done[]): void {
    const statements = done.flatMap(
      ({ run, journalled }): readonly (Run | WrittenRun)[] => journalled ?? [run],
    );
    const line = () =>
      encodeCommit(
        { seq: this.seq + 1, generation: this.pair.generation, statements },
        this.pair.statements,
      );
    if (this.pair.append(line())) {
      return;
    }
    // The line went nowhere. Undo the transaction, put memory as it was before it back on disk, then
    // do the transaction again on the new journal.
    this.database.rollback();
    try {
      this.pair.rebuild();
    } finally {
      this.database.run("BEGIN");
    }
    done.forEach((each) => this.runOne(each));
    if (!this.pair.append(line())) {
      throw storageError(this.options.paths.journal, new Error("it is removed again and again"));
    }
  }

  private async trySnapshot(): Promise<boolean> {
    try {
      await this.pair.snapshot();
      return true;
    } catch (error) {
      this.options.logger.warn(`No snapshot could be made: ${errorMessage(error)}`);
      return false;
    }
  }
}

/** Such a statement without an effect has none on a replay either, and is not journalled. */
function changesRowsOnly(sql: string): boolean {
  return /^\s*(insert|update|delete)\b/i.test(sql);
}
