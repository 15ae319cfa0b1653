import { type Clock, isoNow } from "../base/clock";
import { HopperError } from "../base/errors";
import { type Event, EventEmitter } from "../base/event";
import type { Logger } from "../base/log";
import { words } from "../base/words";
import type { MirrorSettings } from "../protocol/mirrors";
import type { ProcessIdentity } from "../protocol/attempts";
import type { QueueEvent } from "../protocol/queue";
import type { FailureReason } from "../protocol/terms";
import { stored } from "../protocol/words/storedWords";
import {
  type Claim,
  claimPhase,
  noteProcess,
  noteReport,
  settleAttempt,
  type Settlement,
} from "./attemptChanges";
import { Change } from "./change";
import { writeConfig } from "./config";
import { type NewPhase, type NewPlan, type StagedRows, storePlan } from "./enqueue";
import { movePhase, movePlan } from "./order";
import { type PlanUpdate, storeUpdate } from "./planUpdate";
import { mirrorChange } from "./mirrorChanges";
import { disownMirrors, lookBeforeCreating, startMirror, stopMirror } from "./mirrorSwitch";
import { PhaseStage } from "./phaseStage";
import { QueueOutbox } from "./queueOutbox";
import { QueueReader } from "./queueReader";
import { Readiness } from "./readiness";
import { deleteFinishedPlans, deletePhase, deletePlan, dropDependencies } from "./removal";
import { type PhaseState, phaseState, phaseStateColumns } from "./rows";
import { text } from "./sqlDatabase";
import type { Store } from "./store";
import { conflict, movePhases } from "./transitions";

export type { AttemptTerms, Claim, Settlement } from "./attemptChanges";
export type { NewPhase, NewPlan, StagedRows } from "./enqueue";
export type { PlanUpdate } from "./planUpdate";

/**
 * The owner's queue: every change is one transaction, durable when the call returns, and announces
 * one event for each phase it changed.
 */
export class Queue extends QueueReader {
  private readonly readiness = new Readiness();
  private readonly changed: EventEmitter<readonly QueueEvent[]>;
  private readonly stage: PhaseStage;
  private newestEventId: number;
  /** The change that {@link together} holds open. */
  private joined: Change | undefined;

  /** Fires after each change with everything it announces, in order. */
  readonly onDidChange: Event<readonly QueueEvent[]>;

  /** What is to be written to GitHub. */
  readonly outbox: QueueOutbox;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    super(store.database);
    this.stage = new PhaseStage(store);
    this.changed = new EventEmitter((error) =>
      logger.error("A listener of queue changes failed.", error),
    );
    this.onDidChange = this.changed.event;
    this.outbox = new QueueOutbox(store.database, (work) => this.change(work));
    this.newestEventId = this.lastEventId;
  }

  /**
   * Makes the changes of `work` as one: durable together when this returns, and announced together.
   * A change that throws is undone by itself, and the others stay where `work` catches that.
   *
   * @param onDurable called once all of it is durable, before anybody else is told.
   */
  together<T>(work: () => T, onDurable?: () => void): T {
    return this.commit((change) => {
      this.joined = change;
      try {
        return work();
      } finally {
        this.joined = undefined;
      }
    }, onDurable);
  }

  /** Stores a plan with its phases; answers its id. */
  enqueue(plan: NewPlan, staged?: StagedRows): string {
    return this.change((change) => {
      if (plan.replaces !== undefined) {
        deletePlan(change, this.readiness, plan.replaces);
      }
      return storePlan(change, plan, staged);
    });
  }

  /**
   * Makes the rows of a long plan ready while the event loop turns; only `work`, which has them
   * stored by {@link enqueue}, holds it up. The queue may have changed until then.
   */
  staged<T>(phases: readonly NewPhase[], work: (staged: StagedRows) => T): Promise<T> {
    this.store.prepareSnapshot();
    return this.stage.use(phases, work);
  }

  /** @throws HopperError `owned` once another process has taken over; `storage` when that cannot be known. */
  assertOwned(): void {
    this.store.assertOwned();
  }

  /**
   * Brings a stored plan up to its file.
   *
   * @throws HopperError `conflict` when a phase was started meanwhile.
   */
  update(update: PlanUpdate): void {
    this.change((change) => storeUpdate(change, this.readiness, update));
  }

  /** Puts a plan before another one in the order of starting, or behind all. */
  movePlan(planId: string, before?: string): void {
    this.change((change) => movePlan(change, planId, before));
  }

  /** Puts a phase that has not started before another one of its plan, or behind all. */
  movePhase(queueId: string, before?: string): void {
    this.changeOne(queueId, (change, phase) => movePhase(change, phase, before));
  }

  /**
   * Moves a ready phase to running with a new attempt.
   *
   * @returns when it was claimed.
   * @throws HopperError `conflict` when the phase is not ready any more.
   */
  claim(claim: Claim): string {
    return this.change((change) => {
      claimPhase(change, this.required(change, claim.queueId), claim);
      return change.at;
    });
  }

  /** Notes which process runs an attempt. A late word on an ended attempt changes nothing. */
  attemptStarted(attemptId: string, process: ProcessIdentity): void {
    this.change((change) => noteProcess(change, attemptId, process));
  }

  /** Notes, before anything is stopped, that and why an attempt is to be stopped. */
  requestStop(attemptId: string, reason: FailureReason): void {
    this.change((change) =>
      change.run(
        `UPDATE attempts SET stop_requested = ?
         WHERE attempt_id = +? AND state <> 'ended' AND stop_requested IS NULL`,
        [reason, attemptId],
      ),
    );
  }

  /** Notes that an `external` or `manual` attempt was reported as done, before it is verified. */
  noteReport(attemptId: string, evidence: unknown): void {
    this.change((change) => noteReport(change, attemptId, evidence));
  }

  /**
   * Ends an attempt and moves its phase, with everything that follows from it.
   *
   * @returns false when the attempt had ended before: a repeat changes nothing.
   */
  settle(settlement: Settlement): boolean {
    return this.change((change) => settleAttempt(change, this.readiness, settlement));
  }

  /** Makes a failed phase ready again; answers its move and those of phases it no longer blocks. */
  retry(queueId: string): readonly QueueEvent[] {
    return this.changeOne(queueId, (change, phase) => {
      if (phase.status !== "failed") {
        throw conflict(phase, words`Only a failed phase can be retried`);
      }
      movePhases(change, [{ phase, to: "ready" }]);
      movePhases(change, this.readiness.consequences(change, phase.planId, phase.number));
    });
  }

  /** Counts an unstarted or failed phase as completed. */
  skip(queueId: string): readonly QueueEvent[] {
    return this.changeOne(queueId, (change, phase) => {
      if (phase.status === "running") {
        throw conflict(phase, words`A running phase must be cancelled before it can be skipped`);
      }
      if (phase.status === "completed") {
        throw conflict(phase, words`There is nothing to skip`);
      }
      movePhases(change, [{ phase, to: "completed", reason: "skipped" }]);
      movePhases(change, this.readiness.consequences(change, phase.planId, phase.number));
    });
  }

  /**
   * Removes a phase that is not running. An unfinished one blocks what depends on it, unless
   * `dropDependencies` lets those phases forget it.
   */
  removePhase(queueId: string, dropDependencies = false): readonly QueueEvent[] {
    return this.changeOne(queueId, (change, phase) =>
      deletePhase(change, this.readiness, phase, dropDependencies),
    );
  }

  /**
   * Lets a phase no longer depend on phases that were removed.
   *
   * @returns the numbers of those phases.
   */
  dropDependencies(queueId: string): readonly number[] {
    return this.change((change) =>
      dropDependencies(change, this.readiness, this.required(change, queueId)),
    );
  }

  /** Removes a plan none of whose phases runs. */
  removePlan(planId: string): void {
    this.change((change) => deletePlan(change, this.readiness, planId));
  }

  /** Removes every plan all of whose phases are completed; answers their ids. */
  clearCompleted(): string[] {
    return this.change((change) => deleteFinishedPlans(change, this.readiness));
  }

  /** Makes a change that moves no phase: one of those in `workflowChanges`. */
  note<T>(work: (change: Change) => T): T {
    return this.change(work);
  }

  /** Stops or allows the starting of phases; `reason` says who or what paused it. */
  setPaused(paused: boolean, reason = stored("pausedByYou")): void {
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

  /** Mirrors a plan to GitHub from now on, or in another way than before. */
  startMirror(planId: string, settings: MirrorSettings): void {
    this.change((change) => startMirror(change, planId, settings));
  }

  /**
   * Writes nothing more of a plan to GitHub; what is there stays.
   *
   * @returns false when it was not mirrored.
   */
  stopMirror(planId: string): boolean {
    return this.change((change) => stopMirror(change, planId));
  }

  /** Ends every mirror, and forgets what is on GitHub; answers how many there were. */
  disownMirrors(): number {
    return this.change(disownMirrors);
  }

  /** After a repair: what may be on GitHub although it is not known is looked for first. */
  lookBeforeCreating(): void {
    this.change(lookBeforeCreating);
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

  /** The phase that becomes ready when this one completes: the first, where there are several. */
  likelyNext(planId: string, phaseNumber: number): PhaseState | undefined {
    return this.readiness.likelyNext(this.database, planId, phaseNumber);
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
    const { joined } = this;
    if (!joined) {
      return this.commit(work);
    }
    try {
      return joined.nested(() => work(joined));
    } catch (error) {
      this.readiness.forgetAll();
      throw error;
    }
  }

  private commit<T>(work: (change: Change) => T, onDurable?: () => void): T {
    let events: readonly QueueEvent[] = [];
    let result: T;
    try {
      result = this.store.commit((transaction) => {
        const change = new Change(transaction, isoNow(this.clock), this.newestEventId);
        const answer = work(change);
        this.noteForGitHub(change);
        events = change.events;
        return answer;
      });
    } catch (error) {
      // What was read inside the undone transaction may be wrong.
      this.readiness.forgetAll();
      throw error;
    }
    this.newestEventId += events.length;
    try {
      onDurable?.();
    } finally {
      if (events.length > 0) {
        this.changed.fire(events);
      }
    }
    return result;
  }

  /** A mirror that fails must not keep the queue from what it does. */
  private noteForGitHub(change: Change): void {
    try {
      mirrorChange(change);
    } catch (error) {
      this.logger.error("What happened could not be noted for GitHub.", error);
    }
  }

  /** Answers what moved; a phase whose cause alone changed is announced, but did not move. */
  private changeOne(
    queueId: string,
    work: (change: Change, phase: PhaseState) => void,
  ): readonly QueueEvent[] {
    return this.change((change) => {
      const before = change.events.length;
      work(change, this.required(change, queueId));
      return change.events
        .slice(before)
        .filter(({ from_status, to_status }) => from_status !== to_status);
    });
  }

  private required(change: Change, queueId: string): PhaseState {
    const sql = `SELECT ${phaseStateColumns} FROM phase_queue WHERE queue_id = ?`;
    const row = change.get(sql, [queueId]);
    if (!row) {
      throw new HopperError("notFound", words`There is no phase ${queueId} in this queue.`);
    }
    return phaseState(row);
  }
}
