import { randomUUID } from "node:crypto";
import { HopperError } from "../base/errors";
import { withoutSecrets } from "../base/secrets";
import { words } from "../base/words";
import type { WorkflowEntry } from "../protocol/workflows";
import type { Change, NewEvent } from "./change";
import { integer, text } from "./sqlDatabase";
import type { AttemptWorkflows } from "./workflowReader";

/**
 * Writes a row of `workflow_history`; answers its id. A workflow that has ended without saying when
 * has ended now. What an entry for an earlier row leaves out stays as it was.
 *
 * @param late the row is kept, and decides on nothing: what it speaks of was settled before.
 * @throws HopperError `notFound` when the entry names an earlier row that is not there.
 */
export function writeWorkflow(change: Change, entry: WorkflowEntry, late = false): string {
  const hasEnded = entry.status === "completed" || entry.status === "failed";
  const values = [
    entry.queueId ?? null,
    entry.issueNumber ?? null,
    entry.adwId ?? null,
    entry.status,
    entry.errorMessage === undefined ? null : withoutSecrets(entry.errorMessage),
    entry.startTime ?? null,
    entry.endTime ?? (hasEnded ? change.at : null),
    change.at,
  ];
  if (entry.workflowId === undefined) {
    const workflowId = randomUUID();
    change.run(insertWorkflow, [...values, workflowId, late ? 1 : 0]);
    return workflowId;
  }
  if (change.run(updateWorkflow, [...values, entry.workflowId]) === 0) {
    throw new HopperError(
      "notFound",
      words`There is no workflow ${entry.workflowId} in this queue.`,
    );
  }
  return entry.workflowId;
}

/** Ties a phase to what outside programs call it; what is not given stays as it was. */
export function linkPhase(
  change: Change,
  queueId: string,
  { issueNumber, adwId }: { readonly issueNumber?: number; readonly adwId?: string },
): void {
  const linked = change.run(
    `UPDATE phase_queue SET issue_number = coalesce(?2, issue_number), adw_id = coalesce(?3, adw_id)
     WHERE queue_id = ?1 AND (issue_number IS NOT coalesce(?2, issue_number)
       OR adw_id IS NOT coalesce(?3, adw_id))`,
    [queueId, issueNumber ?? null, adwId ?? null],
  );
  if (linked > 0) {
    recordOf(change, queueId, { type: "phase_linked" });
  }
}

/** Announces something that moves no phase. */
function recordOf(change: Change, queueId: string, event: Pick<NewEvent, "type" | "reason">): void {
  const sql = "SELECT plan_id, phase_number FROM phase_queue WHERE queue_id = ?";
  const row = change.get(sql, [queueId]);
  if (row) {
    const phase = { plan_id: text(row, "plan_id"), phase_number: integer(row, "phase_number") };
    change.record({ ...event, ...phase, queue_id: queueId });
  }
}

/** Remembers which rows of outside programs do not speak of this attempt, or which one does. */
export function noteWorkflows(
  change: Change,
  attemptId: string,
  workflows: AttemptWorkflows,
): void {
  change.run("UPDATE attempts SET workflows = ? WHERE attempt_id = ?", [
    JSON.stringify(workflows),
    attemptId,
  ]);
}

/** @param tokenSha256 of the one token that can report on this attempt from now on. */
export function noteToken(change: Change, attemptId: string, tokenSha256: string): void {
  change.run("UPDATE attempts SET token_sha256 = ? WHERE attempt_id = ?", [tokenSha256, attemptId]);
}

/** Answers false, with nothing noted, for an attempt that has ended. */
export function noteHeartbeat(change: Change, attemptId: string, said?: string): boolean {
  const progress = said && withoutSecrets(said);
  const before = change.get("SELECT queue_id, progress FROM attempts WHERE attempt_id = ?", [
    attemptId,
  ]);
  const noted = change.run(
    `UPDATE attempts SET heartbeat_at = ?, progress = coalesce(?, progress)
     WHERE attempt_id = ? AND state <> 'ended'`,
    [change.at, progress ?? null, attemptId],
  );
  const isNew = progress !== undefined && before?.["progress"] !== progress;
  if (noted > 0 && before && isNew) {
    recordOf(change, text(before, "queue_id"), { type: "attempt_progress", reason: progress });
  }
  return noted > 0;
}

/** Keeps a report on an open attempt whose own process decides how it ends. */
export function noteEvidence(change: Change, attemptId: string, evidence: unknown): void {
  change.run("UPDATE attempts SET evidence = ? WHERE attempt_id = ? AND state <> 'ended'", [
    withoutSecrets(JSON.stringify(evidence)),
    attemptId,
  ]);
}

const insertWorkflow = `
  INSERT INTO workflow_history (queue_id, issue_number, adw_id, status, error_message, start_time,
    end_time, created_at, updated_at, workflow_id, late)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10)`;

const updateWorkflow = `
  UPDATE workflow_history SET
    queue_id = coalesce(?1, queue_id),
    issue_number = coalesce(?2, issue_number),
    adw_id = coalesce(?3, adw_id),
    status = ?4,
    error_message = coalesce(?5, error_message),
    start_time = coalesce(?6, start_time),
    end_time = ?7,
    updated_at = ?8
  WHERE workflow_id = ?9`;
