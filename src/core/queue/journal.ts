import { createHash } from "node:crypto";
import { z } from "zod";
import type { SqlParams } from "./sqlDatabase";

/**
 * The journal is text: one JSON object per line, each ending in a checksum of what stands before it.
 * The first line is the header; the others are commits and marks of snapshots.
 */

const sqlValueSchema = z.union([z.string(), z.number(), z.null()]);

const headerSchema = z.object({
  journal: z.literal("phase-hopper"),
  /** Number of this pair of snapshot and journal; each new pair counts one up. */
  generation: z.int(),
  /** The last commit that the snapshot holds. */
  seq: z.int(),
  /** The snapshot's checksum; null where the journal starts from an empty database. */
  sha256: z.string().nullable(),
  schema: z.int(),
});
export type JournalHeader = z.infer<typeof headerSchema>;

const commitSchema = z.object({
  seq: z.int(),
  generation: z.int(),
  /** Each statement's text once: an enqueue runs one for every phase. */
  sql: z.array(z.string()),
  /** What is run: an index into `sql`, and the parameters. */
  runs: z.array(z.tuple([z.int(), z.array(sqlValueSchema)])),
});

/** One transaction: its statements with their parameters. Times and ids are parameters. */
export interface Commit {
  readonly seq: number;
  readonly generation: number;
  readonly statements: readonly (readonly [sql: string, params: SqlParams])[];
}

const snapshotMarkSchema = z.object({
  snapshot: z.object({ seq: z.int(), sha256: z.string(), generation: z.int() }),
});
/** Says, in the journal before it, which snapshot is about to take over. */
export type SnapshotMark = z.infer<typeof snapshotMarkSchema>["snapshot"];

/** A journal as read: everything up to the first byte that is not a whole, right line. */
export interface ParsedJournal {
  readonly header: JournalHeader;
  readonly commits: readonly (Commit & { readonly line: number })[];
  readonly marks: readonly SnapshotMark[];
  /** Bytes of whole, right lines. */
  readonly validBytes: number;
  /** Bytes of a last line without its end: what a crash in the middle of an append leaves. */
  readonly tornBytes: number;
  /** A wrong line that is not a torn end: 1-based. */
  readonly badLine?: number;
}

export function encodeHeader(header: Omit<JournalHeader, "journal">): string {
  return seal({ journal: "phase-hopper", ...header });
}

export function encodeCommit({ seq, generation, statements }: Commit): string {
  const indexes = new Map<string, number>();
  const runs = statements.map(([sql, params]) => {
    const index = indexes.get(sql) ?? indexes.size;
    indexes.set(sql, index);
    return [index, params];
  });
  return seal({ seq, generation, sql: [...indexes.keys()], runs });
}

export function encodeSnapshotMark(snapshot: SnapshotMark): string {
  return seal({ snapshot });
}

/** Reads a journal's bytes; undefined when not even the header can be read. */
export function parseJournal(bytes: Buffer): ParsedJournal | undefined {
  const commits: (Commit & { line: number })[] = [];
  const marks: SnapshotMark[] = [];
  let header: JournalHeader | undefined;
  let start = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    const done = (badLine?: number): ParsedJournal | undefined =>
      header && {
        header,
        commits,
        marks,
        validBytes: start,
        tornBytes: badLine === undefined ? bytes.length - start : 0,
        ...(badLine !== undefined && { badLine }),
      };
    if (end === -1) {
      return done();
    }
    const record = unseal(bytes.subarray(start, end));
    const commit = commitSchema.safeParse(record);
    const mark = snapshotMarkSchema.safeParse(record);
    if (line === 1) {
      header = headerSchema.safeParse(record).data;
      if (!header) {
        return undefined;
      }
    } else if (commit.success) {
      const { seq, generation, sql, runs } = commit.data;
      const statements = runs.map(([index, params]) => [sql[index] ?? "", params] as const);
      commits.push({ seq, generation, statements, line });
    } else if (mark.success) {
      marks.push(mark.data.snapshot);
    } else {
      return done(line);
    }
    start = end + 1;
  }
}

const checksumLength = 16;
const tailLength = `,"checksum":"${"0".repeat(checksumLength)}"}`.length;

/** Appends the checksum as the object's last field, and ends the line. */
function seal(record: object): string {
  const open = JSON.stringify(record).slice(0, -1);
  return `${open},"checksum":"${checksum(open)}"}\n`;
}

/** The record of a line, or undefined when its checksum is wrong. */
function unseal(line: Buffer): unknown {
  const open = line.subarray(0, -tailLength);
  if (line.subarray(-tailLength).toString() !== `,"checksum":"${checksum(open)}"}`) {
    return undefined;
  }
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}

function checksum(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, checksumLength);
}
