import { type SqlDatabase, text } from "./sqlDatabase";

/** The queue's own few values, which outlive every plan. */

/** Under this key stands the id by which a user's list of databases knows this one. */
export const databaseIdKey = "database_id";

export function readConfig(reading: Pick<SqlDatabase, "get">, key: string): string | undefined {
  const sql = "SELECT config_value FROM queue_config WHERE config_key = ?";
  const row = reading.get(sql, [key]);
  return row && text(row, "config_value");
}

/** @param change what writes, and when that is. */
export function writeConfig(
  change: Pick<SqlDatabase, "run"> & { readonly at: string },
  values: Readonly<Record<string, string>>,
): void {
  for (const [key, value] of Object.entries(values)) {
    change.run(
      `INSERT INTO queue_config (config_key, config_value, updated_at) VALUES (?, ?, ?)
       ON CONFLICT (config_key) DO UPDATE
       SET config_value = excluded.config_value, updated_at = excluded.updated_at`,
      [key, value, change.at],
    );
  }
}
