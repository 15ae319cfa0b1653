import type { Database, SqlJsStatic } from "sql.js";
import { systemClock } from "../base/clock";
import { errorMessage, HopperError } from "../base/errors";
import { words } from "../base/words";
import { type WorkflowStatus, workflowStatuses } from "../protocol/workflows";
import { guardedRead, stampOf } from "./guardedRead";
import {
  type HistoryAnswer,
  type HistoryOrder,
  type OutsideRow,
  rowsSchema,
  type WantedNames,
} from "./historyOrder";

/** Reads an outside file's workflows; never throws, since whatever is in that file is not ours. */
export function readHistory(engine: SqlJsStatic, order: HistoryOrder): HistoryAnswer {
  const { number, path, names } = order;
  try {
    const read = guardedRead(path, systemClock);
    if (read === undefined) {
      return { kind: "busy", number };
    }
    if (read === "missing") {
      return { kind: "rows", number, stamp: stampOf(path), rows: [], note: noDatabase(path) };
    }
    const { image, stamp } = read;
    if (image.length === 0) {
      return { kind: "rows", number, stamp, rows: [], note: noDatabase(path) };
    }
    const database = new engine.Database(image);
    try {
      return { kind: "rows", number, stamp, ...findRows(database, path, names) };
    } finally {
      database.close();
    }
  } catch (error) {
    const why = error instanceof HopperError ? error.message : `${path}: ${errorMessage(error)}`;
    return { kind: "unreadable", number, why };
  }
}

function noDatabase(path: string): string {
  return `There is no database ${path} yet.`;
}

/** Whoever counts on more has a history that is about nothing but a few phases. */
const mostRows = 10_000;

function findRows(
  database: Database,
  path: string,
  names: WantedNames,
): { readonly rows: OutsideRow[]; readonly note?: string } {
  if (!hasTable(database)) {
    return { rows: [], note: `${path} has no table workflow_history.` };
  }
  const rows = rowsSchema.parse(queryRows(database, path, names)).reverse();
  return rows.length <= mostRows
    ? { rows }
    : {
        rows: rows.slice(-mostRows),
        note: `${path}: more than ${mostRows} rows are about phases; those that came last are followed.`,
      };
}

/** The columns that a row must have one of, and those that are read where they are there. */
const nameColumns = ["queue_id", "issue_number", "adw_id"] as const;
const otherColumns = ["error_message", "end_time", "created_at"] as const;

function queryRows(database: Database, path: string, names: WantedNames): OutsideRow[] {
  const columns = columnsOf(database, path);
  const column = (name: string): string => (columns.has(name) ? `"${name}"` : "NULL");
  const conditions = nameColumns.filter((name) => columns.has(name)).map((name) => wanted[name]);
  const statement = database.prepare(`
    SELECT rowid AS position, ${nameColumns.map((name) => `${column(name)} AS ${name}`).join(", ")},
      ${otherColumns.map((name) => `${column(name)} AS ${name}`).join(", ")}, status
    FROM (SELECT rowid, * FROM main.workflow_history WHERE ${conditions.join(" OR ")})
    ORDER BY position DESC LIMIT ${mostRows + 1}`);
  try {
    statement.bind({
      ":queueIds": JSON.stringify(names.queueIds),
      ":issueNumbers": JSON.stringify(names.issueNumbers),
      ":adwIds": JSON.stringify(names.adwIds),
    });
    const rows: OutsideRow[] = [];
    while (statement.step()) {
      rows.push(outsideRow(statement.getAsObject(), columns.has("end_time")));
    }
    return rows;
  } finally {
    statement.free();
  }
}

const wanted: Readonly<Record<(typeof nameColumns)[number], string>> = {
  queue_id: "queue_id IN (SELECT value FROM json_each(:queueIds))",
  issue_number: "CAST(issue_number AS INTEGER) IN (SELECT value FROM json_each(:issueNumbers))",
  adw_id: "adw_id IN (SELECT value FROM json_each(:adwIds))",
};

/** A view could compute for ever, and is nothing a program writes its runs into. */
function hasTable(database: Database): boolean {
  const tables = database.exec(
    `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND lower(name) = 'workflow_history'
       AND sql NOT LIKE 'CREATE VIRTUAL%'`,
  );
  return tables.length > 0;
}

function columnsOf(database: Database, path: string): ReadonlySet<string> {
  const [info] = database.exec("SELECT lower(name) FROM pragma_table_xinfo('workflow_history')");
  const columns = new Set((info?.values ?? []).map(([name]) => String(name)));
  if (!columns.has("status") || !nameColumns.some((name) => columns.has(name))) {
    throw new HopperError(
      "storage",
      words`${path}: workflow_history needs a column status and one of ${nameColumns.join(", ")}.`,
    );
  }
  return columns;
}

function outsideRow(row: Readonly<Record<string, unknown>>, hasEndTime: boolean): OutsideRow {
  const { position, created_at: createdAt } = row;
  const isTime = typeof createdAt === "string" || typeof createdAt === "number";
  const optional = {
    queueId: textOf(row["queue_id"]),
    issueNumber: numberOf(row["issue_number"]),
    adwId: textOf(row["adw_id"]),
    errorMessage: textOf(row["error_message"]),
  };
  return {
    ...optional,
    key: `file:${String(position)}`,
    status: statusOf(row["status"], hasEndTime && textOf(row["end_time"]) === undefined),
    ...(isTime && { createdAt }),
    position: numberOf(position) ?? 0,
  };
}

/** Other words than ours say nothing about an end. */
function statusOf(value: unknown, hasNotEnded: boolean): WorkflowStatus {
  const word = textOf(value)?.trim().toLowerCase();
  const status = workflowStatuses.find((known) => known === word) ?? "running";
  return hasNotEnded && status !== "pending" ? "running" : status;
}

/** An error message can be a whole log. */
const longestText = 2000;

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number"
    ? String(value).slice(0, longestText) || undefined
    : undefined;
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" ? Number.parseInt(value, 10) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}
