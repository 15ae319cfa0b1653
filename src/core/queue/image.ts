import type { SqlJsStatic } from "sql.js";
import { yieldToEventLoop } from "../base/clock";
import { errorMessage, HopperError } from "../base/errors";
import { damage } from "./damage";
import { applicationId, databaseVersion, schemaVersion } from "./migrations";
import { newerVersion, type ReplayBase, type StoredCommit } from "./pair";
import { SqlDatabase } from "./sqlDatabase";
import type { StorePaths } from "./storeFiles";

/** A database in memory as the files describe it. */
export interface ReplayedDatabase {
  readonly database: SqlDatabase;
  /** The last commit in it. */
  readonly seq: number;
  /** The last commit in the image it was built from. */
  readonly imageSeq: number;
}

/** After so many commits a replay lets the event loop turn. */
const commitsPerTurn = 200;

/**
 * Builds the database: the image, then every commit it does not hold yet, up to `upToSeq`.
 *
 * @param options.salvage stops where replay would refuse to go on, at a gap in the sequence for one.
 * @throws HopperError `damaged`, `newerVersion`.
 */
export async function replay(
  engine: SqlJsStatic,
  paths: StorePaths,
  { image, commits }: ReplayBase,
  options: { readonly upToSeq?: number; readonly salvage?: boolean } = {},
): Promise<ReplayedDatabase> {
  const database = new SqlDatabase(engine, image);
  try {
    assertReadable(database, paths.snapshot);
    const imageSeq = image ? storedSeq(database) : 0;
    let seq = imageSeq;
    for (const commit of commits) {
      if (commit.seq > (options.upToSeq ?? Number.POSITIVE_INFINITY)) {
        break;
      }
      if (commit.seq <= seq) {
        continue;
      }
      try {
        replayCommit(database, commit, seq);
      } catch (error) {
        if (options.salvage) {
          break;
        }
        throw error;
      }
      seq = commit.seq;
      if (seq % commitsPerTurn === 0) {
        await yieldToEventLoop();
      }
    }
    assertReadable(database, paths.journal);
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

function replayCommit(database: SqlDatabase, commit: StoredCommit, seq: number): void {
  const place = `${commit.file}, line ${commit.line}`;
  if (commit.seq !== seq + 1) {
    throw damage(`${place}: commit ${seq + 1} is missing before commit ${commit.seq}`);
  }
  database.run("BEGIN");
  try {
    for (const [sql, params] of commit.statements) {
      database.run(sql, params);
    }
    database.run("COMMIT");
  } catch (error) {
    database.run("ROLLBACK");
    throw damage(`${place}: the commit cannot be replayed (${errorMessage(error)})`, error);
  }
}

function storedSeq(database: SqlDatabase): number {
  const row = database.get("SELECT config_value FROM queue_config WHERE config_key = 'last_seq'");
  return Number(row?.["config_value"] ?? 0);
}

/**
 * Refuses a database that this version must not touch: a newer one, another program's, or one with
 * triggers or views, which no version of ours has and which would run somebody else's statements.
 */
function assertReadable(database: SqlDatabase, file: string): void {
  const version = databaseVersion(database);
  if (version > schemaVersion) {
    throw newerVersion(file, version);
  }
  const id = database.get("PRAGMA application_id")?.["application_id"];
  const foreign = database.get(
    "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view') LIMIT 1",
  );
  if ((version > 0 && id !== applicationId) || foreign) {
    throw new HopperError(
      "damaged",
      `${file} is not a database of Phase Hopper. Move it away to start anew.`,
    );
  }
}
