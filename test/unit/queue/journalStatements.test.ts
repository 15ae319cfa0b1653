import assert from "node:assert/strict";
import { JournalStatements } from "../../../src/core/queue/journalStatements";
import { migrations, pendingMigrations } from "../../../src/core/queue/migrations";
import { text } from "../../../src/core/queue/sqlDatabase";
import { emptyDatabase } from "./support/storeBench";

const takes = (sql: string): boolean => new JournalStatements().takes(sql);

describe("the statements of a journal", () => {
  it("are migrations of every version, word for word", () => {
    for (const sql of [...migrations.flat(), `PRAGMA user_version = ${migrations.length}`]) {
      assert.ok(takes(sql), sql);
      assert.ok(!takes(`${sql};`), sql);
    }
  });

  it("can change every column of every table", async () => {
    const database = await emptyDatabase();
    try {
      pendingMigrations(database).forEach((sql) => database.run(sql));
      const columns = database.all(
        `SELECT m.name AS "table", c.name AS "column"
         FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'`,
      );
      assert.ok(columns.length > 80);
      for (const row of columns) {
        const [table, column] = [text(row, "table"), text(row, "column")];
        assert.ok(takes(`UPDATE ${table} SET ${column} = ? WHERE ${column} = +?`), column);
        assert.ok(takes(`INSERT INTO ${table} (${column}) VALUES (?1)`), column);
        assert.ok(takes(`DELETE FROM ${table} WHERE ${column} IN ('a;b', 'it''s', '--')`), column);
      }
    } finally {
      database.close();
    }
  });

  const refused = {
    "begins or ends a transaction": [
      "COMMIT",
      "BEGIN",
      "ROLLBACK",
      "END",
      "SAVEPOINT a",
      "RELEASE a",
      "COMMIT; DELETE FROM plans",
    ],
    "sets or asks for a setting": [
      "PRAGMA foreign_keys = OFF",
      "PRAGMA writable_schema = ON",
      `PRAGMA user_version = ${migrations.length + 1}`,
      "PRAGMA user_version = 0",
    ],
    "defines something": [
      "CREATE TABLE t (x)",
      "CREATE TRIGGER t AFTER INSERT ON plans BEGIN DELETE FROM plans; END",
      "CREATE TEMP TRIGGER t AFTER INSERT ON main.plans BEGIN DELETE FROM plans; END",
      "CREATE VIEW v AS SELECT 1",
      "DROP TABLE plans",
      "ALTER TABLE plans ADD COLUMN x",
    ],
    "reaches out of the database": [
      "ATTACH 'other.db' AS other",
      "DETACH other",
      "VACUUM INTO 'other.db'",
      "SELECT load_extension('x')",
      "UPDATE plans SET title = load_extension('x')",
    ],
    "goes on behind its end": [
      "DELETE FROM plans; DELETE FROM events",
      "DELETE FROM plans;",
      "UPDATE plans SET title = 'a' -- '\n, context = (SELECT 1) -- '",
      "UPDATE plans SET title = 'a' /* ' */, context = (SELECT 1) /* ' */",
    ],
    "looks at other rows, for however long": [
      "INSERT INTO events SELECT * FROM events",
      "WITH RECURSIVE n (x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) DELETE FROM plans",
      "INSERT INTO events (at) WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT 2 FROM n) SELECT x FROM n",
      "UPDATE plans SET title = (SELECT title FROM plans)",
      "UPDATE plans SET title = a.title FROM plans AS a, plans AS b, plans AS c",
      "DELETE FROM plans WHERE plan_id IN phase_queue",
      "DELETE FROM plans WHERE plan_id IN json_each('[]')",
      "DELETE FROM plans RETURNING *",
    ],
    "makes much of little": [
      "UPDATE plans SET title = title || title",
      "UPDATE plans SET title = randomblob(1000000000)",
      "UPDATE plans SET title = x'00'",
    ],
    "is about no table of ours": [
      "DELETE FROM sqlite_schema",
      "DELETE FROM main.plans",
      'DELETE FROM "plans"',
      "INSERT INTO other (x) VALUES (1)",
      "SELECT 1",
      "",
    ],
    "has a text without an end": ["UPDATE plans SET title = 'a"],
  };
  for (const [what, statements] of Object.entries(refused)) {
    it(`are none that ${what}`, () => {
      for (const sql of statements) {
        assert.ok(!takes(sql), sql);
      }
    });
  }
});
