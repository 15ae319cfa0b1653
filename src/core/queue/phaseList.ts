import type { ListedPhases, PhasePage } from "../api/queueSource";
import { integer, optionalText, type SqlDatabase, type SqlParams } from "./sqlDatabase";

/** What a page holds at most; together some milliseconds' work. */
const pageRows = 250;
const pageBytes = 512 * 1024;

/** A plan has at most 1,000 phases; so a phase's place among all is one number. */
const placesPerPlan = 2 ** 20;

/**
 * Phases in the order of their plans, then by number, a page at a time. SQLite writes the JSON: ten
 * thousand phases of 25 values each would otherwise cross the border to JavaScript one by one.
 */
export function* phasePages(
  database: SqlDatabase,
  { planId, parentIssue, content }: ListedPhases,
): Generator<PhasePage> {
  const filter = [planId ?? null, parentIssue ?? null] as const;
  let place = -1;
  for (;;) {
    const params = [Math.floor(place / placesPerPlan), place % placesPerPlan, ...filter];
    const limit = rowsOfPage(database, params);
    if (limit === 0) {
      return;
    }
    const sql = content ? pageWithTexts : pageWithoutTexts;
    const row = database.get(sql, [...params, limit]);
    const json = row && optionalText(row, "json");
    if (row === undefined || json === undefined) {
      return;
    }
    place = integer(row, "last");
    yield { json, count: integer(row, "count") };
  }
}

/** How many of the next phases make a page: texts can be two megabytes each. */
function rowsOfPage(database: SqlDatabase, params: SqlParams): number {
  const row = database.get(sizes, [...params, pageRows]);
  const list: unknown = JSON.parse((row && optionalText(row, "sizes")) ?? "[]");
  let bytes = 0;
  let rows = 0;
  for (const size of Array.isArray(list) ? list.map(Number) : []) {
    bytes += size;
    if (rows > 0 && bytes > pageBytes) {
      break;
    }
    rows += 1;
  }
  return rows;
}

/** The phases after a place; the join is crossed, so that both indexes are walked in order. */
const following = `
  FROM plans CROSS JOIN phase_queue AS p USING (plan_id)
  WHERE plans.plan_number >= ?1 AND (plans.plan_number, p.phase_number) > (?1, ?2)
    AND (?3 IS NULL OR plans.plan_id = ?3)
    AND (?4 IS NULL OR coalesce(plans.parent_issue, 0) = ?4)
  ORDER BY plans.plan_number, p.phase_number
  LIMIT ?5`;

const sizes = `
  SELECT json_group_array(bytes) AS sizes FROM (
    SELECT octet_length(p.phase_data) AS bytes ${following})`;

const pageWithTexts = page(`
  '{"title":', json_quote(p.title),
  ',"content":', p.phase_data -> 'content',
  ',"externalDocs":', coalesce(p.phase_data -> 'externalDocs', '[]'), '}'`);
const pageWithoutTexts = page(`'{"title":', json_quote(p.title), ',"content":""}'`);

function page(phaseData: string): string {
  return `
    SELECT group_concat(item, ',') AS json, count(*) AS count, max(place) AS last FROM (
      SELECT plans.plan_number * ${placesPerPlan} + p.phase_number AS place,
        ${item(phaseData)} AS item ${following})`;
}

/**
 * A phase as JSON, in the fields and the order of `phaseItem` in rows.ts. A field without a value is
 * left out: a concatenation with NULL is NULL, and `concat` takes NULL for nothing.
 */
function item(phaseData: string): string {
  const text = (name: string): string =>
    `',"${name}":' || iif(p.${name} IS NULL, NULL, json_quote(p.${name}))`;
  const number = (name: string, value = `p.${name}`): string => `',"${name}":' || ${value}`;
  return `concat(
    '{"queue_id":', json_quote(p.queue_id),
    ${text("plan_id")},
    ${number("parent_issue", "coalesce(p.parent_issue, 0)")},
    ${number("plan_number", "plans.plan_number")},
    ${number("phase_number")},
    ${text("label")},
    ${number("issue_number")},
    ${text("status")},
    ${number("depends_on_phase")},
    ',"depends_on_phases":', p.depends_on_phases,
    ',"phase_data":', ${phaseData},
    ${text("runner")},
    ${number("priority")},
    ${number("attempts", "(SELECT count(*) FROM attempts WHERE attempts.queue_id = p.queue_id)")},
    ${text("adw_id")},
    ${number("pr_number")},
    ${text("reason")},
    ${text("error_message")},
    ${text("created_at")},
    ${text("updated_at")},
    ${text("ready_at")},
    ${text("not_before")},
    ${text("started_at")},
    ${text("finished_at")},
    '}')`;
}
