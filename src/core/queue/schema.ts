import type { SqlJsStatic } from "sql.js";
import { migrations } from "./migrations";
import { SqlDatabase } from "./sqlDatabase";

/**
 * Everything that is defined in a database, temporary things included: a trigger, a view or a changed
 * definition that came with a file would run somebody else's statements in the middle of ours.
 */
export function schemaOf(database: SqlDatabase): string {
  const columns = "type, name, tbl_name, sql";
  const rows = database.all(
    `SELECT ${columns} FROM sqlite_schema UNION ALL SELECT ${columns} FROM sqlite_temp_schema
     ORDER BY type, name`,
  );
  return JSON.stringify(rows);
}

const expected = new Map<number, string>();

/** What the migrations up to a version define, and nothing else. */
export function expectedSchema(engine: SqlJsStatic, version: number): string {
  let schema = expected.get(version);
  if (schema === undefined) {
    const database = new SqlDatabase(engine);
    try {
      for (const sql of migrations.slice(0, version).flat()) {
        database.run(sql);
      }
      schema = schemaOf(database);
    } finally {
      database.close();
    }
    expected.set(version, schema);
  }
  return schema;
}
