import { randomUUID } from "node:crypto";
import type { Thing } from "../github/terms";
import type { MirrorSettings } from "../protocol/mirrors";
import type { QueueEvent } from "../protocol/queue";
import type { PhaseReason, PhaseStatus } from "../protocol/terms";
import type { Change } from "./change";
import {
  openness,
  parentFactsOf,
  readHappening,
  readPlanFacts,
  statusFactsOf,
} from "./mirrorFacts";
import { linkedParent, noFacts, readMirror } from "./mirrorRows";
import { integer, type SqlRow, text } from "./sqlDatabase";

/**
 * Brings the outbox of every plan that a change is about up to date, in the same commit: what was
 * committed and is mirrored is told on GitHub, sooner or later, and nothing else is. However long a plan
 * is, a commit costs what the phases that it moves cost. What throws is undone.
 */
export function mirrorChange(change: Change): void {
  const byPlan = new Map<string, QueueEvent[]>();
  for (const event of change.events) {
    const { type, plan_id: planId } = event;
    if (type === "queue_paused" || type === "queue_resumed") {
      change.nested(() => notePause(change));
    } else if (planId !== undefined && type !== "issue_created") {
      const events = byPlan.get(planId) ?? [];
      events.push(event);
      byPlan.set(planId, events);
    }
  }
  for (const [planId, events] of byPlan) {
    const mirror = readMirror(change, planId);
    if (mirror?.on) {
      change.nested(() => followPlan(change, planId, mirror.settings, events));
    }
  }
}

/** The whole queue was paused or goes on: texts that say how it stands with a plan are others now. */
function notePause(change: Change): void {
  const living = "SELECT plan_id FROM github_mirrors WHERE settings ->> 'comments' = 'living'";
  for (const row of change.all(living)) {
    change.run(`${newVersion} WHERE kind = 'status' AND facts = ? AND plan_id = ?`, [
      noFacts,
      text(row, "plan_id"),
    ]);
  }
}

function followPlan(
  change: Change,
  planId: string,
  settings: MirrorSettings,
  events: readonly QueueEvent[],
): void {
  if (events.some(({ type }) => type === "plan_removed")) {
    endPlan(change, planId, settings);
    return;
  }
  const isPause = ({ type }: QueueEvent): boolean =>
    type === "plan_paused" || type === "plan_resumed";
  noteNews(change, planId, settings, events.every(isPause));
  if (events.some(({ type }) => changesTexts.has(type))) {
    endRemoved(change, planId, settings);
    noteTexts(change, planId);
    followAll(change, planId, settings);
  } else {
    followMoves(change, planId, settings, events);
  }
  if (settings.comments === "each") {
    addComments(change, planId, events);
  }
}

/** Numbers, texts or dependencies of phases are others now. */
const changesTexts: ReadonlySet<QueueEvent["type"]> = new Set([
  "plan_updated",
  "phase_updated",
  "phase_removed",
  "dependency_dropped",
]);

/** The texts that follow the whole plan are to be written again. */
function noteNews(
  change: Change,
  planId: string,
  { comments }: MirrorSettings,
  onlyStatus: boolean,
): void {
  if (!onlyStatus) {
    change.run(
      `UPDATE github_outbox SET version = version + 1
       WHERE plan_id = +? AND kind = 'parent' AND facts <> ?`,
      [planId, linkedParent],
    );
  }
  if (comments === "living") {
    change.run(
      `UPDATE github_outbox SET version = version + 1 WHERE plan_id = +? AND kind = 'status'`,
      [planId],
    );
  }
}

/** The texts of phases' issues may be others: they are read, and written where they differ. */
function noteTexts(change: Change, planId: string): void {
  change.run(
    `UPDATE github_outbox SET version = version + 1,
       facts = json_set(facts, '$.textVersion', version + 1)
     WHERE plan_id = +? AND kind = 'child' AND state <> 'waiting'`,
    [planId],
  );
}

/** What of a phase decides what becomes of its issue. */
interface PhaseNow {
  readonly queueId: string;
  readonly status: PhaseStatus;
  readonly reason?: PhaseReason | undefined;
}

function followMoves(
  change: Change,
  planId: string,
  settings: MirrorSettings,
  events: readonly QueueEvent[],
): void {
  const moves = new Map<string, QueueEvent>();
  for (const event of events) {
    const { queue_id, from_status, to_status } = event;
    // Waiting changes nothing about an issue; only the last of several moves counts.
    if (queue_id !== undefined && to_status !== undefined && from_status !== to_status) {
      moves.set(queue_id, event);
    }
  }
  for (const [queueId, { from_status, to_status: status, reason }] of moves) {
    if (status === undefined || status === "queued" || status === "blocked") {
      continue;
    }
    const known = change.get(childOf, [planId, queueId]);
    const skipped = reason === "skipped" ? reason : undefined;
    followPhase(change, planId, settings, { queueId, status, reason: skipped }, known);
    if (known && from_status === "failed" && status !== "completed") {
      // Somebody may have closed it meanwhile.
      change.run(`${newVersion} WHERE entry_id = ?`, [text(known, "entry_id")]);
    }
  }
}

/** As {@link followMoves}, of every phase. */
export function followAll(change: Change, planId: string, settings: MirrorSettings): void {
  const known = new Map(
    change
      .all(`${selectChildren} WHERE plan_id = +? AND kind = 'child'`, [planId])
      .map((row) => [text(row, "queue_id"), row]),
  );
  for (const phase of readPlanFacts(change, planId)?.phases ?? []) {
    followPhase(change, planId, settings, phase, known.get(phase.queueId));
  }
}

/** Adds the issue of a phase when it is time for it, then opens and closes it. */
function followPhase(
  change: Change,
  planId: string,
  settings: MirrorSettings,
  phase: Pick<PhaseNow, "queueId" | "status"> & { readonly reason?: string | undefined },
  known: SqlRow | undefined,
): void {
  const { queueId, status, reason } = phase;
  const now = openness({ status, ...(reason !== undefined && { reason }) }, settings);
  if (!known) {
    if (isDue(phase, settings)) {
      add(change, planId, { kind: "child", queueId, facts: { ...now, textVersion: 0 } });
    }
  } else if (now.open !== (known["open"] === 1)) {
    change.run(
      `${newVersion}, facts = json_set(facts, '$.open', json(?), '$.closedAs', ?)
       WHERE entry_id = ?`,
      [String(now.open), now.closedAs ?? "completed", text(known, "entry_id")],
    );
  }
}

/** Whether it is time for the issue of a phase. */
export function isDue(
  { status }: Pick<PhaseNow, "status">,
  { creates }: Pick<MirrorSettings, "creates">,
): boolean {
  return creates === "enqueue"
    ? status !== "completed"
    : status === "ready" || status === "running" || status === "failed";
}

/** Nothing is begun for phases that are gone; an issue that is there has nothing more to wait for. */
function endRemoved(change: Change, planId: string, { closes }: MirrorSettings): void {
  const gone = change.all(
    `SELECT entry_id, state FROM github_outbox WHERE plan_id = +?1 AND kind = 'child'
     AND queue_id NOT IN (SELECT queue_id FROM phase_queue WHERE plan_id = ?1)`,
    [planId],
  );
  for (const row of gone) {
    const entryId = text(row, "entry_id");
    if (text(row, "state") === "waiting") {
      change.run("DELETE FROM github_outbox WHERE entry_id = ?", [entryId]);
    } else if (closes) {
      change.run(
        `${newVersion}, facts = json_set(facts, '$.open', json('false'), '$.closedAs', 'not_planned')
         WHERE entry_id = ? AND facts ->> 'open'`,
        [entryId],
      );
    }
  }
}

/** Nothing is begun for a plan that is gone; what it came to is still told. */
function endPlan(change: Change, planId: string, settings: MirrorSettings): void {
  change.run(
    `DELETE FROM github_outbox WHERE plan_id = +? AND kind = 'parent' AND state = 'waiting'`,
    [planId],
  );
  endRemoved(change, planId, settings);
}

/** Before a plan is removed: what it came to can be told from its entries alone from now on. */
export function keepLastFacts(change: Change, planId: string): void {
  const mirror = readMirror(change, planId);
  const plan = mirror?.on ? readPlanFacts(change, planId) : undefined;
  if (mirror && plan) {
    const keep = (kind: Thing["kind"], facts: unknown): void =>
      void change.run(
        `UPDATE github_outbox SET facts = CAST(? AS TEXT)
         WHERE plan_id = +? AND kind = ? AND facts = ?`,
        [JSON.stringify(facts), planId, kind, noFacts],
      );
    keep("parent", parentFactsOf(plan, mirror.settings));
    keep("status", statusFactsOf(plan));
  }
}

/** A comment for each phase that completed or failed for good. */
function addComments(change: Change, planId: string, events: readonly QueueEvent[]): void {
  for (const { queue_id: queueId, from_status, to_status } of events) {
    const hasEnded = to_status === "completed" || to_status === "failed";
    if (queueId !== undefined && hasEnded && from_status !== to_status) {
      const facts = readHappening(change, planId, queueId);
      if (facts) {
        add(change, planId, { kind: "comment", facts });
      }
    }
  }
}

interface NewEntry {
  readonly kind: Thing["kind"];
  readonly queueId?: string;
  /** None where they are made of the plan. */
  readonly facts?: unknown;
}

export function add(change: Change, planId: string, { kind, queueId, facts }: NewEntry): void {
  change.run(
    `INSERT INTO github_outbox (entry_id, position, plan_id, queue_id, kind, facts, version,
       written_version, state, link, created_at, updated_at)
     VALUES (?1, ?2, ?3, ?4, ?5, CAST(?6 AS TEXT), 1, 0, 'waiting', 'none', ?7, ?7)`,
    [
      randomUUID(),
      nextPosition(change),
      planId,
      queueId ?? null,
      kind,
      facts === undefined ? noFacts : JSON.stringify(facts),
      change.at,
    ],
  );
}

export function nextPosition(change: Change): number {
  const row = change.get("SELECT coalesce(max(position), 0) + 1 AS next FROM github_outbox");
  return row ? integer(row, "next") : 1;
}

/** Every view shows the number from the plan's own rows. */
export function storeParent(change: Change, planId: string, number: number): void {
  change.run("UPDATE plans SET parent_issue = ? WHERE plan_id = ?", [number, planId]);
  change.run("UPDATE phase_queue SET parent_issue = ? WHERE plan_id = ?", [number, planId]);
}

const selectChildren = "SELECT entry_id, queue_id, facts ->> 'open' AS open FROM github_outbox";
const childOf = `${selectChildren} WHERE plan_id = +? AND kind = 'child' AND queue_id = ?`;
const newVersion = "UPDATE github_outbox SET version = version + 1";
