import { randomUUID } from "node:crypto";
import type { PhaseData } from "../protocol/queue";
import type { Change, NewEvent } from "./change";
import { readConfig, writeConfig } from "./config";
import { insertPhase } from "./frequentStatements";
import type { WrittenRun } from "./journal";
import type { SqlParams } from "./sqlDatabase";

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

/** Rows that wait in the stage's table under a number. */
export interface StagedRows {
  readonly rows: readonly StagedRow[];
  readonly batch: number;
}

/** What is still to be known of a row that waits there; its texts are in the table. */
export interface StagedRow extends Pick<NewRow, "queueId" | "number" | "status" | "startLine"> {
  /** `own` as JSON in UTF-8, without its brackets. */
  readonly ownJson: Uint8Array;
}

/**
 * Stores a plan with its phases; answers its id.
 *
 * @param staged the rows of `plan.phases`, where they were made ready before.
 */
export function storePlan(change: Change, plan: NewPlan, staged?: StagedRows): string {
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
  const rows = {
    planId,
    parentIssue: plan.parentIssue,
    priority: plan.priority,
    position: planNumber * positionsPerPlan,
  };
  if (staged) {
    insertStaged(change, staged, rows);
  } else {
    insertPhases(change, plan.phases, rows);
  }
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

/** A phase with what a row of its own adds. */
export interface NewRow extends NewPhase {
  readonly queueId: string;
  readonly status: "ready" | "queued";
  /** Values that depend on nothing but the phase, in the order of the columns: number to runner. */
  readonly own: SqlParams;
}

export function newRow(phase: NewPhase): NewRow {
  const { number, label, dependsOn, runner, data } = phase;
  const status = dependsOn.length === 0 ? "ready" : "queued";
  const needed = JSON.stringify(dependsOn);
  const single = singleOf(dependsOn);
  return {
    ...phase,
    queueId: randomUUID(),
    status,
    own: [number, label, data.title, status, single, needed, JSON.stringify(data), runner],
  };
}

/** Stores phases that have not been there before, and announces them. */
export function insertPhases(change: Change, phases: readonly NewPhase[], plan: NewRows): void {
  const rows = phases.map(newRow);
  for (const row of rows) {
    change.run(insertPhase, valuesOf(change, row, plan));
  }
  change.recordAll(rows.map((row) => enqueued(row, plan)));
}

/** The same of phases whose rows wait in the stage's table. */
function insertStaged(change: Change, { rows, batch }: StagedRows, plan: NewRows): void {
  const { planId, parentIssue, priority, position } = plan;
  change.runFor(
    insertFromStage,
    [batch, planId, parentIssue ?? null, priority, position, change.at],
    writtenRuns(change, rows, plan),
  );
  change.recordBy(
    announceFromStage,
    (firstId) => [batch, firstId, change.at, planId],
    rows.map((row) => enqueued(row, plan)),
  );
}

function valuesOf({ at }: Change, row: NewRow, plan: NewRows): SqlParams {
  const { planId, parentIssue, priority, position } = plan;
  const { queueId, own, status, startLine } = row;
  const readyAt = status === "ready" ? at : null;
  const ofPlan = [planId, parentIssue ?? null];
  return [queueId, ...ofPlan, ...own, priority, position, at, readyAt, startLine];
}

/** The same as JSON: a row's long part is there already, and most of the rest is every row's. */
function writtenRuns(
  { at }: Change,
  rows: readonly StagedRow[],
  { planId, parentIssue, priority, position }: NewRows,
): WrittenRun[] {
  const before = JSON.stringify([planId, parentIssue ?? null]).slice(1, -1);
  const behind = JSON.stringify([priority, position, at]).slice(1, -1);
  const readyAt = JSON.stringify(at);
  return rows.map(({ queueId, ownJson, status, startLine }) => ({
    sql: insertPhase,
    json: [
      `["${queueId}",${before},`,
      ownJson,
      `,${behind},${status === "ready" ? readyAt : null},${startLine}]`,
    ],
  }));
}

function enqueued(
  { queueId, number, status }: Pick<NewRow, "queueId" | "number" | "status">,
  { planId }: NewRows,
): NewEvent {
  return {
    type: "phase_enqueued",
    plan_id: planId,
    queue_id: queueId,
    phase_number: number,
    to_status: status,
  };
}

/** What `depends_on_phase` holds: the single phase depended on, where it is a single one. */
export function singleOf(dependsOn: readonly number[]): number | null {
  return dependsOn.length === 1 ? (dependsOn[0] ?? null) : null;
}

const insertPlan = `
  INSERT INTO plans (plan_id, plan_number, title, source_path, source_sha256, context,
    parent_issue, runner, created_at)
  VALUES (?1, ?2, ?3, ?4, ?5, CAST(?6 AS TEXT), ?7, ?8, ?9)`;

// In the order in which they were staged, which is that of their places: by those they would be sorted, texts and all.
const insertFromStage = `
  INSERT INTO phase_queue (queue_id, plan_id, parent_issue, phase_number, label, title, status,
    depends_on_phase, depends_on_phases, phase_data, runner, priority, queue_position,
    created_at, updated_at, ready_at, start_line)
  SELECT queue_id, ?2, ?3, phase_number, label, title, status, depends_on_phase, depends_on_phases,
    phase_data, runner, ?4, ?5, ?6, ?6, iif(status = 'ready', ?6, NULL), start_line
  FROM temp.staged_phases WHERE batch = ?1 ORDER BY rowid`;

const announceFromStage = `
  INSERT INTO events
    (event_id, at, type, plan_id, queue_id, phase_number, from_status, to_status, reason)
  SELECT ?2 + place, ?3, 'phase_enqueued', ?4, queue_id, phase_number, NULL, status, NULL
  FROM temp.staged_phases WHERE batch = ?1 ORDER BY rowid`;
