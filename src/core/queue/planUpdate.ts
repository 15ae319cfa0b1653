import { HopperError } from "../base/errors";
import { words } from "../base/words";
import type { Change } from "./change";
import { insertPhases, type NewPhase, singleOf } from "./enqueue";
import type { Readiness } from "./readiness";
import { phaseState, phaseStateColumns, type PhaseState } from "./rows";
import { integer } from "./sqlDatabase";
import { conflict, movePhases } from "./transitions";

/** How a stored plan is brought up to its file; every number is the one after the update. */
export interface PlanUpdate {
  readonly planId: string;
  readonly plan?: {
    readonly title: string;
    readonly context: string;
    /** Given when nothing differs from the file any more. */
    readonly sourceSha256?: string;
  };
  /** Queue ids of phases that leave the queue. */
  readonly removed: readonly string[];
  /** Every phase that stays, by queue id: its number, and what it depends on. */
  readonly kept: ReadonlyMap<string, Pick<NewPhase, "number" | "dependsOn">>;
  /** Of those that stay, the new texts of some. */
  readonly updated: ReadonlyMap<string, NewPhase>;
  readonly added: readonly NewPhase[];
}

/**
 * Brings a plan up to its file.
 *
 * @throws HopperError `conflict` when a phase to remove is running, or one to update was started.
 */
export function storeUpdate(change: Change, readiness: Readiness, update: PlanUpdate): void {
  const { planId } = update;
  change.record({ type: "plan_updated", plan_id: planId });
  for (const queueId of update.removed) {
    removeOne(change, required(change, planId, queueId));
  }
  renumber(change, planId, update.kept);
  for (const [queueId, phase] of update.updated) {
    updateOne(change, required(change, planId, queueId), phase);
  }
  addAll(change, planId, update.added);
  if (update.plan) {
    const { title, context, sourceSha256 } = update.plan;
    change.run(
      `UPDATE plans SET title = ?1, context = CAST(?2 AS TEXT),
         source_sha256 = coalesce(?3, source_sha256) WHERE plan_id = ?4`,
      [title, context, sourceSha256 ?? null, planId],
    );
  }
  readiness.forget(planId);
  movePhases(change, readiness.corrections(change, planId));
}

function removeOne(change: Change, phase: PhaseState): void {
  if (phase.status === "running") {
    throw conflict(phase, words`A running phase must be cancelled before it can be removed`);
  }
  change.run("DELETE FROM phase_queue WHERE queue_id = ?", [phase.queueId]);
  change.record({
    type: "phase_removed",
    plan_id: phase.planId,
    queue_id: phase.queueId,
    phase_number: phase.number,
    from_status: phase.status,
  });
}

/** Gives the phases that stay their numbers and dependencies, where those are others. */
function renumber(change: Change, planId: string, kept: PlanUpdate["kept"]): void {
  const rows = change.all(
    "SELECT queue_id, phase_number, depends_on_phases FROM phase_queue WHERE plan_id = ?",
    [planId],
  );
  const moved = rows.flatMap((row) => {
    const after = kept.get(String(row["queue_id"]));
    const list = JSON.stringify(after?.dependsOn);
    const same =
      integer(row, "phase_number") === after?.number && row["depends_on_phases"] === list;
    return after && !same ? [{ queueId: String(row["queue_id"]), ...after, list }] : [];
  });
  // Out of the way first: no two phases of a plan may have one number, not even for a moment.
  for (const { queueId } of moved) {
    change.run("UPDATE phase_queue SET phase_number = -1 - phase_number WHERE queue_id = ?", [
      queueId,
    ]);
  }
  for (const { queueId, number, dependsOn, list } of moved) {
    change.run(
      `UPDATE phase_queue SET phase_number = ?, depends_on_phases = ?, depends_on_phase = ?,
         updated_at = ? WHERE queue_id = ?`,
      [number, list, singleOf(dependsOn), change.at, queueId],
    );
    change.record({
      type: "phase_updated",
      plan_id: planId,
      queue_id: queueId,
      phase_number: number,
      reason: "numbers",
    });
  }
}

function updateOne(change: Change, phase: PhaseState, text: NewPhase): void {
  if (phase.status === "running" || phase.status === "completed") {
    throw conflict(phase, words`A phase keeps the text it was started with`);
  }
  change.run(
    `UPDATE phase_queue SET label = ?1, title = ?2, phase_data = CAST(?3 AS TEXT), runner = ?4,
       start_line = ?5, updated_at = ?6 WHERE queue_id = ?7`,
    [
      text.label,
      text.data.title,
      JSON.stringify(text.data),
      text.runner,
      text.startLine,
      change.at,
      phase.queueId,
    ],
  );
  change.record({
    type: "phase_updated",
    plan_id: phase.planId,
    queue_id: phase.queueId,
    phase_number: phase.number,
    reason: "text",
  });
}

function addAll(change: Change, planId: string, added: readonly NewPhase[]): void {
  const beside = change.get(
    `SELECT parent_issue, priority, max(queue_position) AS position FROM phase_queue
     WHERE plan_id = ? GROUP BY parent_issue, priority ORDER BY priority LIMIT 1`,
    [planId],
  );
  const parentIssue = beside?.["parent_issue"];
  insertPhases(change, added, {
    planId,
    parentIssue: typeof parentIssue === "number" ? parentIssue : undefined,
    priority: beside ? integer(beside, "priority") : 50,
    position: beside ? integer(beside, "position") : 0,
  });
}

function required(change: Change, planId: string, queueId: string): PhaseState {
  const row = change.get(
    `SELECT ${phaseStateColumns} FROM phase_queue WHERE plan_id = ? AND queue_id = ?`,
    [planId, queueId],
  );
  if (!row) {
    throw new HopperError("notFound", words`There is no phase ${queueId} in this plan.`);
  }
  return phaseState(row);
}
