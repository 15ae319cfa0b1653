import type { PhaseOverview } from "../protocol/queue";
import { numbers, phaseReason, phaseStatus } from "./rows";
import { integer, type SqlDatabase, type SqlValue, text } from "./sqlDatabase";

/**
 * What a list shows of each phase, in the order of plans and numbers. Of ten thousand phases this takes
 * less than half of what whole ones do.
 */
export function readOverview(database: SqlDatabase, planNumber?: number): PhaseOverview[] {
  // Put together here: to look a phase's plan up takes SQLite as long as to read the phase.
  const plans = planNumbers(database);
  const only = planNumber === undefined ? "" : `WHERE plan_id = ${onlyPlan(planNumber)}`;
  return database
    .table(columns, `FROM phase_queue AS p ${only}`)
    .map((row) => overviewOf(row, plans))
    .sort((a, b) => a.plan_number - b.plan_number || a.phase_number - b.phase_number);
}

function planNumbers(database: SqlDatabase): ReadonlyMap<string, number> {
  const plans = database.all("SELECT plan_id, plan_number FROM plans");
  return new Map(plans.map((row) => [text(row, "plan_id"), integer(row, "plan_number")]));
}

function onlyPlan(planNumber: number): string {
  return `(SELECT plan_id FROM plans WHERE plan_number = ${planNumber})`;
}

const columns = [
  "p.plan_id",
  "p.phase_number",
  "p.status",
  "p.title",
  "p.depends_on_phases",
  "p.issue_number",
  // Asked for where it is shown: it is another look for each phase.
  `iif(p.status = 'running',
     (SELECT count(*) FROM attempts WHERE attempts.queue_id = p.queue_id), NULL)`,
  "p.reason",
  "p.error_message",
  "p.not_before",
  "p.started_at",
  "p.finished_at",
];

function overviewOf(row: readonly SqlValue[], plans: ReadonlyMap<string, number>): PhaseOverview {
  const [plan, number, status, title, needed, ...rare] = row;
  return {
    plan_number: plans.get(String(plan)) ?? 0,
    phase_number: Number(number),
    status: phaseStatus(String(status)),
    phase_data: { title: String(title) },
    depends_on_phases: numbers(String(needed)),
    ...(rare.some((value) => value !== null) && rareOf(rare)),
  };
}

/** What there is to say only of phases that are mirrored, or have begun, or cannot. */
function rareOf(values: readonly SqlValue[]): Partial<PhaseOverview> {
  const [issue, attempts, reason, message, notBefore, started, finished] = values;
  return {
    ...(typeof issue === "number" && { issue_number: issue }),
    ...(typeof attempts === "number" && { attempts }),
    ...(typeof reason === "string" && { reason: phaseReason(reason) }),
    ...(typeof message === "string" && { error_message: message }),
    ...(typeof notBefore === "string" && { not_before: notBefore }),
    ...(typeof started === "string" && { started_at: started }),
    ...(typeof finished === "string" && { finished_at: finished }),
  };
}
