import { parseJson } from "../base/validate";
import {
  childFactsSchema,
  commentFactsSchema,
  parentFactsSchema,
  statusFactsSchema,
  type Thing,
  thingKinds,
} from "../github/terms";
import * as z from "zod";
import { parentFactsOf, readPhaseText, readPlanFacts, statusFactsOf } from "./mirrorFacts";
import { noFacts, readMirror } from "./mirrorRows";
import { type SqlDatabase, text } from "./sqlDatabase";

type Reading = Pick<SqlDatabase, "get" | "all">;

/** What an entry of the outbox tells at this moment. */
export function readThing(reading: Reading, entryId: string): Thing {
  const row = reading.get(
    "SELECT plan_id, queue_id, kind, facts FROM github_outbox WHERE entry_id = ?",
    [entryId],
  );
  const planId = row && text(row, "plan_id");
  const mirror = planId === undefined ? undefined : readMirror(reading, planId);
  if (!row || planId === undefined || !mirror) {
    throw new Error(`there is no entry ${entryId} in the outbox`);
  }
  const kind = z.enum(thingKinds).parse(row["kind"]);
  const stored = text(row, "facts");
  const what = "A stored entry of the outbox";
  if (kind === "comment") {
    return { kind, facts: parseJson(commentFactsSchema, stored, what, "damaged") };
  }
  const plan = readPlanFacts(reading, planId);
  if (kind === "child") {
    const facts = parseJson(childFactsSchema, stored, what, "damaged");
    const phase = plan && readPhaseText(reading, plan, text(row, "queue_id"), mirror.settings);
    return { kind, facts, ...(phase && { text: phase }) };
  }
  if (plan && stored === noFacts) {
    return kind === "parent"
      ? { kind, facts: parentFactsOf(plan, mirror.settings) }
      : { kind, facts: statusFactsOf(plan) };
  }
  return kind === "parent"
    ? { kind, facts: parseJson(parentFactsSchema, stored, what, "damaged") }
    : { kind, facts: parseJson(statusFactsSchema, stored, what, "damaged") };
}
