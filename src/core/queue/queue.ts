import { randomUUID } from "node:crypto";
import { type Clock, isoNow } from "../base/clock";
import { HopperError } from "../base/errors";
import { type Event, EventEmitter } from "../base/event";
import type { Logger } from "../base/log";
import type { ProcessIdentity, Verdict } from "../protocol/attempts";
import type { PhaseData, QueueEvent } from "../protocol/queue";
import type { FailureReason } from "../protocol/terms";
import { Change } from "./change";
import { QueueReader } from "./queueReader";
import { Readiness } from "./readiness";
import { numbers, type PhaseState, phaseState, phaseStateColumns } from "./rows";
import { integer, optionalText, text } from "./sqlDatabase";
import type { Store } from "./store";
import { movePhases } from "./transitions";

/** A plan to store, its phases in number order. */
export interface NewPlan {
  readonly title: string;
  readonly sourcePath?: string;
  readonly sourceSha256: string;
  readonly context: string;
  readonly parentIssue?: number;
  readonly runner: string;
  readonly priority: number;
  readonly phases: readonly NewPhase[];
  /** A plan that is removed in the same change: the one this plan replaces. */
  readonly replaces?: string;
}

export interface NewPhase {
  readonly number: number;
  readonly label: string;
  readonly dependsOn: readonly number[];
  readonly runner: string;
  readonly startLine: number;
  readonly data: PhaseData;
}

/** What a claim makes of a phase. */
export interface Claim {
  readonly queueId: string;
  readonly attemptId: string;
  readonly attemptNumber: number;
  readonly runner: string;
  readonly command: readonly string[];
  /** Kinds that start no process are `running` at once. */
  readonly startsProcess: boolean;
}

/** How an attempt ended, and what becomes of its phase. */
export interface Settlement {
  readonly attemptId: string;
  readonly verdict: Verdict;
  /** The wrapper, where it was not noted before. */
  readonly process?: ProcessIdentity;
  readonly logBytes?: number;
  /** Makes a failed phase ready again at this time instead of failing it. */
  readonly retryAt?: string;
}

/**
 * The owner's queue: every change is one transaction, durable when the call returns, and announces
 * one event for each phase it changed.
 */
export class Queue extends QueueReader {
  private readonly readiness = new Readiness();
  private readonly changed: EventEmitter<readonly QueueEvent[]>;
  private lastEventId: number;

  /** Fires after each change with everything it announces, in order. */
  readonly onDidChange: Event<readonly QueueEvent[]>;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    super(store.database);
    this.changed = new EventEmitter((error) =>
      logger.error("A listener of queue changes failed.", error),
    );
    this.onDidChange = this.changed.event;
    this.lastEventId = this.events().at(-1)?.event_id ?? 0;
  }

  /** Stores a plan with its phases; answers its id. */
  enqueue(plan: NewPlan): string {
    const planId = randomUUID();
    this.change((change) => {
      if (plan.replaces !== undefined) {
        this.deletePlan(change, plan.replaces);
      }
      const planNumber = Number(this.config("last_plan_number") ?? 0) + 1;
      writeConfig(change, { last_plan_number: String(planNumber) });
      change.run(
        `INSERT INTO plans (plan_id, plan_number, title, source_path, source_sha256, context,
           parent_issue, runner, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          planId,
          planNumber,
          plan.title,
          plan.sourcePath ?? null,
          plan.sourceSha256,
          plan.context,
          plan.parentIssue ?? null,
          plan.runner,
          change.at,
        ],
      );
      const rows = plan.phases.map((phase) => ({
        queue_id: randomUUID(),
        phase_number: phase.number,
        label: phase.label,
        status: phase.dependsOn.length === 0 ? "ready" : "queued",
        depends_on_phase: phase.dependsOn.length === 1 ? phase.dependsOn[0] : null,
        depends_on_phases: JSON.stringify(phase.dependsOn),
        phase_data: phase.data,
        runner: phase.runner,
        start_line: phase.startLine,
      }));
      for (const row of rows) {
        change.run(insertPhase, [
          row.queue_id,
          planId,
          plan.parentIssue ?? null,
          row.phase_number,
          row.label,
          row.status,
          row.depends_on_phase ?? null,
          row.depends_on_phases,
          JSON.stringify(row.phase_data),
          row.runner,
          plan.priority,
          planNumber,
          change.at,
          row.status === "ready" ? change.at : null,
          row.start_line,
        ]);
      }
      change.record({ type: "plan_enqueued", plan_id: planId });
      change.recordAll(
        rows.map((row) => ({
          type: "phase_enqueued" as const,
          plan_id: planId,
          queue_id: row.queue_id,
          phase_number: row.phase_number,
          to_status: row.status === "ready" ? ("ready" as const) : ("queued" as const),
        })),
      );
    });
    return planId;
  }

  /**
   * Moves a ready phase to running with a new attempt.
   *
   * @throws HopperError `conflict` when the phase is not ready any more.
   */
  claim(claim: Claim): void {
    this.change((change) => {
      const phase = this.required(change, claim.queueId);
      if (phase.status !== "ready") {
        throw new HopperError("conflict", `The phase is ${phase.status}, not ready.`);
      }
      change.run(
        `INSERT INTO attempts (attempt_id, queue_id, attempt_number, runner, command, state, started_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [
          claim.attemptId,
          claim.queueId,
          claim.attemptNumber,
          claim.runner,
          JSON.stringify(claim.command),
          claim.startsProcess ? "starting" : "running",
          change.at,
        ],
      );
      movePhases(change, [{ phase, to: "running", attemptId: claim.attemptId }]);
    });
  }

  /** Notes which process runs an attempt. A late word on an ended attempt changes nothing. */
  attemptStarted(attemptId: string, process: ProcessIdentity): void {
    this.change((change) => {
      change.run(
        `UPDATE attempts SET state = 'running', pid = ?, pid_started_at = ?
         WHERE attempt_id = ? AND state = 'starting'`,
        [process.pid, startOf(process), attemptId],
      );
    });
  }

  /** Notes, before anything is stopped, that and why an attempt is to be stopped. */
  requestStop(attemptId: string, reason: FailureReason): void {
    this.change((change) => {
      change.run(
        `UPDATE attempts SET stop_requested = ?
         WHERE attempt_id = ? AND state <> 'ended' AND stop_requested IS NULL`,
        [reason, attemptId],
      );
    });
  }

  /** Notes what an attempt was reported to be, before its verify blocks are run. */
  noteEvidence(attemptId: string, evidence: unknown): void {
    this.change((change) => {
      change.run("UPDATE attempts SET evidence = ? WHERE attempt_id = ? AND state <> 'ended'", [
        JSON.stringify(evidence),
        attemptId,
      ]);
    });
  }

  /**
   * Ends an attempt and moves its phase, with everything that follows from it.
   *
   * @returns false when the attempt had ended before: a repeat changes nothing.
   */
  settle(settlement: Settlement): boolean {
    const { attemptId, verdict, retryAt } = settlement;
    return this.change((change) => {
      const ended = change.run(
        `UPDATE attempts SET state = 'ended', finished_at = ?, exit_code = ?, signal = ?, outcome = ?,
           evidence = coalesce(?, evidence), log_bytes = ?, pid = coalesce(?, pid),
           pid_started_at = coalesce(?, pid_started_at)
         WHERE attempt_id = ? AND state <> 'ended'`,
        [
          change.at,
          verdict.exitCode ?? null,
          verdict.signal ?? null,
          verdict.outcome,
          verdict.evidence === undefined ? null : JSON.stringify(verdict.evidence),
          settlement.logBytes ?? null,
          settlement.process?.pid ?? null,
          settlement.process ? startOf(settlement.process) : null,
          attemptId,
        ],
      );
      if (ended === 0) {
        return false;
      }
      const row = change.get(
        `SELECT ${phaseStateColumns} FROM phase_queue
         WHERE status = 'running' AND queue_id = (SELECT queue_id FROM attempts WHERE attempt_id = ?)`,
        [attemptId],
      );
      const phase = row && phaseState(row);
      if (phase?.attemptId !== attemptId) {
        return false;
      }
      const { outcome, message } = verdict;
      const errorMessage = message === undefined ? {} : { errorMessage: message };
      if (outcome === "completed") {
        movePhases(change, [{ phase, to: "completed" }]);
        this.pauseAtCheckpoint(change, phase);
      } else if (retryAt === undefined) {
        movePhases(change, [{ phase, to: "failed", reason: outcome, ...errorMessage }]);
      } else {
        movePhases(change, [{ phase, to: "ready", notBefore: retryAt, ...errorMessage }]);
        return true;
      }
      movePhases(change, this.readiness.consequences(change, phase.planId, phase.number));
      return true;
    });
  }

  /** Makes a failed phase ready again; answers the phases that are no longer blocked by it. */
  retry(queueId: string): readonly QueueEvent[] {
    return this.changeOne(queueId, (change, phase) => {
      if (phase.status !== "failed") {
        throw conflict(phase, "Only a failed phase can be retried");
      }
      movePhases(change, [{ phase, to: "ready" }]);
      movePhases(change, this.readiness.consequences(change, phase.planId, phase.number));
    });
  }

  /** Counts an unstarted or failed phase as completed. */
  skip(queueId: string): readonly QueueEvent[] {
    return this.changeOne(queueId, (change, phase) => {
      if (phase.status === "running") {
        throw conflict(phase, "A running phase must be cancelled before it can be skipped");
      }
      if (phase.status === "completed") {
        throw conflict(phase, "There is nothing to skip");
      }
      movePhases(change, [{ phase, to: "completed", reason: "skipped" }]);
      movePhases(change, this.readiness.consequences(change, phase.planId, phase.number));
    });
  }

  /** Removes a phase that is not running; an unfinished one blocks what depends on it. */
  removePhase(queueId: string): readonly QueueEvent[] {
    return this.changeOne(queueId, (change, phase) => {
      if (phase.status === "running") {
        throw conflict(phase, "A running phase must be cancelled before it can be removed");
      }
      if (phase.status === "completed") {
        // A removed completed phase stays satisfied: what depended on it forgets it.
        this.dropFromDependents(change, phase);
      }
      const consequences = this.afterDeletion(change, phase);
      change.record({
        type: "phase_removed",
        plan_id: phase.planId,
        queue_id: phase.queueId,
        phase_number: phase.number,
        from_status: phase.status,
      });
      movePhases(change, consequences);
      const left = change.get("SELECT count(*) AS n FROM phase_queue WHERE plan_id = ?", [
        phase.planId,
      ]);
      if (left && integer(left, "n") === 0) {
        this.deletePlan(change, phase.planId);
      }
    });
  }

  /** Lets a phase no longer depend on a phase that was removed. */
  dropDependency(queueId: string, removedNumber: number): readonly QueueEvent[] {
    return this.changeOne(queueId, (change, phase) => {
      const gone = !change.get("SELECT 1 FROM phase_queue WHERE plan_id = ? AND phase_number = ?", [
        phase.planId,
        removedNumber,
      ]);
      if (!gone) {
        throw conflict(phase, `Phase ${removedNumber} is still there`);
      }
      dropDependency(change, phase.queueId, removedNumber);
      this.readiness.forget(phase.planId);
      change.record({
        type: "dependency_dropped",
        plan_id: phase.planId,
        queue_id: phase.queueId,
        phase_number: phase.number,
        reason: String(removedNumber),
      });
      movePhases(change, this.readiness.corrections(change, phase.planId));
    });
  }

  /** Removes a plan none of whose phases runs. */
  removePlan(planId: string): void {
    this.change((change) => this.deletePlan(change, planId));
  }

  /** Removes every plan all of whose phases are completed; answers their ids. */
  clearCompleted(): string[] {
    return this.change((change) => {
      const rows = change.all(
        `SELECT plan_id FROM plans WHERE NOT EXISTS (
           SELECT 1 FROM phase_queue AS p WHERE p.plan_id = plans.plan_id AND p.status <> 'completed')`,
      );
      const finished = rows.map((row) => text(row, "plan_id"));
      for (const planId of finished) {
        this.deletePlan(change, planId);
      }
      return finished;
    });
  }

  /** Stops or allows the starting of phases; `reason` says who or what paused it. */
  setPaused(paused: boolean, reason = "paused by you"): void {
    if ((this.pausedReason !== undefined) === paused) {
      return;
    }
    this.change((change) => {
      writeConfig(change, { queue_paused: String(paused), pause_reason: paused ? reason : "" });
      change.record(paused ? { type: "queue_paused", reason } : { type: "queue_resumed" });
    });
  }

  setPlanPaused(planId: string, reason: string | undefined): void {
    this.change((change) => {
      const changed = change.run(
        "UPDATE plans SET paused_reason = ?1 WHERE plan_id = ?2 AND paused_reason IS NOT ?1",
        [reason ?? null, planId],
      );
      if (changed > 0) {
        change.record(
          reason === undefined
            ? { type: "plan_resumed", plan_id: planId }
            : { type: "plan_paused", plan_id: planId, reason },
        );
      }
    });
  }

  setConfig(values: Readonly<Record<string, string>>): void {
    this.change((change) => writeConfig(change, values));
  }

  /** Makes the derived statuses of one plan right, in case a crash or an older version left them wrong. */
  correctReadiness(planId: string): void {
    if (this.readiness.corrections(this.database, planId).length > 0) {
      this.change((change) => movePhases(change, this.readiness.corrections(change, planId)));
    }
  }

  /** Plans that have phases which never ran. */
  plansWithWaitingPhases(): string[] {
    return this.database
      .all(
        `SELECT DISTINCT plan_id FROM phase_queue
         WHERE status IN ('queued', 'ready', 'blocked')`,
      )
      .map((row) => text(row, "plan_id"));
  }

  private change<T>(work: (change: Change) => T): T {
    let made: Change | undefined;
    let result: T;
    try {
      result = this.store.commit((transaction) => {
        made = new Change(transaction, isoNow(this.clock), this.lastEventId);
        return work(made);
      });
    } catch (error) {
      // What was read inside the undone transaction may be wrong.
      this.readiness.forgetAll();
      throw error;
    }
    const events = made?.events ?? [];
    this.lastEventId = events.at(-1)?.event_id ?? this.lastEventId;
    if (events.length > 0) {
      this.changed.fire(events);
    }
    return result;
  }

  private changeOne(
    queueId: string,
    work: (change: Change, phase: PhaseState) => void,
  ): readonly QueueEvent[] {
    return this.change((change) => {
      work(change, this.required(change, queueId));
      return change.events;
    });
  }

  private required(change: Change, queueId: string): PhaseState {
    const sql = `SELECT ${phaseStateColumns} FROM phase_queue WHERE queue_id = ?`;
    const row = change.get(sql, [queueId]);
    if (!row) {
      throw new HopperError("notFound", `There is no phase ${queueId} in this queue.`);
    }
    return phaseState(row);
  }

  private pauseAtCheckpoint(change: Change, phase: PhaseState): void {
    const row = change.get(
      "SELECT phase_data ->> '$.properties.checkpoint' AS checkpoint FROM phase_queue WHERE queue_id = ?",
      [phase.queueId],
    );
    const checkpoint = row && optionalText(row, "checkpoint");
    if (checkpoint === undefined) {
      return;
    }
    const reason = `checkpoint after Phase ${phase.number}: ${checkpoint}`;
    change.run("UPDATE plans SET paused_reason = ? WHERE plan_id = ?", [reason, phase.planId]);
    change.record({ type: "plan_paused", plan_id: phase.planId, reason });
  }

  private dropFromDependents(change: Change, phase: PhaseState): void {
    const rows = change.all(
      `SELECT queue_id, depends_on_phases FROM phase_queue
       WHERE plan_id = ?1 AND depends_on_phases LIKE '%' || ?2 || '%'`,
      [phase.planId, phase.number],
    );
    for (const row of rows) {
      if (numbers(text(row, "depends_on_phases")).includes(phase.number)) {
        dropDependency(change, text(row, "queue_id"), phase.number);
      }
    }
    this.readiness.forget(phase.planId);
  }

  private afterDeletion(change: Change, phase: PhaseState): ReturnType<Readiness["corrections"]> {
    change.run("DELETE FROM phase_queue WHERE queue_id = ?", [phase.queueId]);
    this.readiness.forget(phase.planId);
    return this.readiness.corrections(change, phase.planId);
  }

  private deletePlan(change: Change, planId: string): void {
    const running = change.get(
      "SELECT phase_number FROM phase_queue WHERE plan_id = ? AND status = 'running'",
      [planId],
    );
    if (running) {
      throw new HopperError(
        "conflict",
        `Phase ${integer(running, "phase_number")} of the plan is running: cancel it first.`,
      );
    }
    change.run("DELETE FROM phase_queue WHERE plan_id = ?", [planId]);
    if (change.run("DELETE FROM plans WHERE plan_id = ?", [planId]) === 0) {
      throw new HopperError("notFound", `There is no plan ${planId} in this queue.`);
    }
    this.readiness.forget(planId);
    change.record({ type: "plan_removed", plan_id: planId });
  }
}

const insertPhase = `
  INSERT INTO phase_queue (queue_id, plan_id, parent_issue, phase_number, label, status,
    depends_on_phase, depends_on_phases, phase_data, runner, priority, queue_position,
    created_at, updated_at, ready_at, start_line)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13, ?14, ?15)`;

/** A process's start in one word: the boot, and the start time in it. */
function startOf({ bootId, startTime }: ProcessIdentity): string {
  return `${bootId}/${startTime}`;
}

function dropDependency(change: Change, queueId: string, number: number): void {
  const row = change.get("SELECT depends_on_phases FROM phase_queue WHERE queue_id = ?", [queueId]);
  const left = row ? numbers(text(row, "depends_on_phases")).filter((n) => n !== number) : [];
  change.run(
    "UPDATE phase_queue SET depends_on_phases = ?, depends_on_phase = ? WHERE queue_id = ?",
    [JSON.stringify(left), left.length === 1 ? (left[0] ?? null) : null, queueId],
  );
}

function writeConfig(change: Change, values: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(values)) {
    change.run(
      `INSERT INTO queue_config (config_key, config_value, updated_at) VALUES (?, ?, ?)
       ON CONFLICT (config_key) DO UPDATE
       SET config_value = excluded.config_value, updated_at = excluded.updated_at`,
      [key, value, change.at],
    );
  }
}

function conflict(phase: PhaseState, what: string): HopperError {
  return new HopperError("conflict", `${what}; Phase ${phase.number} is ${phase.status}.`);
}
