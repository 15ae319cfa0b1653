import { randomUUID } from "node:crypto";
import type { PhaseData } from "../protocol/queue";
import type { Change } from "./change";
import { readConfig, writeConfig } from "./config";
import { insertPhase } from "./frequentStatements";

/** A plan to store, its phases in number order. */
export interface NewPlan {
  readonly title: string;
  readonly sourcePath?: string;
  readonly sourceSha256: string;
  readonly context: string;
  readonly parentIssue?: number;
  readonly runner: string;
  readonly priority: number;
  readonly phases: readonly NewPhase[];
  /** A plan that is removed in the same change: the one this plan replaces. */
  readonly replaces?: string;
}

export interface NewPhase {
  readonly number: number;
  readonly label: string;
  readonly dependsOn: readonly number[];
  readonly runner: string;
  readonly startLine: number;
  readonly data: PhaseData;
}

/** Stores a plan with its phases; answers its id. */
export function storePlan(change: Change, plan: NewPlan): string {
  const planId = randomUUID();
  // Counted here, not by the plans that are there: the number of a removed plan is not used again.
  const planNumber = Number(readConfig(change, "last_plan_number") ?? 0) + 1;
  writeConfig(change, { last_plan_number: String(planNumber) });
  change.run(insertPlan, [
    planId,
    planNumber,
    plan.title,
    plan.sourcePath ?? null,
    plan.sourceSha256,
    plan.context,
    plan.parentIssue ?? null,
    plan.runner,
    change.at,
  ]);
  change.record({ type: "plan_enqueued", plan_id: planId });
  insertPhases(change, plan.phases, {
    planId,
    parentIssue: plan.parentIssue,
    priority: plan.priority,
    position: planNumber * positionsPerPlan,
  });
  return planId;
}

/** Plans are so far apart in the order of starting: room for the phases of one to be put in order. */
export const positionsPerPlan = 10_000;

/** What the phases that are stored together have in common. */
export interface NewRows {
  readonly planId: string;
  readonly parentIssue: number | undefined;
  readonly priority: number;
  readonly position: number;
}

/** Stores phases that have not been there before, and announces them. */
export function insertPhases(
  change: Change,
  phases: readonly NewPhase[],
  { planId, parentIssue, priority, position }: NewRows,
): void {
  const rows = phases.map((phase) => ({
    ...phase,
    queueId: randomUUID(),
    status: phase.dependsOn.length === 0 ? ("ready" as const) : ("queued" as const),
  }));
  for (const { number, label, dependsOn, runner, startLine, data, queueId, status } of rows) {
    change.run(insertPhase, [
      queueId,
      planId,
      parentIssue ?? null,
      number,
      label,
      data.title,
      status,
      singleOf(dependsOn),
      JSON.stringify(dependsOn),
      JSON.stringify(data),
      runner,
      priority,
      position,
      change.at,
      status === "ready" ? change.at : null,
      startLine,
    ]);
  }
  change.recordAll(
    rows.map(({ queueId, number, status }) => ({
      type: "phase_enqueued",
      plan_id: planId,
      queue_id: queueId,
      phase_number: number,
      to_status: status,
    })),
  );
}

/** What `depends_on_phase` holds: the single phase depended on, where it is a single one. */
export function singleOf(dependsOn: readonly number[]): number | null {
  return dependsOn.length === 1 ? (dependsOn[0] ?? null) : null;
}

const insertPlan = `
  INSERT INTO plans (plan_id, plan_number, title, source_path, source_sha256, context,
    parent_issue, runner, created_at)
  VALUES (?1, ?2, ?3, ?4, ?5, CAST(?6 AS TEXT), ?7, ?8, ?9)`;
