import type { SqlJsStatic } from "sql.js";
import type { Clock } from "../base/clock";
import { HopperError } from "../base/errors";
import { words } from "../base/words";
import { keepDamaged } from "./damage";
import { replay, type ReplayedDatabase } from "./image";
import { type Commit, type ParsedJournal, parseJournal } from "./journal";
import { commitsOf, fits, type StoredCommit } from "./pair";
import { integer, type SqlDatabase, text } from "./sqlDatabase";
import { readIfThere, type StoreFileSystem, type StorePaths } from "./storeFiles";

/** What a repair could save. */
export interface SalvagedDatabase extends ReplayedDatabase {
  /** The highest generation found. */
  readonly generation: number;
  readonly notices: readonly string[];
}

/**
 * Reads what can be read of damaged files: every image that opens is tried with every commit that
 * leads on from it without a gap, and whatever reaches furthest is taken. The current files get a
 * second name; none is changed.
 *
 * @throws HopperError `damaged` when nothing can be read.
 */
export async function salvage(
  engine: SqlJsStatic,
  files: StoreFileSystem,
  paths: StorePaths,
  clock: Clock,
): Promise<SalvagedDatabase> {
  const journals = [paths.previousJournal, paths.journal].flatMap((file) => {
    const bytes = readIfThere(files, file);
    const journal = bytes && parseJournal(bytes);
    return journal ? [{ file, journal }] : [];
  });
  const commits = allCommits(journals);
  const best = await furthest(engine, files, paths, journals, commits);
  if (!best) {
    throw new HopperError(
      "damaged",
      words`Nothing in ${paths.folder} can be read. Restore the folder from a backup, or move it away to start with an empty queue.`,
    );
  }
  const last = Math.max(0, ...journals.map(({ journal }) => lastSeq(journal)));
  const kept = [paths.snapshot, paths.journal]
    .map((path) => keepDamaged(files, path, clock))
    .filter((path) => path !== undefined);
  const notices = [
    `The queue was repaired: it holds everything up to change ${best.seq}` +
      `${lossAfter(best.seq, last, isReadable(paths, journals))}.`,
    ...(best.strays > 0 ? [strayNotice(best.strays)] : []),
    ...(best.verified ? [] : ["Its snapshot could not be verified: look the phases over."]),
    ...(kept.length > 0 ? [`The damaged files are kept as ${kept.join(" and ")}.`] : []),
  ];
  const generation = Math.max(0, ...journals.map(({ journal }) => journal.header.generation));
  return { ...best, generation, notices };
}

/** Whether every line of the current journal could be read, so that nothing after the last is unknown. */
function isReadable(
  paths: StorePaths,
  journals: readonly { readonly file: string; readonly journal: ParsedJournal }[],
): boolean {
  const current = journals.find(({ file }) => file === paths.journal);
  return current !== undefined && current.journal.badLine === undefined;
}

function lossAfter(seq: number, last: number, readable: boolean): string {
  if (last > seq) {
    return `; changes ${seq + 1} to ${last} are lost`;
  }
  return readable ? "" : "; whatever came after it could not be read and is lost";
}

function strayNotice(count: number): string {
  return count === 1
    ? "1 row that belonged to nothing was left out."
    : `${count} rows that belonged to nothing were left out.`;
}

interface Candidate extends ReplayedDatabase {
  readonly verified: boolean;
  /** How many rows were left out, because what they belong to is not there. */
  readonly strays: number;
}

async function furthest(
  engine: SqlJsStatic,
  files: StoreFileSystem,
  paths: StorePaths,
  journals: readonly { readonly journal: ParsedJournal }[],
  commits: readonly StoredCommit[],
): Promise<Candidate | undefined> {
  let best: Candidate | undefined;
  const images = [paths.snapshot, paths.previousSnapshot]
    .map((path) => readIfThere(files, path))
    .filter((image) => image !== undefined);
  for (const image of [...images, undefined]) {
    const verified = await isVerified(image, journals);
    const candidate = await attempt(engine, paths, image, commits);
    if (!candidate || (!image && !verified)) {
      candidate?.database.close();
    } else if (
      !best ||
      candidate.seq > best.seq ||
      (candidate.seq === best.seq && !best.verified)
    ) {
      best?.database.close();
      best = { ...candidate, verified };
    } else {
      candidate.database.close();
    }
  }
  return best;
}

async function attempt(
  engine: SqlJsStatic,
  paths: StorePaths,
  image: Buffer | undefined,
  commits: readonly StoredCommit[],
): Promise<Omit<Candidate, "verified"> | undefined> {
  try {
    const replayed = await replay(engine, paths, { image, commits }, { salvage: true });
    // A file of zero length opens as an empty database.
    if (replayed.seq > 0 && isWhole(replayed.database)) {
      return { ...replayed, strays: dropStrays(replayed.database) };
    }
    replayed.database.close();
  } catch (error) {
    if (error instanceof HopperError && error.kind === "newerVersion") {
      throw error;
    }
    // This image is beyond reading; the next may not be.
  }
  return undefined;
}

/** Whether SQLite finds the structure right, once the indexes are made anew if need be. */
function isWhole(database: SqlDatabase): boolean {
  const check = (): boolean => database.get("PRAGMA integrity_check")?.["integrity_check"] === "ok";
  if (check()) {
    return true;
  }
  database.run("REINDEX");
  return check();
}

function dropStrays(database: SqlDatabase): number {
  const strays = database.all("PRAGMA foreign_key_check");
  for (const stray of strays) {
    database.run(`DELETE FROM ${text(stray, "table")} WHERE rowid = ?`, [integer(stray, "rowid")]);
  }
  return strays.length;
}

async function isVerified(
  image: Buffer | undefined,
  journals: readonly { readonly journal: ParsedJournal }[],
): Promise<boolean> {
  for (const { journal } of journals) {
    if (await fits(image, journal)) {
      return true;
    }
  }
  return false;
}

/** Every commit of the journals, the current one's where both have it, in order. */
function allCommits(
  journals: readonly { readonly file: string; readonly journal: ParsedJournal }[],
): StoredCommit[] {
  const bySeq = new Map<number, StoredCommit>();
  for (const { file, journal } of journals) {
    const stranded = journal.stranded.map((commit) => ({ ...commit, file }));
    for (const commit of [...commitsOf(file, journal), ...stranded]) {
      bySeq.set(commit.seq, commit);
    }
  }
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function lastSeq({ header, commits, stranded }: ParsedJournal): number {
  return Math.max(header.seq, ...[...commits, ...stranded].map(({ seq }: Commit) => seq));
}
