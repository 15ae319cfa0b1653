import type { PhaseOverview } from "../protocol/queue";
import { numbers, phaseReason, phaseStatus } from "./rows";
import type { SqlDatabase, SqlValue } from "./sqlDatabase";

/**
 * What a list shows of each phase, in the order of plans and numbers. Of ten thousand phases this takes
 * less than half of what whole ones do.
 */
export function readOverview(database: SqlDatabase, planNumber?: number): PhaseOverview[] {
  const only = planNumber === undefined ? "" : `WHERE plans.plan_number = ${planNumber}`;
  return database
    .table(columns, `FROM phase_queue AS p JOIN plans USING (plan_id) ${only}`)
    .map(overviewOf)
    .sort((a, b) => a.plan_number - b.plan_number || a.phase_number - b.phase_number);
}

const columns = [
  "plans.plan_number",
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

function overviewOf(row: readonly SqlValue[]): PhaseOverview {
  const [plan, number, status, title, needed, issue, attempts] = row;
  const [reason, message, notBefore, started, finished] = row.slice(7);
  return {
    plan_number: Number(plan),
    phase_number: Number(number),
    status: phaseStatus(String(status)),
    phase_data: { title: String(title) },
    depends_on_phases: numbers(String(needed)),
    ...(typeof issue === "number" && { issue_number: issue }),
    ...(typeof attempts === "number" && { attempts }),
    ...(typeof reason === "string" && { reason: phaseReason(reason) }),
    ...(typeof message === "string" && { error_message: message }),
    ...(typeof notBefore === "string" && { not_before: notBefore }),
    ...(typeof started === "string" && { started_at: started }),
    ...(typeof finished === "string" && { finished_at: finished }),
  };
}
