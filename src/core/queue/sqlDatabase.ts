import { readFile } from "node:fs/promises";
import type { Database, SqlJsStatic, Statement } from "sql.js";

export type SqlValue = string | number | null;
export type SqlParams = readonly SqlValue[];
export type SqlRow = Readonly<Record<string, SqlValue>>;

let engine: Promise<SqlJsStatic> | undefined;

/** Loads sql.js once per process; its WebAssembly is read only when a queue is opened. */
export function loadSqlEngine(wasmPath: string): Promise<SqlJsStatic> {
  engine ??= (async () => {
    const [{ default: initSqlJs }, wasm] = await Promise.all([
      import("sql.js"),
      readFile(wasmPath),
    ]);
    return initSqlJs({ wasmBinary: new Uint8Array(wasm).buffer });
  })();
  engine.catch(() => (engine = undefined));
  return engine;
}

/**
 * The journal and the snapshot make our commits durable, so SQLite's own precautions inside the
 * WebAssembly's memory are turned off: with them an update takes ten times as long. Large pages,
 * because a phase's text fills a small one badly; the size only counts for a new database.
 */
const settings = `
  PRAGMA page_size = 16384;
  PRAGMA journal_mode = MEMORY;
  PRAGMA synchronous = OFF;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -16384;
  PRAGMA foreign_keys = ON;`;

/**
 * One SQLite database in memory. Statements are prepared once and kept, because preparing costs more
 * than running; blobs are not used, so a value is text, a number or null.
 */
export class SqlDatabase {
  private readonly database: Database;
  private readonly statements = new Map<string, Statement>();

  /** @param image the bytes of a database file; without them the database is empty. */
  constructor(engine: SqlJsStatic, image?: Uint8Array) {
    this.database = new engine.Database(image);
    this.database.exec(settings);
  }

  /** Runs one statement and answers how many rows it changed. */
  run(sql: string, params: SqlParams = []): number {
    this.prepared(sql).run([...params]);
    return this.database.getRowsModified();
  }

  /** Runs text with several statements, as migrations are. */
  runScript(sql: string): void {
    this.database.exec(sql);
  }

  get(sql: string, params: SqlParams = []): SqlRow | undefined {
    return this.query(sql, params, 1)[0];
  }

  all(sql: string, params: SqlParams = []): SqlRow[] {
    return this.query(sql, params, Number.POSITIVE_INFINITY);
  }

  /** The database as the bytes of a file; throws inside a transaction. */
  exportImage(): Uint8Array {
    return this.database.export();
  }

  close(): void {
    this.database.close();
  }

  private query(sql: string, params: SqlParams, limit: number): SqlRow[] {
    const statement = this.prepared(sql);
    const rows: SqlRow[] = [];
    try {
      statement.bind([...params]);
      let names: string[] | undefined;
      while (rows.length < limit && statement.step()) {
        names ??= statement.getColumnNames();
        const values = statement.get();
        const row: Record<string, SqlValue> = {};
        for (const [index, name] of names.entries()) {
          const value = values[index] ?? null;
          row[name] = value instanceof Uint8Array ? null : value;
        }
        rows.push(row);
      }
    } finally {
      statement.reset();
    }
    return rows;
  }

  private prepared(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

/** A column that is never null and holds text. */
export function text(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== "string") {
    throw new TypeError(`Column ${column} holds ${String(value)} where text belongs`);
  }
  return value;
}

/** A column that is never null and holds a number. */
export function integer(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== "number") {
    throw new TypeError(`Column ${column} holds ${String(value)} where a number belongs`);
  }
  return value;
}

export function optionalText(row: SqlRow, column: string): string | undefined {
  return row[column] === null || row[column] === undefined ? undefined : text(row, column);
}

export function optionalInteger(row: SqlRow, column: string): number | undefined {
  return row[column] === null || row[column] === undefined ? undefined : integer(row, column);
}
