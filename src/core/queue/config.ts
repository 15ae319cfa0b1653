import type { Change } from "./change";
import { type SqlDatabase, text } from "./sqlDatabase";

/** The queue's own few values, which outlive every plan. */

export function readConfig(reading: Pick<SqlDatabase, "get">, key: string): string | undefined {
  const sql = "SELECT config_value FROM queue_config WHERE config_key = ?";
  const row = reading.get(sql, [key]);
  return row && text(row, "config_value");
}

export function writeConfig(change: Change, values: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(values)) {
    change.run(
      `INSERT INTO queue_config (config_key, config_value, updated_at) VALUES (?, ?, ?)
       ON CONFLICT (config_key) DO UPDATE
       SET config_value = excluded.config_value, updated_at = excluded.updated_at`,
      [key, value, change.at],
    );
  }
}
