import type { ListedPhases, PhasePage } from "../api/queueSource";
import { integer, optionalText, type SqlDatabase, type SqlRow } from "./sqlDatabase";

/** What a page holds at most; together some milliseconds' work. */
const pageRows = 250;
const pageBytes = 512 * 1024;

/** A plan has at most 1,000 phases; so a phase's place among all is one number. */
const placesPerPlan = 2 ** 20;

/** A page as it was read. */
export interface ReadPage extends PhasePage {
  /** The places of its phases, in order, by their rows. */
  readonly places: ReadonlyMap<number, number>;
  readonly last: number;
}

/** Phases in the order of their plans, then by number, a page at a time. */
export function* phasePages(database: SqlDatabase, wanted: ListedPhases): Generator<PhasePage> {
  let page = readPage(database, wanted, beforeAll);
  while (page) {
    yield page;
    page = readPage(database, wanted, page.last);
  }
}

/** Where the first page begins: behind no phase. */
export const beforeAll = -1;

/**
 * The next page behind a place; undefined behind the last phase. SQLite writes the JSON: ten thousand
 * phases of 25 values each would otherwise cross the border to JavaScript one by one.
 */
export function readPage(
  database: SqlDatabase,
  { planId, parentIssue, content }: ListedPhases,
  after: number,
): ReadPage | undefined {
  const params = [...fromPlace(after), planId ?? null, parentIssue ?? null];
  const row = database.get(content ? sizes : outline, [...params, pageRows]);
  const rows = numbers(row, "rows");
  const places = numbers(row, "places");
  const count = content ? countOfPage(numbers(row, "sizes")) : rows.length;
  const last = places[count - 1];
  if (last === undefined) {
    return undefined;
  }
  const page = database.get(content ? pageWithTexts : pageWithoutTexts, [...params, count]);
  return {
    json: Buffer.from((page && optionalText(page, "json")) ?? ""),
    count,
    last,
    places: new Map(rows.slice(0, count).map((rowid, index) => [rowid, places[index] ?? last])),
  };
}

/** The rows of these ids that are there, with their places. */
export function placesOf(database: SqlDatabase, rows: readonly number[]): Map<number, number> {
  const found = database.all(placesOfRows, [JSON.stringify(rows)]);
  return new Map(found.map((row) => [integer(row, "row"), integer(row, "place")]));
}

/** The rows of phases that these rows of attempts belong to. */
export function phasesOfAttempts(database: SqlDatabase, rows: readonly number[]): number[] {
  const found = database.all(rowsOfAttempts, [JSON.stringify(rows)]);
  return found.map((row) => integer(row, "row"));
}

function fromPlace(after: number): [plan: number, phase: number] {
  return [Math.floor(after / placesPerPlan), after % placesPerPlan];
}

/** How many of the next phases make a page: texts can be two megabytes each. */
function countOfPage(sizes: readonly number[]): number {
  let bytes = 0;
  const over = sizes.findIndex((size, index) => {
    bytes += size;
    return index > 0 && bytes > pageBytes;
  });
  return over === -1 ? sizes.length : over;
}

/** A JSON list of numbers in a column. */
function numbers(row: SqlRow | undefined, column: string): number[] {
  const list: unknown = JSON.parse((row && optionalText(row, column)) ?? "[]");
  return Array.isArray(list) ? list.map(Number) : [];
}

/** The phases after a place; the join is crossed, so that both indexes are walked in order. */
const following = `
  FROM plans CROSS JOIN phase_queue AS p USING (plan_id)
  WHERE plans.plan_number >= ?1 AND (plans.plan_number, p.phase_number) > (?1, ?2)
    AND (?3 IS NULL OR plans.plan_id = ?3)
    AND (?4 IS NULL OR coalesce(plans.parent_issue, 0) = ?4)
  ORDER BY plans.plan_number, p.phase_number
  LIMIT ?5`;

const place = `plans.plan_number * ${placesPerPlan} + p.phase_number`;

/** Read from the indexes alone. */
const outline = `
  SELECT json_group_array("row") AS "rows", json_group_array(place) AS places FROM (
    SELECT p.rowid AS "row", ${place} AS place ${following})`;

const sizes = `
  SELECT json_group_array("row") AS "rows", json_group_array(place) AS places,
    json_group_array(bytes) AS sizes FROM (
    SELECT p.rowid AS "row", ${place} AS place, octet_length(p.phase_data) AS bytes ${following})`;

const placesOfRows = `
  SELECT p.rowid AS "row", ${place} AS place
  FROM json_each(?1) CROSS JOIN phase_queue AS p ON p.rowid = json_each.value
    CROSS JOIN plans USING (plan_id)`;

const rowsOfAttempts = `
  SELECT p.rowid AS "row"
  FROM json_each(?1) CROSS JOIN attempts ON attempts.rowid = json_each.value
    CROSS JOIN phase_queue AS p USING (queue_id)`;

const pageWithTexts = page(`
  '{"title":', json_quote(p.title),
  ',"content":', p.phase_data -> 'content',
  ',"externalDocs":', coalesce(p.phase_data -> 'externalDocs', '[]'), '}'`);
const pageWithoutTexts = page(`'{"title":', json_quote(p.title), ',"content":""}'`);

/** Each phase with a comma before it: whoever begins a list leaves the first one out. */
function page(phaseData: string): string {
  return `SELECT group_concat(item, '') AS json FROM (SELECT ${item(phaseData)} AS item ${following})`;
}

/**
 * A phase as JSON, in the fields and the order of `phaseItem` in rows.ts. A field without a value is
 * left out.
 */
function item(phaseData: string): string {
  const optional = (name: string, value: string): string =>
    `iif(p.${name} IS NULL, '', ',"${name}":' || ${value})`;
  const optionalText = (name: string): string => optional(name, `json_quote(p.${name})`);
  const optionalNumber = (name: string): string => optional(name, `p.${name}`);
  return `concat(
    ',{"queue_id":', json_quote(p.queue_id),
    ',"plan_id":', json_quote(p.plan_id),
    ',"parent_issue":', coalesce(p.parent_issue, 0),
    ',"plan_number":', plans.plan_number,
    ',"phase_number":', p.phase_number,
    ',"label":', json_quote(p.label),
    ${optionalNumber("issue_number")},
    ',"status":', json_quote(p.status),
    ${optionalNumber("depends_on_phase")},
    ',"depends_on_phases":', p.depends_on_phases,
    ',"phase_data":', ${phaseData},
    ',"runner":', json_quote(p.runner),
    ',"priority":', p.priority,
    ',"attempts":', (SELECT count(*) FROM attempts WHERE attempts.queue_id = p.queue_id),
    ${optionalText("adw_id")},
    ${optionalNumber("pr_number")},
    ${optionalText("reason")},
    ${optionalText("error_message")},
    ',"created_at":', json_quote(p.created_at),
    ',"updated_at":', json_quote(p.updated_at),
    ${optionalText("ready_at")},
    ${optionalText("not_before")},
    ${optionalText("started_at")},
    ${optionalText("finished_at")},
    '}')`;
}
