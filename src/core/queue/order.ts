import { HopperError } from "../base/errors";
import { words } from "../base/words";
import type { Change } from "./change";
import { positionsPerPlan } from "./enqueue";
import { numbers, type PhaseState } from "./rows";
import { integer, type SqlDatabase, text } from "./sqlDatabase";
import { conflict } from "./transitions";

/** Ids of the plans in the order in which they are started, as far as nothing holds them back. */
export function planOrder(reading: Pick<SqlDatabase, "all">): string[] {
  return orderedPlans(reading).map(({ planId }) => planId);
}

/** Numbers of a plan's phases in the order in which they are started once they are ready. */
export function phaseOrder(reading: Pick<SqlDatabase, "all">, planId: string): number[] {
  return reading
    .all(
      `SELECT phase_number FROM phase_queue WHERE plan_id = ?
       ORDER BY priority, queue_position, phase_number`,
      [planId],
    )
    .map((row) => integer(row, "phase_number"));
}

/**
 * Puts a plan before another one in the order of starting, or behind all.
 *
 * @throws HopperError `conflict` where their priorities decide on the order.
 */
export function movePlan(change: Change, planId: string, before: string | undefined): void {
  const plans = orderedPlans(change);
  const moved = plans.find((plan) => plan.planId === planId);
  const other = plans.find((plan) => plan.planId === before);
  if (!moved || (before !== undefined && !other)) {
    throw new HopperError(
      "notFound",
      words`There is no plan ${moved ? String(before) : planId} in this queue.`,
    );
  }
  const alike = plans.filter(({ priority }) => priority === moved.priority);
  if (other && !alike.includes(other) && alike.at(-1) !== plans[plans.indexOf(other) - 1]) {
    throw new HopperError(
      "conflict",
      words`The plan has priority ${moved.priority}, the other one ${other.priority}: the more urgent one goes first.`,
    );
  }
  const rest = alike.filter((plan) => plan !== moved);
  const at = other && rest.includes(other) ? rest.indexOf(other) : rest.length;
  const after = rest.toSpliced(at, 0, moved);
  // The same places dealt out anew, so that what is enqueued later goes behind all of them.
  const bases = alike.map(({ base }) => base).sort((a, b) => a - b);
  for (const [index, plan] of after.entries()) {
    const distance = (bases[index] ?? plan.base) - plan.base;
    if (distance !== 0) {
      change.run("UPDATE phase_queue SET queue_position = queue_position + ? WHERE plan_id = ?", [
        distance,
        plan.planId,
      ]);
    }
  }
  change.record({ type: "plan_moved", plan_id: planId });
}

/**
 * Puts a phase that has not started before another one of its plan, or behind all.
 *
 * @throws HopperError `conflict` where the phase has started, or what it waits for decides.
 */
export function movePhase(change: Change, phase: PhaseState, before: string | undefined): void {
  if (!isWaiting(phase)) {
    throw conflict(phase, words`Only a phase that has not started can be moved`);
  }
  const rows = change
    .all(
      `SELECT queue_id, phase_number, status, depends_on_phases, queue_position FROM phase_queue
       WHERE plan_id = ? ORDER BY queue_position, phase_number`,
      [phase.planId],
    )
    .map((row) => ({
      queueId: text(row, "queue_id"),
      number: integer(row, "phase_number"),
      dependsOn: numbers(text(row, "depends_on_phases")),
      position: integer(row, "queue_position"),
    }));
  const moved = rows.find(({ queueId }) => queueId === phase.queueId);
  const rest = rows.filter((row) => row !== moved);
  const at = before === undefined ? rest.length : rest.findIndex((row) => row.queueId === before);
  if (!moved || at === -1) {
    throw new HopperError("notFound", words`There is no phase ${String(before)} in this plan.`);
  }
  const later = rest.slice(at).find(({ number }) => moved.dependsOn.includes(number));
  const earlier = rest.slice(0, at).find(({ dependsOn }) => dependsOn.includes(moved.number));
  const wasLater = later && rows.indexOf(later) > rows.indexOf(moved);
  const wasEarlier = earlier && rows.indexOf(earlier) < rows.indexOf(moved);
  if (later && !wasLater) {
    throw conflict(
      phase,
      words`It waits for Phase ${later.number}, so it cannot go before that one`,
    );
  }
  if (earlier && !wasEarlier) {
    throw conflict(
      phase,
      words`Phase ${earlier.number} waits for it, so it cannot go behind that one`,
    );
  }
  const base = baseOf(Math.min(...rows.map(({ position }) => position)));
  for (const [index, row] of rest.toSpliced(at, 0, moved).entries()) {
    if (row.position !== base + index) {
      change.run("UPDATE phase_queue SET queue_position = ? WHERE queue_id = ?", [
        base + index,
        row.queueId,
      ]);
    }
  }
  change.record({
    type: "phase_moved",
    plan_id: phase.planId,
    queue_id: phase.queueId,
    phase_number: phase.number,
  });
}

function isWaiting({ status }: PhaseState): boolean {
  return status === "queued" || status === "ready" || status === "blocked";
}

interface PlacedPlan {
  readonly planId: string;
  readonly priority: number;
  /** The position from which its phases count. */
  readonly base: number;
}

function orderedPlans(reading: Pick<SqlDatabase, "all">): PlacedPlan[] {
  return reading
    .all(
      `SELECT plan_id, min(priority) AS priority, min(queue_position) AS position FROM phase_queue
       GROUP BY plan_id ORDER BY 2, 3`,
    )
    .map((row) => ({
      planId: text(row, "plan_id"),
      priority: integer(row, "priority"),
      base: baseOf(integer(row, "position")),
    }));
}

function baseOf(position: number): number {
  return Math.floor(position / positionsPerPlan) * positionsPerPlan;
}
