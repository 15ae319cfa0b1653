import type { SqlDatabase } from "../../../src/core/queue/sqlDatabase";
import type { Store } from "../../../src/core/queue/store";

/**
 * A database of a certain size that commits do not make larger: each commit writes the next
 * number, and so many bytes, into the next of a ring of rows.
 */
export function writeSlot(store: Store, number: number, slots: number, bytes: number): void {
  store.commit((transaction) =>
    transaction.run(
      `INSERT INTO queue_config (config_key, config_value, updated_at) VALUES (?, ?, ?)
       ON CONFLICT (config_key) DO UPDATE SET config_value = excluded.config_value,
         updated_at = excluded.updated_at`,
      [`slot ${number % slots}`, String(number), "x".repeat(bytes)],
    ),
  );
}

/** The number that was written last. */
export function lastNumber(database: SqlDatabase): number {
  return Math.max(0, ...numbers(database));
}

/** Whether the ring is what it must be after so many commits: nothing lost, nothing mixed. */
export function isRing(database: SqlDatabase, slots: number, last: number): boolean {
  const expected = Array.from({ length: Math.min(slots, last) }, (_, index) => last - index);
  const found = numbers(database).sort((a, b) => b - a);
  return (
    JSON.stringify(found) === JSON.stringify(expected) &&
    database.get("PRAGMA integrity_check")?.["integrity_check"] === "ok"
  );
}

function numbers(database: SqlDatabase): number[] {
  return database
    .all("SELECT config_value FROM queue_config WHERE config_key LIKE 'slot %'")
    .map((row) => Number(row["config_value"]));
}
