import assert from "node:assert/strict";
import { loadSqlEngine, SqlDatabase } from "../../../src/core/queue/sqlDatabase";
import { unbuiltAssets } from "./support/builtAssets";

describe("a SQLite database", () => {
  let database: SqlDatabase;

  beforeEach(async () => {
    database = new SqlDatabase(await loadSqlEngine(unbuiltAssets.sqlWasm));
    database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL) STRICT");
  });
  afterEach(() => database.close());

  const texts = [
    "",
    "plain",
    "Grüße \ud83d\ude00",
    "line\nbreak",
    'quote " and \\',
    "nul \u0000 inside",
  ];

  it("answers the texts it was given, long ones too", () => {
    const long = "x".repeat(1_000_000);
    for (const [index, text] of [...texts, long].entries()) {
      const sql = index % 2 === 0 ? "(?1, CAST(?2 AS TEXT))" : "(?1, ?2)";
      database.run(`INSERT INTO t VALUES ${sql}`, [index, text]);
      database.run("INSERT INTO t VALUES (?1, CAST(?2 AS TEXT))", [100 + index, text]);
    }
    for (const [index, text] of [...texts, long].entries()) {
      for (const id of [index, 100 + index]) {
        assert.deepEqual(database.get("SELECT a FROM t WHERE id = ?", [id]), { a: text });
      }
    }
    const listed = database.list({ id: "id", text: "a" }, "FROM t WHERE id < 100");
    assert.deepEqual(
      listed.map((row) => row["text"]),
      [...texts, long],
    );
  });

  it("tells how many rows a statement changed", () => {
    assert.equal(database.run("INSERT INTO t VALUES (1, 'a'), (2, 'b')"), 2);
    assert.equal(database.run("UPDATE t SET a = 'c' WHERE id = ?", [1]), 1);
    assert.equal(database.run("UPDATE t SET a = 'c' WHERE id = ?", [9]), 0);
  });

  it("goes on after a statement that failed", () => {
    database.run("BEGIN");
    const insert = "INSERT INTO t VALUES (?, ?)";
    database.run(insert, [1, "a"]);
    assert.throws(() => database.run(insert, [1, "b"]), /UNIQUE/);
    assert.throws(() => database.run(insert, [2, null]), /NOT NULL/);
    database.run(insert, [2, "c"]);
    database.run("COMMIT");
    assert.equal(database.all("SELECT * FROM t").length, 2);
    assert.ok(database.exportImage().length > 0);
  });

  it("lists nothing as nothing", () => {
    assert.deepEqual(database.list({ id: "id" }, "FROM t"), []);
    assert.equal(database.get("SELECT * FROM t"), undefined);
    assert.deepEqual(database.all("SELECT * FROM t"), []);
  });

  it("does not grow with the number of statements that are run", () => {
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 50_000; count++) {
      database.run("UPDATE t SET a = ?1 WHERE id = 1", ["x".repeat(100)]);
      database.get("SELECT * FROM t WHERE id = ?", [count]);
    }
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 50 * 1024 * 1024, `grew by ${grown} bytes`);
  });
});
