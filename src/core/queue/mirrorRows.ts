import * as z from "zod";
import { parseJson } from "../base/validate";
import {
  entryStates,
  linkStates,
  type Mirror,
  type OutboxEntry,
  thingKinds,
} from "../github/terms";
import { type MirrorSettings, mirrorSettingsSchema } from "../protocol/mirrors";
import {
  integer,
  optionalInteger,
  optionalText,
  type SqlDatabase,
  type SqlRow,
  text,
} from "./sqlDatabase";

/** Turns rows of the mirrors' tables into their shapes. */

/** The facts of an entry whose text is made of the plan, as long as that is there. */
export const noFacts = "{}";
/** Those of a parent issue that was there before: its text is not ours. */
export const linkedParent = '{"linked":true}';

type Reading = Pick<SqlDatabase, "get" | "all">;

/** Everything of an entry but its facts. */
export const entryColumns = `entry_id, plan_id, queue_id, kind, version, written_version, state, link,
  login, tried_at, issue_number, github_id, recreated, problem`;

/** Which entries have work left; the words of an index. */
export const hasWork = `(state IN ('waiting', 'sending', 'unknown') OR version > written_version
  OR (kind = 'child' AND link IN ('none', 'tried'))) AND state <> 'failed'`;

export function outboxEntry(row: SqlRow): OutboxEntry {
  const login = optionalText(row, "login");
  const triedAt = optionalText(row, "tried_at");
  const issueNumber = optionalInteger(row, "issue_number");
  const githubId = optionalInteger(row, "github_id");
  const problem = optionalText(row, "problem");
  return {
    entryId: text(row, "entry_id"),
    planId: text(row, "plan_id"),
    kind: z.enum(thingKinds).parse(row["kind"]),
    version: integer(row, "version"),
    writtenVersion: integer(row, "written_version"),
    state: z.enum(entryStates).parse(row["state"]),
    link: z.enum(linkStates).parse(row["link"]),
    recreated: integer(row, "recreated") > 0,
    ...(login !== undefined && { login }),
    ...(triedAt !== undefined && { triedAt }),
    ...(issueNumber !== undefined && { issueNumber }),
    ...(githubId !== undefined && { githubId }),
    ...(problem !== undefined && { problem }),
  };
}

export function readEntries(reading: Reading, planId: string): readonly OutboxEntry[] {
  const sql = `SELECT ${entryColumns} FROM github_outbox WHERE plan_id = ? ORDER BY position`;
  return reading.all(sql, [planId]).map(outboxEntry);
}

/** How a plan is mirrored; undefined for one that never was. */
export function readMirror(
  reading: Reading,
  planId: string,
): { readonly settings: MirrorSettings; readonly on: boolean } | undefined {
  const row = reading.get("SELECT settings, state FROM github_mirrors WHERE plan_id = ?", [planId]);
  return (
    row && {
      settings: parseJson(
        mirrorSettingsSchema,
        text(row, "settings"),
        "A stored mirror",
        "damaged",
      ),
      on: row["state"] === "on",
    }
  );
}

/** As {@link readMirror}, with what the plan waits for. */
export function readMirrorState(reading: Reading, planId: string): Mirror | undefined {
  const mirror = readMirror(reading, planId);
  return mirror && { planId, ...mirror, paused: pausedReasonOf(reading, planId) !== undefined };
}

/** Why nothing of the plan is started at the moment: a pause of its own, or of the queue. */
export function pausedReasonOf(reading: Reading, planId: string): string | undefined {
  const row = reading.get(
    `SELECT
       (SELECT paused_reason FROM plans WHERE plan_id = ?) AS plan_reason,
       (SELECT config_value FROM queue_config WHERE config_key = 'queue_paused') AS queue_paused,
       (SELECT config_value FROM queue_config WHERE config_key = 'pause_reason') AS queue_reason`,
    [planId],
  );
  const ofQueue =
    row?.["queue_paused"] === "true" ? (optionalText(row, "queue_reason") ?? "paused") : undefined;
  return (row && optionalText(row, "plan_reason")) ?? ofQueue;
}

/** The number of a plan's parent issue, once it is there. */
export function parentIssueOf(reading: Reading, planId: string): number | undefined {
  const row = reading.get(
    `SELECT issue_number FROM github_outbox
     WHERE plan_id = +? AND kind = 'parent' AND state = 'made'`,
    [planId],
  );
  return row && optionalInteger(row, "issue_number");
}

/** The issues of a plan's phases, by queue_id. */
export function phaseIssuesOf(reading: Reading, planId: string): ReadonlyMap<string, number> {
  const rows = reading.all(
    `SELECT queue_id, issue_number FROM github_outbox
     WHERE plan_id = +? AND kind = 'child' AND issue_number IS NOT NULL`,
    [planId],
  );
  return new Map(rows.map((row) => [text(row, "queue_id"), integer(row, "issue_number")]));
}
