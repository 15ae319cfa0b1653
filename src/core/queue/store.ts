import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { SqlJsStatic } from "sql.js";
import type { Assets } from "../base/assets";
import type { Clock } from "../base/clock";
import { errorMessage, HopperError } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { replay, storeSeq } from "./image";
import { installPair } from "./installPair";
import { encodeCommit, encodeHeader, encodeSnapshotMark } from "./journal";
import { JournalFile, storageError } from "./journalFile";
import { pendingMigrations, schemaVersion } from "./migrations";
import { loadPair, type LoadedPair } from "./pair";
import { type SnapshotOrder, type SnapshotResult, snapshotResultSchema } from "./snapshotOrder";
import { loadSqlEngine, SqlDatabase, type SqlParams, type SqlRow } from "./sqlDatabase";
import {
  removeQuietly,
  type StoreFileSystem,
  type StorePaths,
  syncFolder,
  temporarySuffix,
  writeSynced,
} from "./storeFiles";

/** A snapshot is due at so many commits or bytes, or when nothing was committed for so long. */
const snapshotAfter = { commits: 1000, bytes: 1024 * 1024, idleMilliseconds: 1000 };

export interface StoreOptions {
  readonly paths: StorePaths;
  readonly files: StoreFileSystem;
  readonly assets: Assets;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Goes on with what can be read where damage would stop with an error. */
  readonly repair?: boolean;
  /** Writes a new generation at once, so that an owner taken over from notices it. */
  readonly takeOver?: boolean;
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
  private commitsSinceSnapshot = 0;
  private bytesAtSnapshot: number;
  private idle: Disposable | undefined;
  private snapshotRunning: Promise<void> | undefined;
  private fenced = false;
  private closed = false;

  private constructor(
    private readonly options: StoreOptions,
    /** For reading; writes go through {@link commit}. */
    readonly database: SqlDatabase,
    private journal: JournalFile,
    private seq: number,
    /** What opening found and did about it, for the user. */
    readonly notices: readonly string[],
  ) {
    this.bytesAtSnapshot = this.journal.length;
  }

  /**
   * Opens the queue's files, or makes them. Repairs what a crash can leave; only the owner calls this.
   *
   * @throws HopperError `damaged`, `newerVersion`, `storage`.
   */
  static async open(options: StoreOptions): Promise<Store> {
    const { files, paths } = options;
    makeFolder(files, paths);
    sweep(files, paths);
    const [engine, pair] = await Promise.all([
      loadSqlEngine(options.assets.sqlWasm),
      loadPair(files, paths, options.repair),
    ]);
    const store = pair
      ? await Store.openPair(options, engine, pair)
      : Store.create(options, new SqlDatabase(engine));
    try {
      const migrations = pendingMigrations(store.database);
      if (migrations.length > 0) {
        store.commit((transaction) => {
          for (const sql of migrations) {
            transaction.run(sql);
          }
        });
      }
      return store;
    } catch (error) {
      store.release();
      throw error;
    }
  }

  private static create(options: StoreOptions, database: SqlDatabase): Store {
    const { files, paths } = options;
    const header = encodeHeader({ generation: 1, seq: 0, sha256: null, schema: schemaVersion });
    try {
      writeSynced(files, paths.journal + temporarySuffix, Buffer.from(header));
      files.renameSync(paths.journal + temporarySuffix, paths.journal);
      syncFolder(files, paths.folder);
      const journal = JournalFile.open(files, paths.journal, 1, Buffer.byteLength(header));
      return new Store(options, database, journal, 0, []);
    } catch (error) {
      database.close();
      throw storageError(paths.journal, error);
    }
  }

  private static async openPair(
    options: StoreOptions,
    engine: SqlJsStatic,
    pair: LoadedPair,
  ): Promise<Store> {
    const { files, paths, clock } = options;
    const { database, seq } = await replay(engine, paths, pair, {
      ...(options.repair && { repair: true }),
    });
    const notices: string[] = [];
    try {
      if (pair.incomplete) {
        const kept = keepDamaged(files, paths.journal, clock);
        notices.push(`What could not be read was dropped; ${kept} keeps the damaged journal.`);
      }
      for (const path of pair.damaged) {
        const kept = keepDamaged(files, path, clock);
        notices.push(
          `${path} was damaged. Nothing is lost: the queue was read from the copy before it and the ` +
            `journals${kept === undefined ? "" : `; ${kept} keeps the damaged file`}.`,
        );
      }
      if (pair.tornBytes > 0) {
        notices.push(
          `${pair.tornBytes} bytes of an unfinished change at the end of ${paths.journal} were dropped; ` +
            `it had not been acknowledged.`,
        );
      }
      const rewrite = pair.incomplete || pair.damaged.length > 0 || options.takeOver === true;
      if (rewrite && pair.incomplete) {
        files.rmSync(paths.journal, { force: true });
      }
      const journal = files.existsSync(paths.journal)
        ? JournalFile.open(files, paths.journal, pair.generation, pair.journalBytes)
        : undefined;
      if (!rewrite && journal) {
        return new Store(options, database, journal, seq, notices);
      }
      const rewritten = writeNewPair(options, database, seq, pair.generation + 1, journal);
      journal?.close();
      return new Store(options, database, rewritten, seq, notices);
    } catch (error) {
      database.close();
      throw storageError(paths.folder, error);
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
          statements.push([sql, params]);
          return changed;
        },
        get: (sql, params) => this.database.get(sql, params),
        all: (sql, params) => this.database.all(sql, params),
      });
      if (statements.length > 0) {
        this.append(statements);
      }
    } catch (error) {
      this.database.run("ROLLBACK");
      throw error;
    }
    this.database.run("COMMIT");
    if (statements.length > 0) {
      this.seq++;
      this.commitsSinceSnapshot++;
      this.scheduleSnapshot();
    }
    return result;
  }

  /**
   * Builds a snapshot of everything committed so far and starts a new journal. Failing to is no
   * failure of the queue: the journal holds everything, and the next occasion tries again.
   */
  async snapshot(): Promise<void> {
    while (this.snapshotRunning) {
      await this.snapshotRunning;
    }
    this.snapshotRunning = this.buildSnapshot()
      .catch((error: unknown) => {
        this.options.logger.warn(`No snapshot could be made: ${errorMessage(error)}`);
      })
      .finally(() => (this.snapshotRunning = undefined));
    await this.snapshotRunning;
  }

  /** Makes a last snapshot where one is due and closes the files. */
  async close(): Promise<void> {
    if (this.closed) {
      return;
    }
    this.idle?.dispose();
    if (this.commitsSinceSnapshot > 0 && !this.fenced) {
      await this.snapshot();
    } else {
      await this.snapshotRunning;
    }
    this.release();
  }

  private release(): void {
    this.closed = true;
    this.idle?.dispose();
    this.journal.close();
    this.database.close();
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
    const line = (): string =>
      encodeCommit({ seq: this.seq + 1, generation: this.journal.generation, statements });
    this.journal.append(line());
    if (this.journalIsOurs()) {
      return;
    }
    // The line went into a file that nobody will find. Undo the transaction, put memory as it was
    // before it back on disk, then do the transaction again on the new journal.
    this.database.run("ROLLBACK");
    try {
      this.rebuildFiles();
    } finally {
      this.database.run("BEGIN");
    }
    for (const [sql, params] of statements) {
      this.database.run(sql, params);
    }
    this.journal.append(line());
  }

  private journalIsOurs(): boolean {
    const place = this.journal.place();
    if (place === "newer") {
      this.fenced = true;
      this.assertWritable();
    }
    return place === "ours";
  }

  private rebuildFiles(): void {
    const { files, paths, logger } = this.options;
    logger.warn(`${paths.journal} was removed or replaced; the queue is written anew from memory.`);
    try {
      makeFolder(files, paths);
      const journal = writeNewPair(
        this.options,
        this.database,
        this.seq,
        this.journal.generation + 1,
        undefined,
      );
      this.journal.close();
      this.startedWith(journal, 0);
    } catch (error) {
      throw storageError(paths.folder, error);
    }
  }

  private scheduleSnapshot(): void {
    this.idle?.dispose();
    const bytes = this.journal.length - this.bytesAtSnapshot;
    if (this.commitsSinceSnapshot >= snapshotAfter.commits || bytes >= snapshotAfter.bytes) {
      if (!this.snapshotRunning) {
        void this.snapshot();
      }
      return;
    }
    this.idle = this.options.clock.after(snapshotAfter.idleMilliseconds, () => {
      if (this.commitsSinceSnapshot > 0 && !this.closed && !this.fenced) {
        void this.snapshot();
      }
    });
  }

  private async buildSnapshot(): Promise<void> {
    const { files, paths, assets } = this.options;
    const { journal, seq } = this;
    const offset = journal.length;
    const target = paths.snapshot + temporarySuffix;
    const order = { sqlWasm: assets.sqlWasm, hopperFolder: paths.folder, seq, target };
    const result = await runSnapshotWorker(assets.snapshotWorker, order);
    if (this.closed || this.fenced || this.journal !== journal || !this.journalIsOurs()) {
      removeQuietly(files, target);
      return;
    }
    const generation = journal.generation + 1;
    const tail = journal.tailFrom(offset);
    journal.append(encodeSnapshotMark({ seq, sha256: result.sha256, generation }));
    const header = { generation, seq, sha256: result.sha256, schema: schemaVersion };
    installPair(files, paths, target, header, tail, true);
    const length = Buffer.byteLength(encodeHeader(header)) + tail.length;
    const next = JournalFile.open(files, paths.journal, generation, length);
    journal.close();
    this.startedWith(next, this.seq - seq);
  }

  private startedWith(journal: JournalFile, commits: number): void {
    this.journal = journal;
    this.commitsSinceSnapshot = commits;
    this.bytesAtSnapshot = journal.length;
    this.options.onNewGeneration?.(journal.generation);
  }
}

/**
 * Writes memory as a new pair, blocking: for the rare cases in which the files on disk cannot be
 * the base of a snapshot. `journal` is the one on disk, where there is one, and gets the mark.
 */
function writeNewPair(
  { files, paths }: StoreOptions,
  database: SqlDatabase,
  seq: number,
  generation: number,
  journal: JournalFile | undefined,
): JournalFile {
  storeSeq(database, seq);
  const image = database.exportImage();
  const target = paths.snapshot + temporarySuffix;
  writeSynced(files, target, image);
  const sha256 = createHash("sha256").update(image).digest("hex");
  journal?.append(encodeSnapshotMark({ seq, sha256, generation }));
  const header = { generation, seq, sha256, schema: schemaVersion };
  installPair(files, paths, target, header, Buffer.alloc(0), false);
  const length = Buffer.byteLength(encodeHeader(header));
  return JournalFile.open(files, paths.journal, generation, length);
}

function runSnapshotWorker(file: string, order: SnapshotOrder): Promise<SnapshotResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: order, execArgv: [], stderr: true });
    worker.once("message", (message) => resolve(snapshotResultSchema.parse(message)));
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the snapshot thread ended with code ${code}`)));
  });
}

function makeFolder(files: StoreFileSystem, paths: StorePaths): void {
  try {
    files.mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
    const ignore = join(paths.folder, ".gitignore");
    if (!files.existsSync(ignore)) {
      writeSynced(files, ignore, Buffer.from("*\n"));
    }
  } catch (error) {
    throw storageError(paths.folder, error);
  }
}

/** Removes what a crash left half written: nothing points to such a file. */
function sweep(files: StoreFileSystem, paths: StorePaths): void {
  for (const name of files.readdirSync(paths.folder)) {
    if (name.startsWith("queue.") && name.endsWith(temporarySuffix)) {
      files.rmSync(join(paths.folder, name), { force: true });
    }
  }
}

/** Gives a damaged file a second name that nothing ever overwrites; answers that name. */
function keepDamaged(files: StoreFileSystem, path: string, clock: Clock): string | undefined {
  if (!files.existsSync(path)) {
    return undefined;
  }
  const time = new Date(clock.now()).toISOString().replaceAll(":", "-");
  const kept = `${path}.corrupt-${time}`;
  files.linkSync(path, kept);
  return kept;
}
