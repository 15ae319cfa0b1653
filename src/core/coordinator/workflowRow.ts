import type { WorkflowStatus } from "../protocol/workflows";
import type { AttemptWorkflows, PhaseNames, WorkflowItem } from "../queue/workflowReader";

/** One run of an outside program, from our own table or from an outside file. */
export interface WorkflowRow {
  /** Names the row among those of all sources. */
  readonly key: string;
  readonly queueId?: string | undefined;
  readonly issueNumber?: number | undefined;
  readonly adwId?: string | undefined;
  /** One that says to have ended, but not when, is still running. */
  readonly status: WorkflowStatus;
  readonly errorMessage?: string | undefined;
  /** As written, by whoever wrote it: it only orders the rows of one source. */
  readonly createdAt?: string | number | undefined;
  /** Orders rows of the same time. */
  readonly position: number;
}

export function ownRow(item: WorkflowItem, position: number): WorkflowRow {
  return { ...item, key: ownKey(item.workflowId), position };
}

/** Names a row of our own table among those of all sources. */
export function ownKey(workflowId: string): string {
  return `own:${workflowId}`;
}

/** What a row looked like: one whose mark has changed has something new to say. */
export function markOf({ status, adwId, createdAt }: WorkflowRow): string {
  return [status, createdAt ?? "", adwId ?? ""].join("|");
}

/** A row that names a phase is about that one alone; others by what the phase is called outside. */
export function isAbout(row: WorkflowRow, phase: PhaseNames): boolean {
  if (row.queueId !== undefined) {
    return row.queueId === phase.queueId;
  }
  return (
    (row.adwId !== undefined && row.adwId === phase.adwId) ||
    (row.issueNumber !== undefined && row.issueNumber === phase.issueNumber)
  );
}

/** Rows about a phase as an attempt remembers them. */
export function marksOf(rows: readonly WorkflowRow[]): Record<string, string> {
  return Object.fromEntries(rows.map((row) => [row.key, markOf(row)]));
}

/**
 * The row that decides on an attempt: the one that started it, else the newest of those that came or
 * changed since its claim.
 */
export function decidingRow(
  rows: readonly WorkflowRow[],
  { seen, bound }: AttemptWorkflows,
): WorkflowRow | undefined {
  const starter = bound === undefined ? undefined : rows.find(({ key }) => key === bound);
  return starter ?? newest(rows.filter((row) => seen[row.key] !== markOf(row)));
}

/** The row created last. */
export function newest(rows: readonly WorkflowRow[]): WorkflowRow | undefined {
  return [...rows].sort((a, b) => timeOf(b) - timeOf(a) || b.position - a.position)[0];
}

/** Programs write times as ISO 8601, as SQLite's `CURRENT_TIMESTAMP`, or as seconds since 1970. */
function timeOf({ createdAt = "" }: WorkflowRow): number {
  if (typeof createdAt === "number") {
    return createdAt > 1e11 ? createdAt : createdAt * 1000;
  }
  const sqlite = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)$/.exec(createdAt);
  const time = Date.parse(sqlite ? `${sqlite[1]}T${sqlite[2]}Z` : createdAt);
  return Number.isNaN(time) ? 0 : time;
}
