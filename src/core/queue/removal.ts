import { HopperError } from "../base/errors";
import { words } from "../base/words";
import type { Change } from "./change";
import { singleOf } from "./enqueue";
import type { Readiness } from "./readiness";
import { keepLastFacts } from "./mirrorChanges";
import { numbers, type PhaseState } from "./rows";
import { integer, text } from "./sqlDatabase";
import { conflict, movePhases } from "./transitions";

/**
 * Removes a phase that is not running. An unfinished one blocks what depends on it, unless
 * `dropDependencies` lets those phases forget it.
 */
export function deletePhase(
  change: Change,
  readiness: Readiness,
  phase: PhaseState,
  dropDependencies: boolean,
): void {
  if (phase.status === "running") {
    throw conflict(phase, words`A running phase must be cancelled before it can be removed`);
  }
  if (isOnlyPhase(change, phase)) {
    keepLastFacts(change, phase.planId);
  }
  if (phase.status === "completed" || dropDependencies) {
    // A removed completed phase stays satisfied: what depended on it forgets it.
    forgetDependency(change, phase);
  }
  change.run("DELETE FROM phase_queue WHERE queue_id = ?", [phase.queueId]);
  readiness.forget(phase.planId);
  change.record({
    type: "phase_removed",
    plan_id: phase.planId,
    queue_id: phase.queueId,
    phase_number: phase.number,
    from_status: phase.status,
  });
  movePhases(change, readiness.corrections(change, phase.planId));
  if (!change.get("SELECT 1 FROM phase_queue WHERE plan_id = ?", [phase.planId])) {
    deletePlan(change, readiness, phase.planId);
  }
}

function isOnlyPhase(change: Change, { planId, queueId }: PhaseState): boolean {
  const sql = "SELECT 1 FROM phase_queue WHERE plan_id = +? AND queue_id <> ? LIMIT 1";
  return change.get(sql, [planId, queueId]) === undefined;
}

/**
 * Lets a phase no longer depend on phases that were removed.
 *
 * @returns the numbers of those phases.
 */
export function dropDependencies(
  change: Change,
  readiness: Readiness,
  phase: PhaseState,
): readonly number[] {
  const removed = removedDependencies(change, phase);
  if (removed.length === 0) {
    throw conflict(phase, words`It depends on no phase that was removed`);
  }
  for (const number of removed) {
    removeFromList(change, phase.queueId, number);
    change.record({
      type: "dependency_dropped",
      plan_id: phase.planId,
      queue_id: phase.queueId,
      phase_number: phase.number,
      reason: String(number),
    });
  }
  readiness.forget(phase.planId);
  movePhases(change, readiness.corrections(change, phase.planId));
  return removed;
}

/** Numbers of phases that a phase depends on and that are gone: none of them was completed. */
function removedDependencies(change: Change, { queueId, planId }: PhaseState): number[] {
  return change
    .all(
      `SELECT value FROM phase_queue, json_each(depends_on_phases)
       WHERE queue_id = ?1 AND value NOT IN (
         SELECT phase_number FROM phase_queue WHERE plan_id = ?2)
       ORDER BY value`,
      [queueId, planId],
    )
    .map((row) => integer(row, "value"));
}

/** Removes a plan none of whose phases runs. */
export function deletePlan(change: Change, readiness: Readiness, planId: string): void {
  const running = change.get(
    "SELECT phase_number FROM phase_queue WHERE plan_id = ? AND status = 'running'",
    [planId],
  );
  if (running) {
    throw new HopperError(
      "conflict",
      words`Phase ${integer(running, "phase_number")} of the plan is running: cancel it first.`,
    );
  }
  keepLastFacts(change, planId);
  change.run("DELETE FROM phase_queue WHERE plan_id = ?", [planId]);
  if (change.run("DELETE FROM plans WHERE plan_id = ?", [planId]) === 0) {
    throw new HopperError("notFound", words`There is no plan ${planId} in this queue.`);
  }
  readiness.forget(planId);
  change.record({ type: "plan_removed", plan_id: planId });
}

/** Removes every plan all of whose phases are completed; answers their ids. */
export function deleteFinishedPlans(change: Change, readiness: Readiness): string[] {
  const rows = change.all(
    `SELECT plan_id FROM plans WHERE NOT EXISTS (
       SELECT 1 FROM phase_queue AS p WHERE p.plan_id = plans.plan_id AND p.status <> 'completed')
     ORDER BY plan_number`,
  );
  const finished = rows.map((row) => text(row, "plan_id"));
  for (const planId of finished) {
    deletePlan(change, readiness, planId);
  }
  return finished;
}

/** Takes the phase off the lists of all that depend on it. */
function forgetDependency(change: Change, { planId, number }: PhaseState): void {
  const rows = change.all(
    `SELECT queue_id FROM phase_queue WHERE plan_id = ?1
       AND EXISTS (SELECT 1 FROM json_each(depends_on_phases) AS d WHERE d.value = ?2)`,
    [planId, number],
  );
  for (const row of rows) {
    removeFromList(change, text(row, "queue_id"), number);
  }
}

function removeFromList(change: Change, queueId: string, number: number): void {
  const row = change.get("SELECT depends_on_phases FROM phase_queue WHERE queue_id = ?", [queueId]);
  const before = row ? numbers(text(row, "depends_on_phases")) : [];
  const left = before.filter((entry) => entry !== number);
  change.run(
    `UPDATE phase_queue SET depends_on_phases = ?, depends_on_phase = ?, updated_at = ?
     WHERE queue_id = ?`,
    [JSON.stringify(left), singleOf(left), change.at, queueId],
  );
}
