import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import * as z from "zod";
import type { SqlParams, SqlValue } from "./sqlDatabase";

/**
 * The journal is text: one JSON object per line, each ending in a checksum of what stands before it.
 * The first line is the header; the others are commits and marks of snapshots.
 */

const headerSchema = z.object({
  journal: z.literal("phase-hopper"),
  /** Number of this pair of snapshot and journal; each new pair counts one up. */
  generation: z.int(),
  /** The last commit that the snapshot holds. */
  seq: z.int(),
  /** The snapshot's checksum; null where the journal starts from an empty database. */
  sha256: z.string().nullable(),
  schema: z.int(),
  /** Statements that the lines may name by number; there is no such list in older journals. */
  statements: z.array(z.string()).readonly().default([]),
});
export type JournalHeader = z.infer<typeof headerSchema>;

/** A commit as its line says it. */
interface CommitRecord {
  readonly seq: number;
  readonly generation: number;
  /** The texts of statements that the header does not list, each once. */
  readonly sql: readonly string[];
  /** What is run: an index into `sql`, or -1 and below into the header's list; and the parameters. */
  readonly runs: readonly (readonly [index: number, params: SqlParams])[];
}

/** A statement with its parameters. */
export type Run = readonly [sql: string, params: SqlParams];

/** Text of a line, or the bytes of it where it is long. */
type Piece = string | Uint8Array;

/** A statement whose parameters somebody wrote as JSON before: one text in pieces. */
export interface WrittenRun {
  readonly sql: string;
  readonly json: readonly Piece[];
}

/** One transaction: its statements with their parameters. Times and ids are parameters. */
export interface Commit {
  readonly seq: number;
  readonly generation: number;
  readonly statements: readonly Run[];
}

const snapshotMarkSchema = z.object({
  snapshot: z.object({ seq: z.int(), sha256: z.string(), generation: z.int() }),
});
/** Says, in the journal before it, which snapshot is about to take over. */
export type SnapshotMark = z.infer<typeof snapshotMarkSchema>["snapshot"];

/** A journal as read. */
export interface ParsedJournal {
  readonly header: JournalHeader;
  /** Commits up to the first wrong line. */
  readonly commits: readonly (Commit & { readonly line: number })[];
  readonly marks: readonly SnapshotMark[];
  /** Bytes of whole, right lines up to the first that is not. */
  readonly validBytes: number;
  /** Bytes of an unfinished last line: what a crash in the middle of an append leaves. */
  readonly tornBytes: number;
  /** The first wrong line that is not an unfinished end, 1-based. */
  readonly badLine?: number;
  /** Commits behind the first wrong line, for a repair. */
  readonly stranded: readonly (Commit & { readonly line: number })[];
}

/** Where each statement stands in a header's list. */
export type StatementNumbers = ReadonlyMap<string, number>;

export function numberStatements(statements: readonly string[]): StatementNumbers {
  return new Map(statements.map((sql, index) => [sql, index]));
}

export function encodeHeader(
  header: Omit<JournalHeader, "journal" | "statements"> & Partial<JournalHeader>,
): Buffer {
  return seal(opened({ journal: "phase-hopper", ...header }));
}

/** A commit to be written. */
export interface NewCommit extends Omit<Commit, "statements"> {
  readonly statements: readonly (Run | WrittenRun)[];
}

/** @param numbers the statements that the header of the line's journal lists. */
export function encodeCommit(
  { seq, generation, statements }: NewCommit,
  numbers: StatementNumbers = new Map(),
): Buffer {
  const indexes = new Map<string, number>();
  const indexOf = (sql: string): number => {
    const number = numbers.get(sql);
    if (number !== undefined) {
      return -1 - number;
    }
    const index = indexes.get(sql) ?? indexes.size;
    indexes.set(sql, index);
    return index;
  };
  const runs: Piece[] = [];
  for (const run of statements) {
    const before = runs.length === 0 ? "[" : ",[";
    if ("json" in run) {
      runs.push(`${before}${indexOf(run.sql)},`, ...run.json, "]");
    } else {
      const [sql, params] = run;
      runs.push(`${before}${indexOf(sql)},${JSON.stringify(params)}]`);
    }
  }
  const sql = JSON.stringify([...indexes.keys()]);
  const head = `{"seq":${seq},"generation":${generation},"sql":${sql},"runs":[`;
  return seal([head, ...runs, "]"]);
}

export function encodeSnapshotMark(snapshot: SnapshotMark): Buffer {
  return seal(opened({ snapshot }));
}

/**
 * Reads a journal's bytes.
 *
 * @param beforeEach called before each line.
 * @returns undefined when not even the header can be read.
 */
export function parseJournal(bytes: Buffer, beforeEach?: () => void): ParsedJournal | undefined {
  const [first, ...lines] = linesOf(bytes);
  const header = first?.ended ? headerSchema.safeParse(unseal(first.content)).data : undefined;
  if (!first || !header) {
    return undefined;
  }
  const commits: (Commit & { line: number })[] = [];
  const stranded: (Commit & { line: number })[] = [];
  const marks: SnapshotMark[] = [];
  let validBytes = first.end;
  let tornBytes = 0;
  let badLine: number | undefined;
  for (const [index, { content, end, ended }] of lines.entries()) {
    beforeEach?.();
    const line = index + 2;
    const record = ended ? decode(unseal(content), header.statements) : undefined;
    if (record?.commit) {
      (badLine === undefined ? commits : stranded).push({ ...record.commit, line });
    } else if (record?.mark) {
      marks.push(record.mark);
    } else if (end === bytes.length && isUnfinished(content, ended) && badLine === undefined) {
      tornBytes = end - validBytes;
    } else {
      badLine ??= line;
    }
    if (badLine === undefined && tornBytes === 0) {
      validBytes = end;
    }
  }
  const parsed = { header, commits, marks, validBytes, tornBytes, stranded };
  return badLine === undefined ? parsed : { ...parsed, badLine };
}

/** The marks among the whole lines of a piece of a journal. */
export function marksIn(bytes: Buffer): SnapshotMark[] {
  return linesOf(bytes).flatMap(({ content, ended }) => {
    const mark = ended ? decode(unseal(content), [])?.mark : undefined;
    return mark ? [mark] : [];
  });
}

interface Line {
  readonly content: Buffer;
  /** Where the next line begins. */
  readonly end: number;
  /** False for a last line without its line feed. */
  readonly ended: boolean;
}

function linesOf(bytes: Buffer): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(0x0a, start);
    const ended = found !== -1;
    const stop = ended ? found : bytes.length;
    const end = ended ? found + 1 : stop;
    lines.push({ content: bytes.subarray(start, stop), end, ended });
    start = end;
  }
  return lines;
}

/**
 * Whether a wrong last line is what a power cut leaves of an append: its end is missing, or parts of
 * it never reached the disk and read as zeros, which no whole line holds.
 */
function isUnfinished(content: Buffer, ended: boolean): boolean {
  return !ended || content.includes(0);
}

function decode(
  record: unknown,
  listed: readonly string[],
): { commit?: Commit; mark?: SnapshotMark } | undefined {
  if (typeof record !== "object" || record === null) {
    return undefined;
  }
  if ("snapshot" in record) {
    const mark = snapshotMarkSchema.safeParse(record).data;
    return mark && { mark: mark.snapshot };
  }
  if (!isCommitRecord(record)) {
    return undefined;
  }
  const { seq, generation, sql, runs } = record;
  const statements = runs.map(
    ([index, params]) => [(index < 0 ? listed[-1 - index] : sql[index]) ?? "", params] as const,
  );
  return { commit: { seq, generation, statements } };
}

/**
 * By hand, unlike the other records: a journal has thousands of these, and to hold them against a schema takes
 * longer than all else that is done to read them.
 */
function isCommitRecord(record: object): record is CommitRecord {
  return (
    "seq" in record &&
    Number.isSafeInteger(record.seq) &&
    "generation" in record &&
    Number.isSafeInteger(record.generation) &&
    "sql" in record &&
    isList(record.sql) &&
    record.sql.every((text) => typeof text === "string") &&
    "runs" in record &&
    isList(record.runs) &&
    record.runs.every(isRunRecord)
  );
}

function isRunRecord(run: unknown): boolean {
  if (!isList(run)) {
    return false;
  }
  const [index, params, ...others] = run;
  return (
    Number.isSafeInteger(index) && isList(params) && params.every(isSqlValue) && others.length === 0
  );
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isSqlValue(value: unknown): value is SqlValue {
  return value === null || typeof value === "string" || Number.isFinite(value);
}

const checksumLength = 16;
const tailOf = (checksum: string): string => `,"checksum":"${checksum}"}`;
const emptyTail = tailOf("0".repeat(checksumLength));
const tailLength = emptyTail.length;

/** A record's JSON without its last brace. */
function opened(record: object): readonly Piece[] {
  return [JSON.stringify(record).slice(0, -1)];
}

/**
 * Appends the checksum as the object's last field, and ends the line. Each piece is written to its place once,
 * the checksum as well: copies of a line of megabytes, and of its thousands of pieces, take longer than to hash it.
 */
function seal(pieces: readonly Piece[]): Buffer {
  const end = `${emptyTail}\n`;
  const sizes = pieces.map((piece) => Buffer.byteLength(piece));
  const line = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + size, end.length));
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    if (typeof piece === "string") {
      line.write(piece, at);
    } else {
      line.set(piece, at);
    }
    at += sizes[index] ?? 0;
  }
  line.write(end, at);
  line.write(tailOf(checksum(line.subarray(0, at))), at);
  return line;
}

/** The record of a line, or undefined when its checksum is wrong. */
function unseal(line: Buffer): unknown {
  const open = line.subarray(0, -tailLength);
  if (line.subarray(-tailLength).toString() !== tailOf(checksum(open))) {
    return undefined;
  }
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}

function checksum(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, checksumLength);
}
