import * as z from "zod";
import { parseJson } from "../base/validate";
import { happeningOf } from "../github/happening";
import type {
  ChildFacts,
  Happening,
  ParentFacts,
  PhaseLine,
  PhaseText,
  StatusFacts,
} from "../github/terms";
import type { MirrorSettings } from "../protocol/mirrors";
import { phaseDataSchema } from "../protocol/queue";
import { phaseStatuses } from "../protocol/terms";
import { pausedReasonOf } from "./mirrorRows";
import { numbers } from "./rows";
import {
  integer,
  optionalInteger,
  optionalText,
  type SqlDatabase,
  type SqlRow,
  text,
} from "./sqlDatabase";

type Reading = Pick<SqlDatabase, "get" | "all">;

/** A plan as it is told on GitHub at this moment. */
export interface PlanFacts {
  readonly title: string;
  readonly context: string;
  readonly path?: string;
  readonly phases: readonly PhaseLine[];
  readonly pausedReason?: string;
  /** The issue that was named when the plan was enqueued, or that was created since. */
  readonly parentIssue?: number;
}

/** What is to be told of a plan; undefined when it was removed. */
export function readPlanFacts(reading: Reading, planId: string): PlanFacts | undefined {
  const sql = "SELECT title, context, source_path, parent_issue FROM plans WHERE plan_id = ?";
  const plan = reading.get(sql, [planId]);
  if (!plan) {
    return undefined;
  }
  const rows = reading.all(
    `SELECT ${lineColumns} FROM phase_queue WHERE plan_id = +? ORDER BY phase_number`,
    [planId],
  );
  const path = optionalText(plan, "source_path");
  const parentIssue = optionalInteger(plan, "parent_issue");
  const pausedReason = pausedReasonOf(reading, planId);
  return {
    title: text(plan, "title"),
    context: text(plan, "context"),
    // What lies above it is nobody's business there.
    ...(path !== undefined && { path: path.split(/[\\/]/).at(-1) ?? "" }),
    phases: rows.map(phaseLine),
    ...(pausedReason !== undefined && { pausedReason }),
    ...(parentIssue !== undefined && { parentIssue }),
  };
}

export function parentFactsOf(plan: PlanFacts, { labels }: MirrorSettings): ParentFacts {
  const { title, context, path, phases } = plan;
  return { title, context, phases: [...phases], labels, ...(path !== undefined && { path }) };
}

export function statusFactsOf({ title, phases, pausedReason }: PlanFacts): StatusFacts {
  return { title, phases: [...phases], ...(pausedReason !== undefined && { pausedReason }) };
}

/** What the issue of a phase tells; undefined when the phase was removed. */
export function readPhaseText(
  reading: Reading,
  plan: PlanFacts,
  queueId: string,
  { labels }: Pick<MirrorSettings, "labels">,
): PhaseText | undefined {
  const position = plan.phases.findIndex((phase) => phase.queueId === queueId);
  const phase = plan.phases[position];
  const row = reading.get("SELECT phase_data FROM phase_queue WHERE queue_id = ?", [queueId]);
  const data =
    row && parseJson(phaseDataSchema, text(row, "phase_data"), "A stored phase", "damaged");
  return (
    data &&
    phase && {
      planTitle: plan.title,
      number: phase.number,
      title: data.title,
      total: plan.phases.length,
      position: position + 1,
      dependsOn: phase.dependsOn,
      content: data.content,
      documents: data.externalDocs,
      labels,
    }
  );
}

/** What just came of a phase; undefined when it was removed. Reads no more phases than it takes. */
export function readHappening(
  reading: Reading,
  planId: string,
  queueId: string,
): Happening | undefined {
  const read = `SELECT ${lineColumns} FROM phase_queue AS p WHERE plan_id = +?1`;
  const [row] = reading.all(`${read} AND queue_id = ?2`, [planId, queueId]);
  if (!row) {
    return undefined;
  }
  const phase = phaseLine(row);
  const others = reading.all(
    `${read} AND (status IN ('running', 'blocked') OR status = 'ready' AND EXISTS (
       SELECT 1 FROM json_each(p.depends_on_phases) AS d WHERE d.value = ?2))
     ORDER BY phase_number`,
    [planId, phase.number],
  );
  const open = reading.get(
    "SELECT 1 FROM phase_queue WHERE plan_id = +? AND status <> 'completed' LIMIT 1",
    [planId],
  );
  return happeningOf(phase, others.map(phaseLine), open === undefined);
}

/** Whether a phase's issue shall be open. */
export function openness(
  { status, reason }: Pick<PhaseLine, "status" | "reason">,
  { closes }: MirrorSettings,
): Pick<ChildFacts, "open" | "closedAs"> {
  return closes && status === "completed"
    ? { open: false, closedAs: reason === "skipped" ? "not_planned" : "completed" }
    : { open: true };
}

const lineColumns = `queue_id, phase_number, title, status, depends_on_phases, reason, error_message,
  started_at, finished_at`;

function phaseLine(row: SqlRow): PhaseLine {
  const reason = optionalText(row, "reason");
  const error = optionalText(row, "error_message");
  const startedAt = optionalText(row, "started_at");
  const finishedAt = optionalText(row, "finished_at");
  return {
    queueId: text(row, "queue_id"),
    number: integer(row, "phase_number"),
    title: text(row, "title"),
    status: z.enum(phaseStatuses).parse(row["status"]),
    dependsOn: numbers(text(row, "depends_on_phases")),
    ...(reason !== undefined && { reason }),
    ...(error !== undefined && { error }),
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
  };
}
