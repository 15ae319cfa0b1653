import { createHash } from "node:crypto";
import { basename } from "node:path";
import { yieldToEventLoop } from "../base/clock";
import { HopperError } from "../base/errors";
import { type Commit, type ParsedJournal, parseJournal } from "./journal";
import { type StoreFileSystem, type StorePaths, readIfThere } from "./storeFiles";

/** What the files say the queue is: a base image and the commits to replay on it. */
export interface LoadedPair {
  /** The base; undefined is an empty database. */
  readonly image: Buffer | undefined;
  /** Commits in order, some of them possibly in the image already: replay skips those. */
  readonly commits: readonly (Commit & { readonly file: string; readonly line: number })[];
  readonly generation: number;
  /** Whole, right bytes of the current journal; what follows them is cut off by the owner. */
  readonly journalBytes: number;
  /** Bytes of a torn last line, of which nothing was acknowledged. */
  readonly tornBytes: number;
  /** Files found damaged although the queue could be read without them. */
  readonly damaged: readonly string[];
  /** True when something acknowledged may be missing; only a repair loads such a pair. */
  readonly incomplete: boolean;
}

/**
 * Reads the pair of snapshot and journal, falling back on the pair before it where the snapshot is
 * damaged. Writes nothing.
 *
 * @param repair goes on with what can be read where damage would otherwise stop with an error.
 * @returns undefined when there is no queue yet.
 * @throws HopperError `damaged`, naming file, line and how to go on.
 */
export async function loadPair(
  files: StoreFileSystem,
  paths: StorePaths,
  repair = false,
): Promise<LoadedPair | undefined> {
  const journalFile = readIfThere(files, paths.journal);
  const snapshot = readIfThere(files, paths.snapshot);
  if (!journalFile) {
    const others = [paths.previousSnapshot, paths.previousJournal].filter((path) =>
      files.existsSync(path),
    );
    if (!snapshot && others.length === 0) {
      return undefined;
    }
    return repairOrThrow(repair, `${paths.journal} is missing`, () =>
      withoutJournal(files, paths, snapshot),
    );
  }
  const journal = parseJournal(journalFile);
  if (!journal) {
    return repairOrThrow(repair, `${paths.journal}, line 1: the header is damaged`, () =>
      withoutJournal(files, paths, snapshot),
    );
  }
  if (journal.badLine !== undefined && !repair) {
    throw damage(`${paths.journal}, line ${journal.badLine}: the line is damaged`);
  }
  const incomplete = journal.badLine !== undefined;
  if (await fits(snapshot, journal)) {
    return pairOf(snapshot, [[paths.journal, journal]], { damaged: [], incomplete });
  }
  const previous = await loadPrevious(files, paths, journal);
  const state = snapshot ? "is damaged" : "is missing";
  if (!previous) {
    return repairOrThrow(
      repair,
      `${paths.snapshot} ${state}, and so is the snapshot before it (${basename(paths.previousSnapshot)})`,
      () => Promise.resolve(undefined),
    );
  }
  return pairOf(
    previous.image,
    [
      [paths.previousJournal, previous.journal],
      [paths.journal, journal],
    ],
    { damaged: [paths.snapshot], incomplete },
  );
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

/**
 * Whether a journal belongs to a snapshot: its header names it, or, after a crash between the two
 * renames that put a new pair into place, one of its marks does.
 */
async function fits(image: Buffer | undefined, journal: ParsedJournal): Promise<boolean> {
  if (!image) {
    return journal.header.sha256 === null;
  }
  const found = await sha256(image);
  return (
    journal.header.sha256 === found || journal.marks.some(({ sha256: marked }) => marked === found)
  );
}

async function loadPrevious(
  files: StoreFileSystem,
  paths: StorePaths,
  current: ParsedJournal,
): Promise<{ image: Buffer | undefined; journal: ParsedJournal } | undefined> {
  const journalFile = readIfThere(files, paths.previousJournal);
  const journal = journalFile && parseJournal(journalFile);
  const image = readIfThere(files, paths.previousSnapshot);
  if (journal?.badLine === undefined && journal && (await fits(image, journal))) {
    return { image, journal };
  }
  // A crash before the journal was moved to `.prev` leaves the snapshot there alone: it is the base of
  // the current journal.
  return image && (await fits(image, current)) ? { image, journal: current } : undefined;
}

async function withoutJournal(
  files: StoreFileSystem,
  paths: StorePaths,
  snapshot: Buffer | undefined,
): Promise<LoadedPair | undefined> {
  const previousFile = readIfThere(files, paths.previousJournal);
  const previous = previousFile && parseJournal(previousFile);
  const known = previous?.marks.map(({ sha256: marked }) => marked) ?? [];
  if (snapshot && known.includes(await sha256(snapshot))) {
    return pairOf(snapshot, [], { damaged: [], incomplete: true });
  }
  const image = readIfThere(files, paths.previousSnapshot);
  if (previous && (await fits(image, previous))) {
    return pairOf(image, [[paths.previousJournal, previous]], {
      damaged: snapshot ? [paths.snapshot] : [],
      incomplete: true,
    });
  }
  return undefined;
}

function pairOf(
  image: Buffer | undefined,
  journals: readonly (readonly [file: string, journal: ParsedJournal])[],
  { damaged, incomplete }: Pick<LoadedPair, "damaged" | "incomplete">,
): LoadedPair {
  const last = journals.at(-1)?.[1];
  return {
    image,
    commits: journals.flatMap(([file, { commits }]) =>
      commits.map((commit) => ({ ...commit, file })),
    ),
    generation: Math.max(0, ...journals.map(([, { header }]) => header.generation)),
    journalBytes: last?.validBytes ?? 0,
    tornBytes: last?.tornBytes ?? 0,
    damaged,
    incomplete,
  };
}

async function repairOrThrow(
  repair: boolean,
  what: string,
  load: () => Promise<LoadedPair | undefined>,
): Promise<LoadedPair> {
  if (!repair) {
    throw damage(what);
  }
  const loaded = await load();
  if (!loaded) {
    throw new HopperError(
      "damaged",
      `${what}, and nothing before it can be read. Restore the folder from a backup, or move it ` +
        `away to start with an empty queue.`,
    );
  }
  return loaded;
}

function damage(what: string): HopperError {
  return new HopperError(
    "damaged",
    `${what}. Nothing was changed. \`phase-hopper repair\` goes on with everything that can be read, ` +
      `says what was dropped, and keeps the damaged files.`,
  );
}
