import {
  type AttemptItem,
  type PhaseQueueItem,
  type PlanItem,
  type QueueEvent,
  queueEventTypes,
} from "../protocol/queue";
import {
  attemptStates,
  failureReasons,
  type PhaseReason,
  type PhaseStatus,
  phaseStatuses,
  runnerKinds,
} from "../protocol/terms";
import { integer, optionalInteger, optionalText, type SqlRow, text } from "./sqlDatabase";

/** Turns rows into the shapes of the protocol, and refuses what no version of ours ever wrote. */

const outcomes = ["completed", ...failureReasons] as const;
const reasons: readonly PhaseReason[] = [...failureReasons, "skipped"];

/**
 * Columns of {@link phaseItem}, of `phase_queue AS p` joined with `plans`; `content` false leaves the
 * long texts in the database.
 */
export function phaseColumns(content: boolean): Readonly<Record<string, string>> {
  return {
    queue_id: "p.queue_id",
    plan_id: "p.plan_id",
    parent_issue: "coalesce(p.parent_issue, 0)",
    plan_number: "plans.plan_number",
    phase_number: "p.phase_number",
    label: "p.label",
    issue_number: "p.issue_number",
    status: "p.status",
    depends_on_phase: "p.depends_on_phase",
    depends_on_phases: "p.depends_on_phases",
    title: "p.title",
    content: content ? "p.phase_data ->> 'content'" : "''",
    external_docs: content ? "p.phase_data ->> 'externalDocs'" : "NULL",
    runner: "p.runner",
    priority: "p.priority",
    attempts: "(SELECT count(*) FROM attempts WHERE attempts.queue_id = p.queue_id)",
    adw_id: "p.adw_id",
    pr_number: "p.pr_number",
    reason: "p.reason",
    error_message: "p.error_message",
    created_at: "p.created_at",
    updated_at: "p.updated_at",
    ready_at: "p.ready_at",
    not_before: "p.not_before",
    started_at: "p.started_at",
    finished_at: "p.finished_at",
  };
}

export function phaseItem(row: SqlRow): PhaseQueueItem {
  return withoutUndefined({
    queue_id: text(row, "queue_id"),
    plan_id: text(row, "plan_id"),
    parent_issue: integer(row, "parent_issue"),
    plan_number: integer(row, "plan_number"),
    phase_number: integer(row, "phase_number"),
    label: text(row, "label"),
    issue_number: optionalInteger(row, "issue_number"),
    status: member(phaseStatuses, text(row, "status")),
    depends_on_phase: optionalInteger(row, "depends_on_phase"),
    depends_on_phases: numbers(text(row, "depends_on_phases")),
    phase_data: phaseTexts(row),
    runner: text(row, "runner"),
    priority: integer(row, "priority"),
    attempts: integer(row, "attempts"),
    adw_id: optionalText(row, "adw_id"),
    pr_number: optionalInteger(row, "pr_number"),
    reason: optionalMember(reasons, optionalText(row, "reason")),
    error_message: optionalText(row, "error_message"),
    created_at: text(row, "created_at"),
    updated_at: text(row, "updated_at"),
    ready_at: optionalText(row, "ready_at"),
    not_before: optionalText(row, "not_before"),
    started_at: optionalText(row, "started_at"),
    finished_at: optionalText(row, "finished_at"),
  });
}

function phaseTexts(row: SqlRow): PhaseQueueItem["phase_data"] {
  const documents = optionalText(row, "external_docs");
  return {
    title: text(row, "title"),
    content: text(row, "content"),
    ...(documents !== undefined && { externalDocs: strings(documents) }),
  };
}

export function planItem(row: SqlRow): PlanItem {
  return withoutUndefined({
    plan_id: text(row, "plan_id"),
    plan_number: integer(row, "plan_number"),
    title: text(row, "title"),
    source_path: optionalText(row, "source_path"),
    source_sha256: text(row, "source_sha256"),
    parent_issue: optionalInteger(row, "parent_issue") ?? 0,
    runner: text(row, "runner"),
    paused_reason: optionalText(row, "paused_reason"),
    created_at: text(row, "created_at"),
  });
}

export function attemptItem(row: SqlRow): AttemptItem {
  const stored = optionalText(row, "evidence");
  const evidence: unknown = stored === undefined ? undefined : JSON.parse(stored);
  return withoutUndefined({
    attempt_id: text(row, "attempt_id"),
    queue_id: text(row, "queue_id"),
    attempt_number: integer(row, "attempt_number"),
    runner: text(row, "runner"),
    runner_kind: optionalMember(runnerKinds, optionalText(row, "runner_kind")),
    timeout: optionalInteger(row, "timeout"),
    idle_timeout: optionalInteger(row, "idle_timeout"),
    command: strings(text(row, "command")),
    state: member(attemptStates, text(row, "state")),
    pid: optionalInteger(row, "pid"),
    pid_started_at: optionalText(row, "pid_started_at"),
    started_at: text(row, "started_at"),
    reported_at: optionalText(row, "reported_at"),
    heartbeat_at: optionalText(row, "heartbeat_at"),
    progress: optionalText(row, "progress"),
    finished_at: optionalText(row, "finished_at"),
    stop_requested: optionalMember(failureReasons, optionalText(row, "stop_requested")),
    exit_code: optionalInteger(row, "exit_code"),
    signal: optionalText(row, "signal"),
    outcome: optionalMember(outcomes, optionalText(row, "outcome")),
    evidence,
    log_bytes: optionalInteger(row, "log_bytes"),
  });
}

export function eventItem(row: SqlRow): QueueEvent {
  const from = optionalText(row, "from_status");
  const to = optionalText(row, "to_status");
  return withoutUndefined({
    event_id: integer(row, "event_id"),
    at: text(row, "at"),
    type: member(queueEventTypes, text(row, "type")),
    plan_id: optionalText(row, "plan_id"),
    queue_id: optionalText(row, "queue_id"),
    phase_number: optionalInteger(row, "phase_number"),
    from_status: optionalMember(phaseStatuses, from),
    to_status: optionalMember(phaseStatuses, to),
    reason: optionalText(row, "reason"),
  });
}

/** The part of a phase that decides what may happen to it; cheap to read. */
export interface PhaseState {
  readonly queueId: string;
  readonly planId: string;
  readonly number: number;
  readonly status: PhaseStatus;
  readonly runner: string;
  readonly attemptId?: string;
  readonly errorMessage?: string;
}

export const phaseStateColumns =
  "queue_id, plan_id, phase_number, status, runner, attempt_id, error_message";

/** The same columns for a list. */
export const phaseStateFields: Readonly<Record<string, string>> = Object.fromEntries(
  phaseStateColumns.split(", ").map((column) => [column, column]),
);

export function phaseState(row: SqlRow): PhaseState {
  return withoutUndefined({
    queueId: text(row, "queue_id"),
    planId: text(row, "plan_id"),
    number: integer(row, "phase_number"),
    status: member(phaseStatuses, text(row, "status")),
    runner: text(row, "runner"),
    attemptId: optionalText(row, "attempt_id"),
    errorMessage: optionalText(row, "error_message"),
  });
}

/** A JSON list of phase numbers. */
export function numbers(json: string): number[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "number") : [];
}

/** A JSON list of texts. */
function strings(json: string): string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

type WithoutUndefined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** Leaves out fields that hold undefined, so that a missing value is missing in JSON and in types. */
function withoutUndefined<T extends object>(value: T): WithoutUndefined<T>;
function withoutUndefined(value: Readonly<Record<string, unknown>>): object {
  // A loop, since lists are long: building entries and an object from them takes ten times as long.
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const entry = value[key];
    if (entry !== undefined) {
      result[key] = entry;
    }
  }
  return result;
}

export function phaseStatus(value: string): PhaseStatus {
  return member(phaseStatuses, value);
}

export function phaseReason(value: string): PhaseReason {
  return member(reasons, value);
}

function member<T extends string>(set: readonly T[], value: string): T {
  const found = set.find((entry) => entry === value);
  if (found === undefined) {
    throw new TypeError(`"${value}" is none of ${set.join(", ")}`);
  }
  return found;
}

function optionalMember<T extends string>(
  set: readonly T[],
  value: string | undefined,
): T | undefined {
  return value === undefined ? undefined : member(set, value);
}
