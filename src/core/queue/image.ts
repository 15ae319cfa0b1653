import type { SqlJsStatic } from "sql.js";
import { yieldToEventLoop } from "../base/clock";
import { errorWords, HopperError } from "../base/errors";
import { words } from "../base/words";
import { damage } from "./damage";
import { JournalStatements } from "./journalStatements";
import { applicationId, databaseVersion, schemaVersion } from "./migrations";
import { newerVersion, type ReplayBase, type StoredCommit } from "./pair";
import { isSchemaOfVersion } from "./schema";
import { SqlDatabase, text } from "./sqlDatabase";
import type { StorePaths } from "./storeFiles";

/** A database in memory as the files describe it. */
export interface ReplayedDatabase {
  readonly database: SqlDatabase;
  /** The last commit in it. */
  readonly seq: number;
  /** The last commit in the image it was built from. */
  readonly imageSeq: number;
}

/**
 * So many commits are replayed in one transaction, after which the event loop turns: to end a transaction
 * takes SQLite as long as the few rows that most commits change.
 */
const commitsPerTurn = 200;

interface ReplayOptions {
  readonly upToSeq?: number;
  /** Stops where replay would refuse to go on, at a gap in the sequence for one. */
  readonly salvage?: boolean;
  /** Called before each statement. */
  readonly beforeEach?: () => void;
}

/**
 * Builds the database: the image, then every commit it does not hold yet, up to `upToSeq`.
 *
 * @throws HopperError `damaged`, `newerVersion`.
 */
export async function replay(
  engine: SqlJsStatic,
  paths: StorePaths,
  { image, commits }: ReplayBase,
  options: ReplayOptions = {},
): Promise<ReplayedDatabase> {
  const database = inspect(paths.snapshot, () => new SqlDatabase(engine, image));
  try {
    assertReadable(database, paths.snapshot);
    const statements = new JournalStatements();
    const replaying = { database, statements, beforeEach: options.beforeEach };
    const imageSeq = image ? storedSeq(database) : 0;
    const missing = commitsBetween(commits, imageSeq, options.upToSeq);
    // Of a salvage each commit that can be replayed stays.
    const perTurn = options.salvage ? 1 : commitsPerTurn;
    let seq = imageSeq;
    for (let start = 0; start < missing.length; start += perTurn) {
      const some = missing.slice(start, start + perTurn);
      try {
        replayTogether(replaying, some, seq);
      } catch (error) {
        if (options.salvage) {
          break;
        }
        throw error;
      }
      seq = some.at(-1)?.seq ?? seq;
      await yieldToEventLoop();
    }
    assertReadable(database, paths.journal);
    if (!options.salvage) {
      await assertConnected(database, paths);
    }
    return { database, seq, imageSeq };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Records in the database itself how far it goes, right before it becomes a snapshot. */
export function storeSeq(database: SqlDatabase, seq: number): void {
  // Not a commit of its own: the journal's header and the sequence say the same.
  database.run(
    `INSERT INTO queue_config (config_key, config_value, updated_at) VALUES ('last_seq', ?, '')
     ON CONFLICT (config_key) DO UPDATE SET config_value = excluded.config_value`,
    [String(seq)],
  );
}

/** The commits after one up to another, each once: two journals can hold the same ones. */
function commitsBetween(
  commits: readonly StoredCommit[],
  after: number,
  upTo = Number.POSITIVE_INFINITY,
): StoredCommit[] {
  let last = after;
  return commits.filter(({ seq }) => {
    const isNext = seq > last && seq <= upTo;
    last = isNext ? seq : last;
    return isNext;
  });
}

interface Replaying {
  readonly database: SqlDatabase;
  readonly statements: JournalStatements;
  readonly beforeEach: (() => void) | undefined;
}

/** @param seq the last commit before them. */
function replayTogether(replaying: Replaying, commits: readonly StoredCommit[], seq: number): void {
  const { database } = replaying;
  database.run("BEGIN");
  try {
    let before = seq;
    let last: StoredCommit | undefined;
    for (last of commits) {
      replayCommit(replaying, last, before);
      before = last.seq;
    }
    if (last) {
      inspectCommit(last, () => database.run("COMMIT"));
    }
  } catch (error) {
    database.rollback();
    throw error;
  }
}

function replayCommit(
  { database, statements, beforeEach }: Replaying,
  commit: StoredCommit,
  seq: number,
): void {
  const place = placeOf(commit);
  if (commit.seq !== seq + 1) {
    throw damage(words`${place}: commit ${seq + 1} is missing before commit ${commit.seq}`);
  }
  if (!commit.statements.every(([sql]) => statements.takes(sql))) {
    throw damage(words`${place}: the commit holds a statement that Phase Hopper does not write`);
  }
  inspectCommit(commit, () => {
    for (const [sql, params] of commit.statements) {
      beforeEach?.();
      database.run(sql, params);
    }
  });
}

/** What SQLite refuses of a commit is damage. */
function inspectCommit(commit: StoredCommit, work: () => void): void {
  try {
    work();
  } catch (error) {
    const place = placeOf(commit);
    throw damage(words`${place}: the commit cannot be replayed (${errorWords(error)})`, error);
  }
}

function placeOf({ file, line }: StoredCommit): string {
  return `${file}, line ${line}`;
}

function storedSeq(database: SqlDatabase): number {
  const row = database.get("SELECT config_value FROM queue_config WHERE config_key = 'last_seq'");
  return Number(row?.["config_value"] ?? 0);
}

/**
 * Refuses a database that this version must not touch: a newer one, another program's, or one that
 * defines anything but what our migrations to its version do.
 */
function assertReadable(database: SqlDatabase, file: string): void {
  const { version, id, fits } = inspect(file, () => {
    const version = databaseVersion(database);
    return {
      version,
      id: database.get("PRAGMA application_id")?.["application_id"],
      fits: isSchemaOfVersion(database, version),
    };
  });
  if (version > schemaVersion) {
    throw newerVersion(file, version);
  }
  const isOurs = version === 0 || (version > 0 && id === applicationId);
  if (!isOurs || !fits) {
    throw new HopperError(
      "damaged",
      words`${file} is not a database of Phase Hopper. Move it away to start anew.`,
    );
  }
}

/**
 * Refuses rows that belong to nothing, which no commit of ours can leave. The event loop turns after each
 * look, all of which together hold it up for too long in a large queue.
 */
async function assertConnected(database: SqlDatabase, { folder }: StorePaths): Promise<void> {
  for (const reference of inspect(folder, () => references(database))) {
    await yieldToEventLoop();
    if (inspect(folder, () => hasStray(database, reference))) {
      throw damage(words`${folder}: a row of ${reference.child} belongs to nothing`);
    }
  }
}

/** A column that names a row of another table. */
interface Reference {
  readonly child: string;
  readonly key: string;
  readonly parent: string;
  readonly parentKey: string;
}

function references(database: SqlDatabase): Reference[] {
  return database
    .all(
      `SELECT child.name AS child, keys."from" AS key, keys."table" AS parent, keys."to" AS parent_key
       FROM sqlite_schema AS child, pragma_foreign_key_list(child.name) AS keys
       WHERE child.type = 'table'`,
    )
    .map((row) => ({
      child: text(row, "child"),
      key: text(row, "key"),
      parent: text(row, "parent"),
      parentKey: text(row, "parent_key"),
    }));
}

/**
 * What `PRAGMA foreign_key_check` tells, by the indexes alone: the pragma reads every table to its
 * end, which for ten thousand phases takes longer than all the rest of opening them.
 */
function hasStray(database: SqlDatabase, { child, key, parent, parentKey }: Reference): boolean {
  const stray = database.get(
    `SELECT 1 AS found FROM
       (SELECT DISTINCT ${key} AS key FROM ${child} WHERE ${key} IS NOT NULL) AS child
     WHERE NOT EXISTS (SELECT 1 FROM ${parent} WHERE ${parentKey} = child.key)
     LIMIT 1`,
  );
  return stray !== undefined;
}

/** What SQLite finds wrong with a file is damage. */
function inspect<T>(file: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw damage(words`${file} cannot be read (${errorWords(error)})`, error);
  }
}
