import type { PhaseStatus } from "../protocol/terms";
import type { ListedPhases, PhasePage } from "../api/queueSource";
import { yieldToEventLoop } from "../base/clock";
import { parseJson } from "../base/validate";
import {
  type AttemptItem,
  type PhaseData,
  phaseDataSchema,
  type PhaseOverview,
  type PhaseQueueItem,
  type PlanItem,
  type QueueEvent,
} from "../protocol/queue";
import { issueUrl } from "../github/repository";
import type { OutboxEntry } from "../github/terms";
import type { MirrorSettings } from "../protocol/mirrors";
import { databaseIdKey, readConfig } from "./config";
import { KeptPages } from "./keptPages";
import { phasePages } from "./phaseList";
import { phaseOrder, planOrder } from "./order";
import { readOverview } from "./overview";
import { type MirrorPreview, readMirrorPreview } from "./mirrorPreview";
import { readEntries, readMirror } from "./mirrorRows";
import {
  attemptItem,
  eventItem,
  phaseColumns,
  phaseItem,
  type PhaseState,
  phaseState,
  phaseStateColumns,
  planItem,
} from "./rows";
import {
  integer,
  optionalInteger,
  optionalText,
  type SqlDatabase,
  type SqlParams,
  text,
} from "./sqlDatabase";
import { WorkflowReader } from "./workflowReader";

export interface PhaseFilter {
  readonly planId?: string;
  readonly parentIssue?: number;
  /** False leaves the phases' long texts out; default true. */
  readonly content?: boolean;
}

/** Everything a queue can be asked; nothing here changes it. Lists have no limit. */
export class QueueReader {
  /** What outside programs said. */
  readonly workflows: WorkflowReader;
  private keptPages: KeptPages | undefined;
  /** What was parsed last: a phase is read when its attempt is made ready, and when it is claimed. */
  private parsed: { readonly text: string; readonly data: PhaseData } | undefined;

  constructor(protected readonly database: SqlDatabase) {
    this.workflows = new WorkflowReader(database);
  }

  plans(): PlanItem[] {
    return this.database.all("SELECT * FROM plans ORDER BY plan_number").map(planItem);
  }

  plan(planId: string): PlanItem | undefined {
    const row = this.database.get("SELECT * FROM plans WHERE plan_id = ?", [planId]);
    return row && planItem(row);
  }

  planByNumber(planNumber: number): PlanItem | undefined {
    const row = this.database.get("SELECT * FROM plans WHERE plan_number = ?", [planNumber]);
    return row && planItem(row);
  }

  /** Ids of the plans in the order in which they are started, as far as nothing holds them back. */
  planOrder(): string[] {
    return planOrder(this.database);
  }

  /** Numbers of a plan's phases in the order in which they are started once they are ready. */
  phaseOrder(planId: string): number[] {
    return phaseOrder(this.database, planId);
  }

  /** The text of a plan outside its phases. */
  planContext(planId: string): string {
    const row = this.database.get("SELECT context FROM plans WHERE plan_id = ?", [planId]);
    return row ? text(row, "context") : "";
  }

  /** Plans enqueued from this file (its real path), the newest first. */
  plansFrom(sourcePath: string): PlanItem[] {
    return this.database
      .all("SELECT * FROM plans WHERE source_path = ? ORDER BY plan_number DESC", [sourcePath])
      .map(planItem);
  }

  /** How a plan is mirrored to GitHub; undefined while it is not. */
  mirror(planId: string): MirrorSettings | undefined {
    const mirror = readMirror(this.database, planId);
    return mirror?.on ? mirror.settings : undefined;
  }

  /** What would be written to GitHub, were a plan mirrored now. */
  mirrorPreview(planId: string, settings: MirrorSettings): MirrorPreview | undefined {
    return readMirrorPreview(this.database, planId, settings);
  }

  /** Everything of a plan that is, or shall be, on GitHub, and how far it has come. */
  mirrorEntries(planId: string): readonly OutboxEntry[] {
    return readEntries(this.database, planId);
  }

  /** The web address of an issue of a plan that is, or was, mirrored. */
  issueUrl(planId: string, issueNumber: number): string | undefined {
    const settings = readMirror(this.database, planId)?.settings;
    return settings && issueUrl(settings.apiUrl, settings, issueNumber);
  }

  /** Phases in the order in which their plans were enqueued, then by number. */
  phases(filter: PhaseFilter = {}): PhaseQueueItem[] {
    const conditions: string[] = [];
    const params: (string | number)[] = [];
    if (filter.planId !== undefined) {
      conditions.push("p.plan_id = +?");
      params.push(filter.planId);
    }
    if (filter.parentIssue !== undefined) {
      conditions.push("p.parent_issue = +?");
      params.push(filter.parentIssue);
    }
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    return this.phaseItems(filter.content ?? true, where, params);
  }

  /** The same as JSON, a page at a time: each is read when it is asked for. */
  phasePages(wanted: ListedPhases): Iterable<PhasePage> {
    if (wanted.planId !== undefined || wanted.parentIssue !== undefined) {
      return phasePages(this.database, wanted);
    }
    // Nothing is kept, or watched, for a queue that nobody lists.
    this.keptPages ??= new KeptPages(this.database);
    return this.keptPages.pages(wanted.content);
  }

  /**
   * The phases of a plan, however long their texts: some at a time, with a turn of the event loop in
   * between. A phase that is there all the while is among them.
   */
  async phasesInTurns(planId: string): Promise<PhaseQueueItem[]> {
    const phases: PhaseQueueItem[] = [];
    for (const { json } of this.phasePages({ planId, content: true })) {
      phases.push(...phasesOf(json));
      await yieldToEventLoop();
    }
    return phases;
  }

  /** What a list shows of each phase, of one plan or of all. */
  overview(planNumber?: number): PhaseOverview[] {
    return readOverview(this.database, planNumber);
  }

  /** Phases that are not completed, without their long texts. */
  unfinishedPhases(planId?: string): PhaseQueueItem[] {
    const unfinished = "WHERE p.status IN ('queued', 'ready', 'running', 'blocked', 'failed')";
    return planId === undefined
      ? this.phaseItems(false, unfinished, [])
      : this.phaseItems(false, `${unfinished} AND p.plan_id = +?`, [planId]);
  }

  /** Phases with one of these statuses, without their long texts. */
  phasesWith(statuses: readonly PhaseStatus[], planId?: string): PhaseQueueItem[] {
    const where = `WHERE p.status IN (${statuses.map((status) => `'${status}'`).join(", ")})`;
    return planId === undefined
      ? this.phaseItems(false, where, [])
      : this.phaseItems(false, `${where} AND p.plan_id = +?`, [planId]);
  }

  /** Phases of plans that are wholly completed, the one that finished last first. */
  finishedPhases(): { readonly queueId: string; readonly finishedAt: string }[] {
    return this.database
      .all(
        `SELECT queue_id, coalesce(finished_at, updated_at) AS finished_at FROM phase_queue AS p
         WHERE NOT EXISTS (SELECT 1 FROM phase_queue AS other
           WHERE other.plan_id = p.plan_id AND other.status <> 'completed')
         ORDER BY 2 DESC`,
      )
      .map((row) => ({ queueId: text(row, "queue_id"), finishedAt: text(row, "finished_at") }));
  }

  /** @param content false leaves its long texts out. */
  phase(queueId: string, content = true): PhaseQueueItem | undefined {
    const row = this.database.get(content ? wholePhase : phaseWithoutTexts, [queueId]);
    return row && phaseItem(row);
  }

  phaseByNumber(planNumber: number, phaseNumber: number): PhaseQueueItem | undefined {
    const where = "WHERE plans.plan_number = +? AND p.phase_number = +?";
    return this.phaseItems(true, where, [planNumber, phaseNumber])[0];
  }

  phaseData(queueId: string): PhaseData | undefined {
    const sql = "SELECT phase_data FROM phase_queue WHERE queue_id = ?";
    const row = this.database.get(sql, [queueId]);
    if (!row) {
      return undefined;
    }
    const stored = text(row, "phase_data");
    if (this.parsed?.text !== stored) {
      const data = parseJson(phaseDataSchema, stored, "A stored phase", "damaged");
      this.parsed = { text: stored, data };
    }
    return this.parsed.data;
  }

  state(queueId: string): PhaseState | undefined {
    const sql = `SELECT ${phaseStateColumns} FROM phase_queue WHERE queue_id = ?`;
    const row = this.database.get(sql, [queueId]);
    return row && phaseState(row);
  }

  /**
   * The ready phase that is to be started next: by priority, queue position, phase number. Phases of
   * paused plans and those whose retry is not due yet are left out.
   */
  nextToStart(wanted: {
    readonly now: string;
    /** Names of runners whose phases take no slot. */
    readonly withoutSlot: readonly string[];
    /** False when only phases that take no slot can be started. */
    readonly slotFree: boolean;
    readonly planId?: string;
  }): PhaseState | undefined {
    const { now, planId = null, slotFree, withoutSlot } = wanted;
    if (slotFree) {
      return this.firstToStart(startable, [now, planId])?.phase;
    }
    // One look-up for each runner: a thousand other phases may be ready and wait for the slot.
    const candidates = withoutSlot
      .map((runner) => this.firstToStart(startableOf, [now, planId, runner]))
      .filter((candidate) => candidate !== undefined);
    return candidates.sort((a, b) => inOrder(a.order, b.order))[0]?.phase;
  }

  /** When the next automatic retry that is not due yet becomes due. */
  nextRetryAt(now: string): string | undefined {
    const row = this.database.get(
      "SELECT min(not_before) AS due FROM phase_queue WHERE status = 'ready' AND not_before > ?",
      [now],
    );
    return row && optionalText(row, "due");
  }

  attempts(queueId: string): AttemptItem[] {
    const sql = "SELECT * FROM attempts WHERE queue_id = +? ORDER BY attempt_number";
    return this.database.all(sql, [queueId]).map(attemptItem);
  }

  /** The number of a phase's next attempt. */
  nextAttemptNumber(queueId: string): number {
    const sql = "SELECT max(attempt_number) AS newest FROM attempts WHERE queue_id = +?";
    const row = this.database.get(sql, [queueId]);
    return ((row && optionalInteger(row, "newest")) ?? 0) + 1;
  }

  attempt(attemptId: string): AttemptItem | undefined {
    const row = this.database.get("SELECT * FROM attempts WHERE attempt_id = +?", [attemptId]);
    return row && attemptItem(row);
  }

  openAttempts(): AttemptItem[] {
    return this.database
      .all("SELECT * FROM attempts WHERE state <> 'ended' ORDER BY started_at, attempt_id")
      .map(attemptItem);
  }

  /** Automatic retries of a phase since a person last retried it. */
  automaticRetries(queueId: string): number {
    const row = this.database.get(
      `SELECT count(*) AS retries FROM events
       WHERE queue_id = ?1 AND from_status = 'running' AND to_status = 'ready' AND event_id > coalesce(
         (SELECT max(event_id) FROM events
          WHERE queue_id = ?1 AND from_status = 'failed' AND to_status = 'ready'), 0)`,
      [queueId],
    );
    return row ? integer(row, "retries") : 0;
  }

  /** How many phases have each status, of the whole queue or of one plan. */
  counts(planId?: string): ReadonlyMap<string, number> {
    const rows = this.database.all(
      `SELECT status, count(*) AS phases FROM phase_queue WHERE ?1 IS NULL OR plan_id = ?1
       GROUP BY status`,
      [planId ?? null],
    );
    return new Map(rows.map((row) => [text(row, "status"), integer(row, "phases")]));
  }

  /** Events after `since`, oldest first: all of them, or at most `limit`. */
  events(since = 0, limit = -1): QueueEvent[] {
    const sql = "SELECT * FROM events WHERE event_id > ? ORDER BY event_id LIMIT ?";
    return this.database.all(sql, [since, limit]).map(eventItem);
  }

  /** The newest event; 0 before the first. */
  get lastEventId(): number {
    const row = this.database.get("SELECT max(event_id) AS newest FROM events");
    return (row && optionalInteger(row, "newest")) ?? 0;
  }

  /** Undefined only where somebody else's program made the database. */
  get databaseId(): string | undefined {
    return this.config(databaseIdKey);
  }

  config(key: string): string | undefined {
    return readConfig(this.database, key);
  }

  /** Why nothing is started, while the queue is paused. */
  get pausedReason(): string | undefined {
    return this.config("queue_paused") === "true"
      ? (this.config("pause_reason") ?? "paused")
      : undefined;
  }

  private firstToStart(
    sql: string,
    params: SqlParams,
  ): { readonly phase: PhaseState; readonly order: readonly number[] } | undefined {
    const row = this.database.get(sql, params);
    const order = ["priority", "queue_position", "phase_number"];
    return row && { phase: phaseState(row), order: order.map((column) => integer(row, column)) };
  }

  private phaseItems(content: boolean, where: string, params: SqlParams): PhaseQueueItem[] {
    const rest = `FROM phase_queue AS p JOIN plans USING (plan_id) ${where}`;
    return this.database
      .list(phaseColumns(content), rest, params)
      .map(phaseItem)
      .sort((a, b) => a.plan_number - b.plan_number || a.phase_number - b.phase_number);
  }
}

/** The phases of a page: SQLite made the text, of our columns, each phase with a comma before it. */
function phasesOf(json: Buffer): readonly PhaseQueueItem[] {
  const phases: unknown = JSON.parse(`[${json.toString("utf8", 1)}]`);
  if (!isPhases(phases)) {
    throw new Error("a page of phases is no list");
  }
  return phases;
}

/** Its shapes are compared with those of {@link phaseItem} by a test. */
function isPhases(value: unknown): value is readonly PhaseQueueItem[] {
  return Array.isArray(value);
}

/** One phase, which is asked for at each of its moves: a row, since a list of one takes twice as long. */
const wholePhase = onePhase(true);
const phaseWithoutTexts = onePhase(false);

function onePhase(content: boolean): string {
  const columns = Object.entries(phaseColumns(content)).map(
    ([name, value]) => `${value} AS ${name}`,
  );
  return `SELECT ${columns.join(", ")} FROM phase_queue AS p JOIN plans USING (plan_id)
    WHERE p.queue_id = +?`;
}

/**
 * The index is named since SQLite, which knows no figures of ours, prefers to sort; and a join with
 * the plans instead of the list of paused ones makes it sort all the same.
 */
function firstReady(index: string, condition: string): string {
  return `
    SELECT ${phaseStateColumns.replaceAll(/\w+/g, "p.$&")}, p.priority, p.queue_position
    FROM phase_queue AS p INDEXED BY ${index}
    WHERE p.status = 'ready' AND ${condition}
      AND p.plan_id NOT IN (SELECT plan_id FROM plans WHERE paused_reason IS NOT NULL)
      AND (p.not_before IS NULL OR p.not_before <= ?1) AND (?2 IS NULL OR p.plan_id = ?2)
    ORDER BY p.priority, p.queue_position, p.phase_number LIMIT 1`;
}

const startable = firstReady("phase_queue_ready", "TRUE");
const startableOf = firstReady("phase_queue_ready_runner", "p.runner = +?3");

function inOrder(a: readonly number[], b: readonly number[]): number {
  const different = a.findIndex((value, index) => value !== b[index]);
  return different === -1 ? 0 : (a[different] ?? 0) - (b[different] ?? 0);
}
