import { createHash } from "node:crypto";
import type { SqlDatabase } from "./sqlDatabase";

/**
 * The digests of what the migrations define, by version. Written down, because to run the migrations again
 * for it would cost a tenth of a second whenever a queue is read; a test says which one is missing.
 */
const digests: readonly string[] = [
  "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
  "41704d648ca39aebb39cd7d2aca85d039890fb4182e9972a801f565828e27926",
  "33417bcc98a010fda46c715f3b7ff3213b3a16388c82717b45d3f10630908db2",
  "77e9b104c072781f849fccaf1ccc53210263bf0fae095e6cff6b4eb66d558df2",
  "2df5fd547d255870c4c37371c7dd8a859a6ed73814095e2e54bb4cba455357e0",
  "6471e35d4bcd5f71cd4483f5c1c3a7ae4424d52b97bdaa484458b49f0e8c49f1",
  "1b533eefcceb27d770ade950f7e912d54ed3300a1c5c4a68cd5f14dea4185320",
  "c9f91565958feae8b569d815e5097de86a73e04c3712efe4eb42ce30cd23364b",
];

/**
 * Whether a database of this version defines what our migrations to it do, and nothing else: a trigger, a
 * view or a changed definition that came with a file would run somebody else's statements in the middle
 * of ours.
 */
export function isSchemaOfVersion(database: SqlDatabase, version: number): boolean {
  return schemaDigest(database) === digests[version];
}

/** SHA-256 of everything that is defined in a database, temporary things included. */
export function schemaDigest(database: SqlDatabase): string {
  const columns = "type, name, tbl_name, sql";
  const rows = database.all(
    `SELECT ${columns} FROM sqlite_schema UNION ALL SELECT ${columns} FROM sqlite_temp_schema
     ORDER BY type, name`,
  );
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
}
