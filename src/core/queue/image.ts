import type { SqlJsStatic } from "sql.js";
import { yieldToEventLoop } from "../base/clock";
import { HopperError } from "../base/errors";
import { assertReadable } from "./migrations";
import type { LoadedPair } from "./pair";
import { SqlDatabase } from "./sqlDatabase";
import type { StorePaths } from "./storeFiles";

/** A database in memory as the files describe it. */
export interface ReplayedDatabase {
  readonly database: SqlDatabase;
  /** The last commit in it. */
  readonly seq: number;
}

/** After so many commits a replay lets the event loop turn. */
const commitsPerTurn = 200;

/**
 * Builds the database: the image, then every commit it does not hold yet, up to `upToSeq`.
 *
 * @param repair stops at a gap instead of refusing it; what is dropped is in the pair's `incomplete`.
 * @throws HopperError `damaged` at a gap in the sequence, `newerVersion`.
 */
export async function replay(
  engine: SqlJsStatic,
  paths: StorePaths,
  pair: LoadedPair,
  options: { readonly upToSeq?: number; readonly repair?: boolean } = {},
): Promise<ReplayedDatabase> {
  const database = new SqlDatabase(engine, pair.image);
  try {
    assertReadable(database, paths.snapshot);
    let seq = pair.image ? storedSeq(database) : 0;
    for (const commit of pair.commits) {
      if (commit.seq > (options.upToSeq ?? Number.POSITIVE_INFINITY)) {
        break;
      }
      if (commit.seq <= seq) {
        continue;
      }
      if (commit.seq !== seq + 1) {
        if (options.repair) {
          break;
        }
        throw new HopperError(
          "damaged",
          `${commit.file}, line ${commit.line}: commit ${seq + 1} is missing before commit ` +
            `${commit.seq}. Nothing was changed. \`phase-hopper repair\` goes on with everything ` +
            `before the gap and keeps the damaged files.`,
        );
      }
      database.run("BEGIN");
      for (const [sql, params] of commit.statements) {
        database.run(sql, params);
      }
      database.run("COMMIT");
      seq = commit.seq;
      if (seq % commitsPerTurn === 0) {
        await yieldToEventLoop();
      }
    }
    assertReadable(database, paths.journal);
    return { database, seq };
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

function storedSeq(database: SqlDatabase): number {
  const row = database.get("SELECT config_value FROM queue_config WHERE config_key = 'last_seq'");
  return Number(row?.["config_value"] ?? 0);
}
