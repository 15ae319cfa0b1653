import { Buffer } from "node:buffer";
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
  PRAGMA cache_size = -2048;
  PRAGMA foreign_keys = ON;`;

/** A prepared statement, and which of its parameters are bound as bytes. */
interface Prepared {
  readonly statement: Statement;
  readonly long: ReadonlySet<number>;
  /** Names of its columns, once it has answered: to ask for each takes as long as to read its value. */
  names?: readonly string[];
}

/**
 * One SQLite database in memory. Statements are prepared once and kept, because preparing costs more
 * than running; blobs are not stored, so a value is text, a number or null.
 *
 * A parameter that a statement writes as `CAST(?n AS TEXT)` is handed over as UTF-8 bytes, which is
 * ten times as fast for long texts as sql.js's own conversion, a loop over every character.
 *
 * Conditions on tables with partial indexes, and on joins, are written `column = +?`. SQLite weighs the
 * value of a bare parameter against the condition of the index, and so prepares the statement anew for each
 * value it is given, which takes ten times as long as running it.
 */
export class SqlDatabase {
  private readonly database: Database;
  private readonly statements = new Map<string, Prepared>();

  /** @param image the bytes of a database file; without them the database is empty. */
  constructor(engine: SqlJsStatic, image?: Uint8Array) {
    this.database = new engine.Database(image);
    this.database.exec(settings);
  }

  /** Runs one statement and answers how many rows it changed. */
  run(sql: string, params: SqlParams = []): number {
    const { statement, long } = this.prepared(sql);
    try {
      statement.run(values(params, long));
    } finally {
      // One that failed would stay active and keep the transaction from ending.
      statement.reset();
    }
    return this.database.getRowsModified();
  }

  rollback(): void {
    try {
      this.run("ROLLBACK");
    } catch {
      // SQLite has done so by itself, as it does when memory runs out.
    }
  }

  get(sql: string, params: SqlParams = []): SqlRow | undefined {
    return this.query(sql, params, 1)[0];
  }

  all(sql: string, params: SqlParams = []): SqlRow[] {
    return this.query(sql, params, Number.POSITIVE_INFINITY);
  }

  /**
   * The rows of a long list, in no particular order: SQLite hands them over as one JSON text, since
   * fetching a hundred thousand values one by one takes several times as long.
   *
   * @param columns each name with the expression of its value.
   * @param rest what follows `SELECT …`, from its `FROM` on.
   */
  list(
    columns: Readonly<Record<string, string>>,
    rest: string,
    params: SqlParams = [],
  ): readonly SqlRow[] {
    const fields = Object.entries(columns).map(([name, value]) => `'${name}', ${value}`);
    const list = this.parsed(`json_object(${fields.join(", ")})`, rest, params);
    return isRows(list) ? list : [];
  }

  /** The same of rows whose values have no names: half as long a text, for the longest lists. */
  table(values: readonly string[], rest: string): readonly (readonly SqlValue[])[] {
    const list = this.parsed(`json_array(${values.join(", ")})`, rest, []);
    return isTable(list) ? list : [];
  }

  private parsed(row: string, rest: string, params: SqlParams): unknown {
    const json = this.get(`SELECT json_group_array(${row}) AS list ${rest}`, params)?.["list"];
    return typeof json === "string" ? JSON.parse(json) : undefined;
  }

  /**
   * Keeps so many pages at hand, in KiB, where the same ones are read and written again and again. The
   * file is in memory as well, so that reading a page anew costs a copy; each page that is kept takes fresh
   * memory from the system, which for one look at everything costs more than all copies.
   */
  keepPages(kibibytes: number): void {
    this.run(`PRAGMA cache_size = -${kibibytes}`);
  }

  /** Leaves free pages of about so many bytes behind; changes no row. */
  reserve(bytes: number): void {
    this.run("BEGIN");
    try {
      this.run(
        `INSERT INTO queue_config (config_key, config_value, updated_at)
         VALUES ('reserve', hex(zeroblob(?)), '')`,
        [Math.ceil(bytes / 2)],
      );
      this.run("DELETE FROM queue_config WHERE config_key = 'reserve'");
      this.run("COMMIT");
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Tells of every row that a statement changes, also where its transaction is rolled back later. */
  onRowChange(
    listener: (table: string, row: number, kind: "insert" | "update" | "delete") => void,
  ): void {
    this.database.updateHook((kind, _, table, row) => listener(table, row, kind));
  }

  /** The database as the bytes of a file; throws inside a transaction. */
  exportImage(): Uint8Array {
    return this.database.export();
  }

  /** How large that file would be; cheap to ask. */
  get bytes(): number {
    const pages = Number(this.get("PRAGMA page_count")?.["page_count"] ?? 0);
    return pages * Number(this.get("PRAGMA page_size")?.["page_size"] ?? 0);
  }

  close(): void {
    this.database.close();
  }

  private query(sql: string, params: SqlParams, limit: number): SqlRow[] {
    const prepared = this.prepared(sql);
    const { statement, long } = prepared;
    const rows: SqlRow[] = [];
    try {
      statement.bind(values(params, long));
      while (rows.length < limit && statement.step()) {
        const values = statement.get();
        if (prepared.names?.length !== values.length) {
          // A migration may have added columns to what `*` stands for.
          prepared.names = statement.getColumnNames();
        }
        rows.push(rowOf(prepared.names, values));
      }
    } finally {
      statement.reset();
    }
    return rows;
  }

  private prepared(sql: string): Prepared {
    let prepared = this.statements.get(sql);
    if (!prepared) {
      const casts = [...sql.matchAll(/CAST\(\?(\d+) AS TEXT\)/g)];
      const long = new Set(casts.map(([, number]) => Number(number) - 1));
      prepared = { statement: this.database.prepare(sql), long };
      this.statements.set(sql, prepared);
    }
    return prepared;
  }
}

function rowOf(names: readonly string[], values: readonly (SqlValue | Uint8Array)[]): SqlRow {
  const row: Record<string, SqlValue> = {};
  for (let index = 0; index < names.length; index++) {
    const value = values[index] ?? null;
    row[names[index] ?? ""] = value instanceof Uint8Array ? null : value;
  }
  return row;
}

/** SQLite made the text, of the values above: there is nothing else in it. */
function isRows(value: unknown): value is readonly SqlRow[] {
  return Array.isArray(value);
}

/** As it made this one. */
function isTable(value: unknown): value is readonly (readonly SqlValue[])[] {
  return Array.isArray(value);
}

function values(params: SqlParams, long: ReadonlySet<number>): (SqlValue | Uint8Array)[] {
  return params.map((value, index) =>
    typeof value === "string" && long.has(index) ? Buffer.from(value) : value,
  );
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
