import { randomUUID } from "node:crypto";
import { HopperError } from "../base/errors";
import { happeningOf } from "../github/happening";
import type { PhaseLine, StatusFacts, Thing } from "../github/terms";
import type { MirrorSettings } from "../protocol/mirrors";
import type { QueueEvent } from "../protocol/queue";
import type { Change } from "./change";
import {
  openness,
  parentFactsOf,
  type PlanFacts,
  readChildFacts,
  readPlanFacts,
} from "./mirrorFacts";
import { parentIssueOf, readMirror } from "./mirrorRows";
import { integer, optionalInteger, text } from "./sqlDatabase";

/**
 * Brings the outbox of every plan that a change is about up to date, in the same commit: what was
 * committed and is mirrored is told on GitHub, sooner or later, and nothing else is.
 */
export function mirrorChange(change: Change): void {
  const { events } = change;
  const isAboutAll = events.some(({ type }) => type === "queue_paused" || type === "queue_resumed");
  const planIds = isAboutAll
    ? mirroredPlans(change)
    : new Set(events.map(({ plan_id }) => plan_id));
  for (const planId of planIds) {
    const mirror = planId === undefined ? undefined : readMirror(change, planId);
    if (planId !== undefined && mirror?.on) {
      refresh(change, planId, mirror.settings);
      if (mirror.settings.comments === "each") {
        const ofPlan = events.filter(({ plan_id }) => plan_id === planId);
        addComments(change, planId, ofPlan);
      }
    }
  }
}

/** Switches the mirror of a plan on, or changes how it is mirrored. */
export function startMirror(change: Change, planId: string, wanted: MirrorSettings): void {
  const plan = change.get("SELECT parent_issue FROM plans WHERE plan_id = ?", [planId]);
  if (!plan) {
    throw new HopperError("notFound", `There is no plan ${planId} in this queue.`);
  }
  refuseMove(change, planId, wanted);
  const { parentIssue = optionalInteger(plan, "parent_issue"), ...others } = wanted;
  const isCreated = createdParent(change, planId);
  const settings = {
    ...others,
    ...(parentIssue !== undefined && !isCreated && { parentIssue }),
  };
  change.run(
    `INSERT INTO github_mirrors (plan_id, settings, state, created_at) VALUES (?1, ?2, 'on', ?3)
     ON CONFLICT (plan_id) DO UPDATE SET settings = ?2, state = 'on'`,
    [planId, JSON.stringify(settings), change.at],
  );
  if (settings.parentIssue !== undefined && parentIssueOf(change, planId) === undefined) {
    adoptParent(change, planId, settings.parentIssue);
  }
  refresh(change, planId, settings);
}

/** Writes nothing more of a plan; what is on GitHub stays, and is known if it is switched on again. */
export function stopMirror(change: Change, planId: string): boolean {
  const stopped = change.run(
    "UPDATE github_mirrors SET state = 'stopped' WHERE plan_id = ? AND state = 'on'",
    [planId],
  );
  // What was never tried is not there; what may be there is remembered.
  change.run("DELETE FROM github_outbox WHERE plan_id = ? AND state = 'waiting'", [planId]);
  return stopped > 0;
}

/** Brings a plan's entries up to date with the plan. */
export function refresh(change: Change, planId: string, settings: MirrorSettings): void {
  const plan = readPlanFacts(change, planId);
  if (!plan) {
    // Nothing is begun for a plan that is gone; what it came to is still told.
    change.run(
      `DELETE FROM github_outbox
       WHERE plan_id = ? AND state = 'waiting' AND kind IN ('parent', 'child')`,
      [planId],
    );
    return;
  }
  if (settings.parentIssue === undefined) {
    put(change, planId, { kind: "parent", facts: parentFactsOf(plan, settings) });
  }
  for (const phase of plan.phases) {
    refreshChild(change, planId, plan, phase, settings);
  }
  if (settings.comments === "living") {
    put(change, planId, { kind: "status", facts: statusFactsOf(plan) });
  }
}

function refreshChild(
  change: Change,
  planId: string,
  plan: PlanFacts,
  phase: PhaseLine,
  settings: MirrorSettings,
): void {
  const { queueId } = phase;
  const known = change.get(
    `SELECT facts ->> 'open' AS open FROM github_outbox
     WHERE plan_id = +? AND kind = 'child' AND queue_id = ?`,
    [planId, queueId],
  );
  if (known) {
    // Its text stays as it was; only whether it is open follows the phase.
    const { open, closedAs } = openness(phase, settings);
    if (open !== (known["open"] === 1)) {
      change.run(
        `UPDATE github_outbox SET version = version + 1,
           facts = json_set(facts, '$.open', json(?), '$.closedAs', ?)
         WHERE plan_id = +? AND kind = 'child' AND queue_id = ?`,
        [String(open), closedAs ?? "completed", planId, queueId],
      );
    }
    return;
  }
  const facts = isDue(phase, settings) ? readChildFacts(change, plan, phase, settings) : undefined;
  if (facts) {
    add(change, planId, { kind: "child", facts, queueId });
  }
}

/** Whether it is time for the issue of a phase. */
export function isDue({ status }: PhaseLine, { creates }: MirrorSettings): boolean {
  return creates === "enqueue"
    ? status !== "completed"
    : status === "ready" || status === "running" || status === "failed";
}

/** A comment for each phase that completed or failed for good. */
function addComments(change: Change, planId: string, events: readonly QueueEvent[]): void {
  const plan = readPlanFacts(change, planId);
  const ends = events.filter(
    ({ from_status, to_status }) =>
      from_status !== to_status && (to_status === "completed" || to_status === "failed"),
  );
  for (const { queue_id } of ends) {
    const phase = plan?.phases.find(({ queueId }) => queueId === queue_id);
    if (plan && phase) {
      add(change, planId, { kind: "comment", facts: happeningOf(phase, statusFactsOf(plan)) });
    }
  }
}

export function statusFactsOf({ title, phases, pausedReason }: PlanFacts): StatusFacts {
  return { title, phases: [...phases], ...(pausedReason !== undefined && { pausedReason }) };
}

/** The one entry of its kind: adds it, or gives it new facts. */
function put(change: Change, planId: string, thing: Thing): void {
  const known = change.get(
    "SELECT entry_id, facts FROM github_outbox WHERE plan_id = +? AND kind = ?",
    [planId, thing.kind],
  );
  const facts = JSON.stringify(thing.facts);
  if (!known) {
    add(change, planId, thing);
  } else if (known["facts"] !== facts) {
    change.run(
      `UPDATE github_outbox SET facts = CAST(?1 AS TEXT), version = version + 1
       WHERE entry_id = ?2`,
      [facts, text(known, "entry_id")],
    );
  }
}

function add(change: Change, planId: string, thing: Thing): void {
  change.run(insertEntry, [
    randomUUID(),
    nextPosition(change),
    planId,
    thing.kind === "child" ? thing.queueId : null,
    thing.kind,
    JSON.stringify(thing.facts),
    change.at,
  ]);
}

/** An issue that is there already becomes the parent: its text is not ours to change. */
function adoptParent(change: Change, planId: string, number: number): void {
  change.run("DELETE FROM github_outbox WHERE plan_id = ? AND kind = 'parent'", [planId]);
  change.run(
    `INSERT INTO github_outbox (entry_id, position, plan_id, kind, facts, version, written_version,
       state, link, issue_number, created_at, updated_at)
     VALUES (?1, ?2, ?3, 'parent', '{}', 0, 0, 'made', 'none', ?4, ?5, ?5)`,
    [randomUUID(), nextPosition(change), planId, number, change.at],
  );
  storeParent(change, planId, number);
}

/** Every view shows the number from the plan's own rows. */
export function storeParent(change: Change, planId: string, number: number): void {
  change.run("UPDATE plans SET parent_issue = ? WHERE plan_id = ?", [number, planId]);
  change.run("UPDATE phase_queue SET parent_issue = ? WHERE plan_id = ?", [number, planId]);
}

/** What is on GitHub stays where it is. */
function refuseMove(change: Change, planId: string, wanted: MirrorSettings): void {
  const before = readMirror(change, planId)?.settings;
  if (!before || !isBegun(change, planId)) {
    return;
  }
  const { apiUrl, owner, name } = before;
  if (apiUrl !== wanted.apiUrl || owner !== wanted.owner || name !== wanted.name) {
    throw new HopperError(
      "conflict",
      `The plan is mirrored to ${owner}/${name} already: its issues cannot be moved.`,
    );
  }
  const parent = parentIssueOf(change, planId);
  if (wanted.parentIssue !== undefined && wanted.parentIssue !== parent) {
    const which = parent === undefined ? "one is being created" : `#${parent}`;
    throw new HopperError("conflict", `The plan has a parent issue already: ${which}.`);
  }
}

/** Something of the plan is, or may be, on GitHub. */
function isBegun(change: Change, planId: string): boolean {
  const sql = "SELECT 1 FROM github_outbox WHERE plan_id = +? AND state <> 'waiting'";
  return change.get(sql, [planId]) !== undefined;
}

/** The parent issue is made, or being made, by us. */
function createdParent(change: Change, planId: string): boolean {
  const row = change.get(
    `SELECT 1 FROM github_outbox
     WHERE plan_id = +? AND kind = 'parent' AND state <> 'waiting' AND facts <> '{}'`,
    [planId],
  );
  return row !== undefined;
}

function mirroredPlans(change: Change): ReadonlySet<string> {
  const rows = change.all("SELECT plan_id FROM github_mirrors WHERE state = 'on'");
  return new Set(rows.map((row) => text(row, "plan_id")));
}

function nextPosition(change: Change): number {
  const row = change.get("SELECT coalesce(max(position), 0) + 1 AS next FROM github_outbox");
  return row ? integer(row, "next") : 1;
}

const insertEntry = `
  INSERT INTO github_outbox (entry_id, position, plan_id, queue_id, kind, facts, version,
    written_version, state, link, created_at, updated_at)
  VALUES (?1, ?2, ?3, ?4, ?5, CAST(?6 AS TEXT), 1, 0, 'waiting', 'none', ?7, ?7)`;
