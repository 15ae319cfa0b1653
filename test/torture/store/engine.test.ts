import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database, SqlJsStatic } from "sql.js";
import { loadSqlEngine, SqlDatabase } from "../../../src/core/queue/sqlDatabase";
import { unbuiltAssets } from "../../unit/queue/support/builtAssets";
import { figure, rounds } from "../support/extent";

/**
 * What an export must leave as it was. Up to sql.js 1.15.1 it closed the database and opened it anew, which reset its
 * settings and, within a transaction, undid it: https://github.com/sql-js/sql.js/pull/644
 */
const pragmas: Readonly<Record<string, unknown>> = {
  foreign_keys: 1,
  synchronous: 0,
  cache_size: -16384,
  temp_store: 2,
  busy_timeout: 1234,
  secure_delete: 1,
  journal_mode: "memory",
  locking_mode: "exclusive",
  trusted_schema: 0,
  cell_size_check: 1,
  ignore_check_constraints: 1,
  max_page_count: 5000,
  user_version: 3,
  application_id: 4,
};

describe("the SQLite engine", () => {
  let engine: SqlJsStatic;
  let database: Database;

  before(async () => {
    engine = await loadSqlEngine(unbuiltAssets.sqlWasm);
  });
  beforeEach(() => {
    database = new engine.Database();
  });
  afterEach(() => database.close());

  const all = (sql: string): unknown => database.exec(sql)[0]?.values;

  it("keeps everything that was set before an export", () => {
    for (const [name, value] of Object.entries(pragmas)) {
      database.exec(`PRAGMA ${name} = ${String(value)}`);
    }
    database.exec(
      `CREATE TABLE t (x INTEGER PRIMARY KEY);
       CREATE TABLE u (x REFERENCES t (x));
       CREATE TEMP TABLE v (x);
       ATTACH ':memory:' AS w;
       CREATE TABLE w.x (x);
       PRAGMA case_sensitive_like = 1;
       INSERT INTO t VALUES (1), (2), (3)`,
    );
    database.create_function("twice", (value: number) => 2 * value);
    let seen = 0;
    database.updateHook(() => seen++);
    const halfway = database.prepare("SELECT x FROM t ORDER BY x");
    halfway.step();
    const insert = database.prepare("INSERT INTO t VALUES (?)");
    const counters = "SELECT last_insert_rowid(), changes(), total_changes()";
    const counted = all(counters);

    database.export();

    const kept: Readonly<Record<string, () => void>> = {
      ...Object.fromEntries(
        Object.entries(pragmas).map(([name, value]) => [
          name,
          () => assert.deepEqual(all(`PRAGMA ${name}`), [[value]]),
        ]),
      ),
      counters: () => assert.deepEqual(all(counters), counted),
      case_sensitive_like: () => assert.deepEqual(all("SELECT 'a' LIKE 'A'"), [[0]]),
      "a SELECT that is half done": () => {
        halfway.step();
        assert.deepEqual(halfway.get(), [2]);
      },
      "a prepared INSERT": () => insert.run([4]),
      "its update hook": () => assert.equal(seen, 1),
      "a function": () => assert.deepEqual(all("SELECT twice(4)"), [[8]]),
      "a TEMP table": () => assert.deepEqual(all("SELECT count(*) FROM temp.v"), [[0]]),
      "an attached database": () => assert.deepEqual(all("SELECT count(*) FROM w.x"), [[0]]),
      "foreign keys": () =>
        assert.throws(() => database.exec("INSERT INTO u VALUES (7)"), /FOREIGN KEY/),
    };
    const lost = Object.entries(kept).filter(([, look]) => {
      try {
        look();
        return false;
      } catch {
        return true;
      }
    });
    assert.deepEqual(
      lost.map(([name]) => name),
      [],
    );
    figure(
      "A1 engine, what an export keeps",
      `${Object.keys(kept).length - lost.length} of ${Object.keys(kept).length}`,
    );
  });

  it("refuses an export within a transaction, and the transaction goes on", () => {
    database.exec("CREATE TABLE t (x); BEGIN; INSERT INTO t VALUES (1)");
    assert.throws(() => database.export(), /SQLite is busy/);
    database.exec("COMMIT");
    assert.deepEqual(all("SELECT count(*) FROM t"), [[1]]);
  });

  it("is at least 1.15.2", () => {
    const manifest = join(dirname(unbuiltAssets.sqlWasm), "..", "package.json");
    const [, version = ""] = /"version": "([^"]+)"/.exec(readFileSync(manifest, "utf8")) ?? [];
    assert.ok(version.localeCompare("1.15.2", "en", { numeric: true }) >= 0, version);
  });

  it("undoes a change of the schema and of the version with its transaction", () => {
    database.exec(
      "BEGIN; CREATE TABLE v (x); PRAGMA user_version = 3; PRAGMA application_id = 4; ROLLBACK",
    );
    assert.deepEqual(all("PRAGMA user_version"), [[0]]);
    assert.deepEqual(all("PRAGMA application_id"), [[0]]);
    assert.deepEqual(all("SELECT count(*) FROM sqlite_schema WHERE name = 'v'"), [[0]]);
  });

  it("opens a file of zero length as an empty database, which is why a checksum decides", () => {
    const empty = new engine.Database(new Uint8Array(0));
    assert.deepEqual(empty.exec("SELECT * FROM sqlite_schema"), []);
    empty.close();
  });

  it("refuses bytes that are no database", () => {
    const junk = new engine.Database(Buffer.alloc(8192, 7));
    assert.throws(() => junk.exec("SELECT * FROM sqlite_schema"), /not a database/);
    junk.close();
  });

  it("makes the same bytes of the same statements, so that a replay is exact", () => {
    const image = (): Uint8Array => {
      const database = new SqlDatabase(engine);
      database.run("CREATE TABLE t (a TEXT, b REAL) STRICT");
      for (let value = 0; value < 100; value++) {
        database.run("INSERT INTO t VALUES (?, ?)", [`text ${value}`, value / 3]);
      }
      const bytes = database.exportImage();
      database.close();
      return bytes;
    };
    assert.deepEqual(image(), image());
  });

  it("goes on, without growing, however much is asked of it", () => {
    const statements = rounds({ whole: 1_000_000, part: 50_000 });
    const others = statements / 100;
    database.exec("CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT NOT NULL)");
    database.exec("INSERT INTO t VALUES (1, 'one')");
    const run = (times: number): void => {
      for (let time = 0; time < times; time++) {
        database.exec("SELECT y FROM t WHERE x = 1");
        if (time % 100 === 0) {
          assert.throws(() => database.exec("INSERT INTO t VALUES (1, 'again')"), /UNIQUE/);
          assert.ok(database.export().length > 0);
        }
      }
    };
    // Whatever is compiled and kept for good is there by then.
    run(statements / 10);
    const before = process.memoryUsage().rss;
    run(statements);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 50 * 1024 * 1024, `grew by ${grown} bytes`);
    assert.deepEqual(all("SELECT * FROM t"), [[1, "one"]]);
    figure(
      "A2 engine, leaks",
      `${statements} exec(), ${others} that failed and ${others} export() in one process: 0 errors, ` +
        `grew by ${Math.max(0, Math.round(grown / 2 ** 20))} MB`,
    );
  });
});
