import { createHash } from "node:crypto";
import * as z from "zod";
import { parseJson } from "../base/validate";
import type { AttemptItem } from "../protocol/queue";
import { type WorkflowStatus, workflowStatuses } from "../protocol/workflows";
import { attemptItem, type PhaseState, phaseState, phaseStateColumns } from "./rows";
import { optionalInteger, optionalText, type SqlDatabase, type SqlRow, text } from "./sqlDatabase";

const attemptWorkflowsSchema = z.object({
  /** Rows that were there at the claim, by key, with what told their state then. */
  seen: z.record(z.string(), z.string()),
  /** The outside file whose rows are among them; without one its next reading is remembered first. */
  file: z.exactOptional(z.string()),
  /** The key of the row that started the attempt: it alone decides. */
  bound: z.exactOptional(z.string()),
});

/** What an `external` attempt remembers of outside programs' rows. */
export type AttemptWorkflows = Readonly<z.infer<typeof attemptWorkflowsSchema>>;

/** What a phase is called by outside programs. */
export interface PhaseNames {
  readonly queueId: string;
  readonly issueNumber?: number | undefined;
  readonly adwId?: string | undefined;
}

/** A row of our own `workflow_history`. */
export interface WorkflowItem {
  readonly workflowId: string;
  readonly queueId: string | undefined;
  readonly issueNumber: number | undefined;
  readonly adwId: string | undefined;
  readonly status: WorkflowStatus;
  readonly errorMessage: string | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A phase that waits for an outside program, or may be started by one. */
export interface ExternalPhase extends PhaseNames {
  readonly state: PhaseState;
  readonly readyAt: string | undefined;
}

/** What is stored of outside programs: their runs, and what attempts have to do with them. */
export class WorkflowReader {
  constructor(private readonly database: Pick<SqlDatabase, "get" | "all">) {}

  /** Rows of our own table that could speak of this phase as it is now: late reports do not. */
  about({ queueId, issueNumber, adwId }: PhaseNames): WorkflowItem[] {
    const sql = `SELECT * FROM workflow_history
      WHERE (queue_id = ?1 OR issue_number = ?2 OR adw_id = ?3) AND late = 0
      ORDER BY created_at, rowid`;
    return this.database.all(sql, [queueId, issueNumber ?? null, adwId ?? null]).map(workflowItem);
  }

  /** Phases with one of these runners that are ready or run. */
  externalPhases(runners: readonly string[]): ExternalPhase[] {
    const places = runners.map(() => "?").join(", ");
    const sql = `SELECT ${phaseStateColumns}, issue_number, adw_id, ready_at FROM phase_queue
      WHERE status = 'running' OR (status = 'ready' AND runner IN (${places}))
      ORDER BY queue_position, phase_number`;
    return this.database.all(sql, runners).map(externalPhase);
  }

  /** What the phases are called that outside programs could still speak of. */
  namesOfOpen(runners: readonly string[]): {
    readonly queueIds: string[];
    readonly issueNumbers: number[];
    readonly adwIds: string[];
  } {
    const places = runners.map(() => "?").join(", ");
    const sql = `SELECT queue_id, issue_number, adw_id FROM phase_queue
      WHERE status = 'running' OR (status <> 'completed' AND runner IN (${places}))`;
    const names = this.database.all(sql, runners).map(phaseNames);
    return {
      queueIds: names.map(({ queueId }) => queueId),
      issueNumbers: names.flatMap(({ issueNumber }) => issueNumber ?? []),
      adwIds: names.flatMap(({ adwId }) => adwId ?? []),
    };
  }

  /** What a phase is called by outside programs. */
  namesOf(queueId: string): PhaseNames {
    const sql = "SELECT queue_id, issue_number, adw_id FROM phase_queue WHERE queue_id = ?";
    const row = this.database.get(sql, [queueId]);
    return row ? phaseNames(row) : { queueId };
  }

  /** Phases of a GitHub issue, those that changed last first. */
  phasesOfIssue(issueNumber: number): PhaseState[] {
    const sql = `SELECT ${phaseStateColumns} FROM phase_queue WHERE issue_number = ?
      ORDER BY updated_at DESC, queue_position DESC`;
    return this.database.all(sql, [issueNumber]).map(phaseState);
  }

  /** What an attempt remembers of outside programs' rows. */
  ofAttempt(attemptId: string): AttemptWorkflows {
    const sql = "SELECT workflows FROM attempts WHERE attempt_id = ?";
    const row = this.database.get(sql, [attemptId]);
    const json = row && optionalText(row, "workflows");
    return json === undefined
      ? { seen: {} }
      : parseJson(attemptWorkflowsSchema, json, "A stored attempt", "damaged");
  }

  /** The attempt that this token was made for, whether or not it has ended. */
  attemptOfToken(token: string): AttemptItem | undefined {
    const sql = "SELECT * FROM attempts WHERE token_sha256 = ?";
    const row = this.database.get(sql, [tokenDigest(token)]);
    return row && attemptItem(row);
  }
}

/** All that is stored of a token; looked up as a whole, so that nothing is learnt from its time. */
export function tokenDigest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function phaseNames(row: SqlRow): PhaseNames {
  return {
    queueId: text(row, "queue_id"),
    issueNumber: optionalInteger(row, "issue_number"),
    adwId: optionalText(row, "adw_id"),
  };
}

function externalPhase(row: SqlRow): ExternalPhase {
  return {
    ...phaseNames(row),
    state: phaseState(row),
    readyAt: optionalText(row, "ready_at"),
  };
}

function workflowItem(row: SqlRow): WorkflowItem {
  const status = text(row, "status");
  return {
    workflowId: text(row, "workflow_id"),
    queueId: optionalText(row, "queue_id"),
    issueNumber: optionalInteger(row, "issue_number"),
    adwId: optionalText(row, "adw_id"),
    status: workflowStatuses.find((known) => known === status) ?? "pending",
    errorMessage: optionalText(row, "error_message"),
    createdAt: text(row, "created_at"),
    updatedAt: text(row, "updated_at"),
  };
}
