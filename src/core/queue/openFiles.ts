import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { SqlJsStatic } from "sql.js";
import type { Assets } from "../base/assets";
import type { Clock } from "../base/clock";
import { HopperError } from "../base/errors";
import { keepAttempts, keepDamaged } from "./damage";
import { syncFolder, whileRefused, writeSynced } from "./durableFiles";
import { frequentStatements } from "./frequentStatements";
import { replay, type ReplayedDatabase, storeSeq } from "./image";
import { JournalFile } from "./journalFile";
import { schemaVersion } from "./migrations";
import { NewPair } from "./newPair";
import { type LoadedPair, loadPair } from "./pair";
import { salvage } from "./salvage";
import { loadSqlEngine, SqlDatabase } from "./sqlDatabase";
import { storageError } from "../base/storageError";
import {
  isLost,
  type StoreFileSystem,
  type StorePaths,
  sweepTemporaryFiles,
  temporaryPath,
} from "./storeFiles";

export interface OpenFilesOptions {
  readonly paths: StorePaths;
  readonly files: StoreFileSystem;
  readonly assets: Assets;
  readonly clock: Clock;
  /** Goes on with what can be read where damage would stop with an error. */
  readonly repair?: boolean;
  /** Writes a new generation at once, so that an owner taken over from notices it. */
  readonly takeOver?: boolean;
}

/** The queue in memory, and the journal that goes on from it. */
export interface OpenedFiles extends ReplayedDatabase {
  readonly journal: JournalFile;
  readonly hasSnapshot: boolean;
  /** What opening found and did about it, for the user. */
  readonly notices: readonly string[];
}

/**
 * Opens the queue's files, or makes them. Repairs what a crash can leave; only the owner calls this.
 *
 * @throws HopperError `damaged`, `newerVersion`, `storage`.
 */
export async function openFiles(options: OpenFilesOptions): Promise<OpenedFiles> {
  const { files, paths, assets, repair } = options;
  try {
    files.mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
    makeFolder(files, paths);
    const engine = await loadSqlEngine(assets.sqlWasm);
    let pair: LoadedPair | undefined;
    let replayed: ReplayedDatabase | undefined;
    try {
      pair = await loadPair(files, paths);
      replayed = pair && (await replay(engine, paths, pair));
    } catch (error) {
      if (repair && error instanceof HopperError && error.kind === "damaged") {
        return await repairFiles(options, engine);
      }
      throw error;
    }
    sweepTemporaryFiles(files, paths);
    return pair && replayed
      ? await continueFrom(options, pair, replayed)
      : create(options, new SqlDatabase(engine));
  } catch (error) {
    throw storageError(paths.folder, error);
  }
}

/** Makes `.hopper` in a workspace that is there: one that somebody removed is not made anew. */
export function makeFolder(files: StoreFileSystem, paths: StorePaths): void {
  if (!files.existsSync(paths.folder)) {
    files.mkdirSync(paths.folder, { mode: 0o700 });
  }
  const ignore = join(paths.folder, ".gitignore");
  if (!files.existsSync(ignore)) {
    const temporary = temporaryPath(join(paths.folder, "queue.gitignore"));
    writeSynced(files, temporary, Buffer.from("*\n"));
    files.renameSync(temporary, ignore);
  }
}

/** Writes memory under a temporary name, blocking: for the cases in which the files are no base. */
export function writeImage(
  files: StoreFileSystem,
  paths: StorePaths,
  { database, seq }: Pick<ReplayedDatabase, "database" | "seq">,
  generation: number,
): NewPair {
  storeSeq(database, seq);
  const image = database.exportImage();
  const file = temporaryPath(paths.snapshot);
  writeSynced(files, file, image);
  const sha256 = createHash("sha256").update(image).digest("hex");
  return new NewPair(files, paths, file, { seq, sha256, generation });
}

function create({ files, paths }: OpenFilesOptions, database: SqlDatabase): OpenedFiles {
  const statements = frequentStatements;
  const header = { generation: 1, seq: 0, sha256: null, schema: schemaVersion, statements };
  try {
    const journal = JournalFile.create(
      files,
      temporaryPath(paths.journal),
      header,
      Buffer.alloc(0),
    );
    try {
      journal.moveTo(paths.journal);
      syncFolder(files, dirname(paths.folder));
    } catch (error) {
      journal.release();
      throw error;
    }
    return { database, seq: 0, imageSeq: 0, journal, hasSnapshot: false, notices: [] };
  } catch (error) {
    database.close();
    throw error;
  }
}

async function continueFrom(
  options: OpenFilesOptions,
  pair: LoadedPair,
  replayed: ReplayedDatabase,
): Promise<OpenedFiles> {
  const { files, paths, clock, takeOver } = options;
  const notices: string[] = [];
  let journal: JournalFile | undefined;
  try {
    journal = JournalFile.open(files, paths.journal, pair, pair.journalBytes);
    if (pair.tornBytes > 0) {
      notices.push(
        `${pair.tornBytes} bytes of an unfinished change at the end of ${paths.journal} were dropped; ` +
          `it had not been acknowledged.`,
      );
    }
    if (pair.snapshotLost) {
      const kept = keepDamaged(files, paths.snapshot, clock);
      notices.push(
        `${paths.snapshot} was ${kept === undefined ? "missing" : "damaged"}. Nothing is lost: the ` +
          `queue was read from the pair before it and the journal` +
          `${kept === undefined ? "" : `; ${kept} keeps the damaged file`}.`,
      );
    }
    if (!pair.snapshotLost && !takeOver) {
      return { ...replayed, journal, hasSnapshot: pair.hasSnapshot, notices };
    }
    journal = await replaceFiles(options, replayed, pair.generation + 1, journal);
    return { ...replayed, imageSeq: replayed.seq, journal, hasSnapshot: true, notices };
  } catch (error) {
    journal?.release();
    replayed.database.close();
    throw error;
  }
}

async function repairFiles(options: OpenFilesOptions, engine: SqlJsStatic): Promise<OpenedFiles> {
  const { files, paths, clock } = options;
  if (isLost(files, paths)) {
    const kept = keepAttempts(files, paths, clock);
    const notice = `The queue's files were gone: it begins empty. ${kept} keeps the attempts' files.`;
    return { ...create(options, new SqlDatabase(engine)), notices: [notice] };
  }
  const { notices, generation, ...salvaged } = await salvage(engine, files, paths, clock);
  try {
    sweepTemporaryFiles(files, paths);
    const journal = await replaceFiles(options, salvaged, generation + 1, undefined);
    return { ...salvaged, imageSeq: salvaged.seq, journal, hasSnapshot: true, notices };
  } catch (error) {
    salvaged.database.close();
    throw error;
  }
}

/** Writes memory as a new pair. `old` is the journal on disk, where it is whole, and gets the mark. */
async function replaceFiles(
  { files, paths, clock }: OpenFilesOptions,
  replayed: ReplayedDatabase,
  generation: number,
  old: JournalFile | undefined,
): Promise<JournalFile> {
  const pair = writeImage(files, paths, replayed, generation);
  try {
    if (old && old.append(pair.mark()) !== "ours") {
      throw new Error(`${paths.journal} was replaced while it was opened`);
    }
    await whileRefused(clock, () => pair.placeSnapshot());
    return await whileRefused(clock, () => pair.placeJournal(old, Buffer.alloc(0)));
  } catch (error) {
    pair.discard();
    throw error;
  }
}
