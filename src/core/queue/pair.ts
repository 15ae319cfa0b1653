import { createHash } from "node:crypto";
import { basename } from "node:path";
import { yieldToEventLoop } from "../base/clock";
import { HopperError } from "../base/errors";
import { words } from "../base/words";
import { damage, lostQueue } from "./damage";
import { type Commit, type ParsedJournal, parseJournal } from "./journal";
import { schemaVersion } from "./migrations";
import { isLost, readIfThere, type StoreFileSystem, type StorePaths } from "./storeFiles";

/** A commit and where it was read, for messages. */
export interface StoredCommit extends Commit {
  readonly file: string;
  readonly line: number;
}

/** What a database is built from. */
export interface ReplayBase {
  /** The base; undefined is an empty database. */
  readonly image: Buffer | undefined;
  /** Commits in order, some of them possibly in the image already: replay skips those. */
  readonly commits: readonly StoredCommit[];
}

/** What the files say the queue is. */
export interface LoadedPair extends ReplayBase {
  readonly generation: number;
  /** What the current journal's header lists. */
  readonly statements: readonly string[];
  /** Whole, right bytes of the current journal; what follows them is cut off by the owner. */
  readonly journalBytes: number;
  /** Bytes of a torn last line, of which nothing was acknowledged. */
  readonly tornBytes: number;
  /** There is a snapshot file. */
  readonly hasSnapshot: boolean;
  /** The snapshot is damaged or missing, and the pair before it stands in. */
  readonly snapshotLost: boolean;
}

/**
 * Reads the pair of snapshot and journal, falling back on the pair before it where the snapshot is
 * damaged. Writes nothing.
 *
 * @param beforeEach called before each line of the journal.
 * @returns undefined when there is no queue yet.
 * @throws HopperError `damaged`, naming file, line and how to go on; `newerVersion`.
 */
export async function loadPair(
  files: StoreFileSystem,
  paths: StorePaths,
  beforeEach?: () => void,
): Promise<LoadedPair | undefined> {
  // The journal comes first: a snapshot put into place after that is named by a mark in it, or else
  // the journal before it has become the previous one.
  const journalFile = readIfThere(files, paths.journal);
  const snapshot = readIfThere(files, paths.snapshot);
  if (!journalFile) {
    const others = [paths.previousSnapshot, paths.previousJournal];
    if (!snapshot && !others.some((path) => files.existsSync(path))) {
      if (isLost(files, paths)) {
        throw lostQueue(paths);
      }
      return undefined;
    }
    throw damage(words`${paths.journal} is missing`);
  }
  const journal = parseJournal(journalFile, beforeEach);
  if (!journal) {
    throw damage(words`${paths.journal}, line 1: the header is damaged`);
  }
  if (journal.header.schema > schemaVersion) {
    throw newerVersion(paths.journal, journal.header.schema);
  }
  if (journal.badLine !== undefined) {
    throw damage(words`${paths.journal}, line ${journal.badLine}: the line is damaged`);
  }
  const found = {
    generation: journal.header.generation,
    statements: journal.header.statements,
    journalBytes: journal.validBytes,
    tornBytes: journal.tornBytes,
    hasSnapshot: snapshot !== undefined,
  };
  const commits = commitsOf(paths.journal, journal);
  if (await fits(snapshot, journal)) {
    return { ...found, image: snapshot, commits, snapshotLost: false };
  }
  const previous = await loadPrevious(files, paths, journal);
  if (!previous) {
    throw damage(
      snapshot
        ? words`${paths.snapshot} is damaged, and the pair before it (${basename(paths.previousSnapshot)}, ${basename(paths.previousJournal)}) cannot stand in`
        : words`${paths.snapshot} is missing, and the pair before it (${basename(paths.previousSnapshot)}, ${basename(paths.previousJournal)}) cannot stand in`,
    );
  }
  return {
    ...found,
    image: previous.image,
    commits: [...previous.commits, ...commits],
    snapshotLost: true,
  };
}

/** Hashing is cut into slices of this size, so that the event loop never waits for a large file. */
const hashSlice = 4 * 1024 * 1024;

/** The checksum by which a journal knows its snapshot. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash("sha256");
  for (let start = 0; start < bytes.length; start += hashSlice) {
    hash.update(bytes.subarray(start, start + hashSlice));
    await yieldToEventLoop();
  }
  return hash.digest("hex");
}

export function commitsOf(file: string, { commits }: ParsedJournal): StoredCommit[] {
  return commits.map((commit) => ({ ...commit, file }));
}

/** Refuses files of a newer version, which this one would only misread. */
export function newerVersion(file: string, found: number): HopperError {
  return new HopperError(
    "newerVersion",
    words`${file} was written by a newer version of Phase Hopper (schema ${found}, this version knows ${schemaVersion}). Update Phase Hopper to open it.`,
  );
}

/**
 * Whether a journal belongs to a snapshot: its header names it, or, after a crash between the two
 * renames that put a new pair into place, one of its marks does.
 */
export async function fits(image: Buffer | undefined, journal: ParsedJournal): Promise<boolean> {
  if (!image) {
    return journal.header.sha256 === null;
  }
  const found = await sha256(image);
  return (
    journal.header.sha256 === found || journal.marks.some(({ sha256: marked }) => marked === found)
  );
}

/** The pair before the current one, as far as it leads up to the current journal. */
async function loadPrevious(
  files: StoreFileSystem,
  paths: StorePaths,
  current: ParsedJournal,
): Promise<ReplayBase | undefined> {
  const image = readIfThere(files, paths.previousSnapshot);
  // A crash before the journal was kept as the previous one leaves the snapshot there alone: it is
  // the base of the current journal.
  if (image && (await fits(image, current))) {
    return { image, commits: [] };
  }
  const journalFile = readIfThere(files, paths.previousJournal);
  const journal = journalFile && parseJournal(journalFile);
  if (!journal || !(await fits(image, journal))) {
    return undefined;
  }
  // What an owner wrote there after it had lost the queue is not ours.
  const { seq } = current.header;
  const commits = commitsOf(paths.previousJournal, journal).filter((commit) => commit.seq <= seq);
  const reached = Math.max(journal.header.seq, ...journal.marks.map((mark) => mark.seq));
  return Math.max(reached, commits.at(-1)?.seq ?? 0) >= seq ? { image, commits } : undefined;
}
