import { type Clock, yieldToEventLoop } from "../base/clock";
import { errorMessage, HopperError } from "../base/errors";
import type { Event } from "../base/event";
import { type Disposable, DisposableStore } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { type Text, words } from "../base/words";
import { statusWords } from "../protocol/words/statusWords";
import { stored } from "../protocol/words/storedWords";
import type { AttemptRunner, ProcessIdentity, Verdict } from "../protocol/attempts";
import { type CommandResult, result } from "../protocol/commands";
import type { Runners } from "../protocol/runners";
import type { FailureReason } from "../protocol/terms";
import type { Queue } from "../queue/queue";
import type { PhaseState } from "../queue/rows";
import { noteEvidence } from "../queue/workflowChanges";
import type { AttemptWorkflows } from "../queue/workflowReader";
import { AttemptFolders } from "./attemptFolders";
import { AttemptAhead } from "./attemptAhead";
import type { StartContext } from "./attemptRequest";
import { claimAttempt, type ClaimedAttempt, factsOf, prepareVerify } from "./attemptStart";
import { Breaker, breakerReason } from "./breaker";
import { EndWaiters } from "./endWaiters";
import { type AttemptEvents, type AttemptFacts, OpenAttempt } from "./openAttempt";
import { type ProcessReport, withReport } from "./processReport";
import { recoverAttempts } from "./recovery";
import { retryWait } from "./retries";
import { Scheduler, takesSlot } from "./scheduler";
import { Trouble } from "./trouble";

export interface CoordinatorOptions {
  readonly queue: Queue;
  readonly runner: AttemptRunner;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly workspace: string;
  readonly hopperFolder: string;
  readonly runners: () => Runners;
  /** Processes that may run at once, over all plans. */
  readonly maxConcurrentPhases: () => number;
  /** What an attempt that waits for an outside program remembers of such programs at its claim. */
  readonly workflowsAtClaim?: (queueId: string) => AttemptWorkflows;
}

/** How often what no event tells is looked at. */
const tickMilliseconds = 1000;

/** Decides what is ready, starts attempts, settles their outcome. */
export class Coordinator implements Disposable {
  private readonly attempts = new Map<string, OpenAttempt>();
  private readonly disposables = new DisposableStore();
  private readonly context: StartContext;
  private readonly ahead: AttemptAhead;
  private readonly breaker = new Breaker();
  private tickTimer: Disposable | undefined;
  private disposed = false;
  private readonly endWaiters = new EndWaiters();
  private readonly troubles: Trouble;
  private readonly scheduler: Scheduler;

  constructor(private readonly options: CoordinatorOptions) {
    const { queue, runner, workspace, runners, hopperFolder, logger } = options;
    const folders = new AttemptFolders(hopperFolder, logger);
    const { workflowsAtClaim } = options;
    this.context = {
      ...{ queue, runner, folders, workspace, runners },
      ...(workflowsAtClaim && { workflowsAtClaim }),
    };
    this.ahead = new AttemptAhead(this.context);
    this.troubles = new Trouble(logger, () => this.tickSoon());
    this.scheduler = this.disposables.add(
      new Scheduler({
        ...options,
        processes: () => this.processes(),
        trouble: this.troubles,
        claim: (phase) => claimAttempt(this.context, phase, this.ahead),
        launch: (claimed) => this.launchClaimed(claimed),
        giveBack: ({ facts }) => void folders.remove(facts.folder),
      }),
    );
    this.disposables.add(runner.onHint((folder) => this.byFolder(folder)?.look()));
    this.disposables.add(
      runner.onDidFailToStart(({ folder, message }) => {
        const attempt = this.byFolder(folder);
        if (attempt && !attempt.ending) {
          void this.end(attempt, { outcome: "spawn", message });
        }
      }),
    );
    this.disposables.add(queue.onDidChange(() => this.scheduler.schedule()));
  }

  /** What keeps the coordinator from working, such as a full disk; tried again every second. */
  get trouble(): Text | undefined {
    return this.troubles.told;
  }

  /** Fires with {@link trouble} when that came up or is over. */
  get onDidChangeTrouble(): Event<Text | undefined> {
    return this.troubles.onDidChange;
  }

  /**
   * Starts, settles and stops nothing more, because nothing can be stored any more; what runs goes on
   * with its wrappers. For good: only a new host can know what became of it.
   */
  giveUp(reason: Text): void {
    this.troubles.giveUp(reason);
    this.scheduler.stop();
    this.tickTimer?.dispose();
    this.endWaiters.rejectAll(new HopperError("storage", reason));
  }

  /** Settles or re-attaches whatever a host before this one left; comes before anything else. */
  async recover(options: { readonly distrust: boolean }): Promise<void> {
    const { queue } = this.options;
    for (const planId of queue.plansWithWaitingPhases()) {
      queue.correctReadiness(planId);
      await yieldToEventLoop();
    }
    await recoverAttempts(this.context, {
      ...options,
      watch: (facts, process) => this.watch(facts, process),
      settle: (attempt, verdict) => this.end(attempt, verdict),
      verify: (attempt) => {
        const { problem } = prepareVerify(this.context, this.phase(attempt.facts.queueId));
        this.launch(attempt, problem);
      },
      stop: (attempt) => this.finishStop(attempt),
    });
    await this.context.folders.sweepOrphans(queue);
  }

  /** Starts what is ready from now on: of one plan, or of the whole queue. */
  start(planId?: string): void {
    this.scheduler.start(planId);
  }

  /** Starts nothing more; what runs goes on and is settled. */
  stopStarting(): void {
    this.scheduler.stop();
  }

  /**
   * Starts one ready phase now, also while the queue is paused. Where every slot is taken it is the
   * next one to start, in a host that goes on starting phases; any other host refuses.
   */
  startPhase(queueId: string): CommandResult {
    const phase = this.phase(queueId);
    if (phase.status !== "ready") {
      const { number, status } = phase;
      throw new HopperError(
        "conflict",
        status === "failed"
          ? words`Phase ${number} is failed, not ready: retry it.`
          : words`Phase ${number} is ${statusWords[status]}, not ready.`,
      );
    }
    return this.scheduler.startByHand(phase);
  }

  /** Stops a running phase; resolves when nobody of its attempt lives. */
  async cancel(queueId: string): Promise<CommandResult> {
    const phase = this.phase(queueId);
    const attempt = this.running(queueId);
    await this.cancelAttempt(attempt);
    const status = this.options.queue.state(queueId)?.status;
    if (attempt.stop?.reason !== "cancelled") {
      throw new HopperError(
        "conflict",
        status === undefined
          ? words`Phase ${phase.number} had ended already: it is removed.`
          : words`Phase ${phase.number} had ended already: it is ${statusWords[status]}.`,
      );
    }
    return result(words`Phase ${phase.number} was cancelled.`);
  }

  /**
   * Takes a report on an attempt whose own process decides how it ends: a reported failure makes it
   * fail although that process succeeds.
   */
  noteReport(queueId: string, report: ProcessReport): void {
    const attempt = this.running(queueId);
    this.options.queue.note((change) => noteEvidence(change, attempt.facts.attemptId, report));
    attempt.report = report;
  }

  /** Settles a running `external` or `manual` phase by hand, or because a workflow says so. */
  report(
    queueId: string,
    outcome: "completed" | "failed",
    note?: string,
    more: Readonly<Record<string, unknown>> = {},
  ): CommandResult {
    const phase = this.phase(queueId);
    const attempt = this.running(queueId);
    const { kind } = attempt.facts;
    if (kind === "shell" || kind === "command") {
      throw new HopperError(
        "conflict",
        words`Phase ${phase.number} is running: its own process decides how it ends. Cancel it to stop it.`,
      );
    }
    if (attempt.hasProcess || attempt.ending) {
      throw new HopperError("conflict", words`Phase ${phase.number} is being verified already.`);
    }
    const evidence = { reported: outcome, ...(note !== undefined && { note }), ...more };
    if (outcome === "failed") {
      this.settle(attempt, {
        outcome: "reported",
        message: note ?? stored("reportedFailed"),
        evidence,
      });
      return result(words`Phase ${phase.number} was marked as failed.`);
    }
    if ((this.options.queue.phaseData(queueId)?.verify.length ?? 0) > 0) {
      this.verify(attempt, evidence);
      return result(words`Phase ${phase.number} was reported as done; its verify blocks are run.`);
    }
    this.settle(attempt, { outcome: "completed", evidence });
    return result(words`Phase ${phase.number} is completed.`);
  }

  /** Stops every attempt that is open. */
  async cancelAll(): Promise<void> {
    this.stopStarting();
    const open = [...this.attempts.values()].filter(({ hasProcess }) => hasProcess);
    await Promise.all(open.map((attempt) => this.cancelAttempt(attempt)));
  }

  /** Watches and starts nothing more; running attempts go on with their wrappers. */
  dispose(): void {
    this.disposed = true;
    this.tickTimer?.dispose();
    this.disposables.dispose();
    for (const attempt of this.attempts.values()) {
      attempt.dispose();
    }
    this.attempts.clear();
    this.troubles.guarded(() => this.ahead.drop());
    this.endWaiters.rejectAll(
      new HopperError(
        "unavailable",
        words`Phase Hopper ends before the phase did. A stop that was asked for is finished by whoever opens the queue next: \`phase-hopper run\` does.`,
      ),
    );
  }

  /** @throws HopperError `notFound`, or `conflict` where nothing of the phase runs. */
  private running(queueId: string): OpenAttempt {
    const { attemptId, number, status } = this.phase(queueId);
    const attempt = attemptId === undefined ? undefined : this.attempts.get(attemptId);
    if (status !== "running" || !attempt) {
      throw new HopperError(
        "conflict",
        words`Phase ${number} is ${statusWords[status]}, not running.`,
      );
    }
    return attempt;
  }

  private phase(queueId: string): PhaseState {
    const phase = this.options.queue.state(queueId);
    if (!phase) {
      throw new HopperError("notFound", words`There is no phase ${queueId} in this queue.`);
    }
    return phase;
  }

  private byFolder(folder: string): OpenAttempt | undefined {
    return [...this.attempts.values()].find((attempt) => attempt.facts.folder === folder);
  }

  private processes(): number {
    return [...this.attempts.values()].filter(({ facts }) => takesSlot(facts.kind)).length;
  }

  private launchClaimed({ facts, problem }: ClaimedAttempt): void {
    const attempt = this.watch(facts);
    this.launch(attempt, problem);
    if (attempt.hasProcess && problem === undefined) {
      void this.prepareNext(facts);
    }
  }

  /** Uses the time in which an attempt runs to make ready what will probably follow it. */
  private async prepareNext({ planId, phaseNumber }: AttemptFacts): Promise<void> {
    await yieldToEventLoop();
    if (this.disposed || this.troubles.text !== undefined) {
      return;
    }
    this.troubles.guarded(() => {
      const next = this.scheduler.inLine ?? this.options.queue.likelyNext(planId, phaseNumber);
      if (next) {
        this.ahead.prepare(next);
      }
    });
  }

  /** Starts the verify blocks of an attempt that was reported as done. */
  private verify(attempt: OpenAttempt, evidence: unknown): void {
    const { queue } = this.options;
    const { attemptId, queueId } = attempt.facts;
    const phase = this.phase(queueId);
    // Made before the report is stored: a disk that refuses leaves the phase as it was.
    const { problem } = prepareVerify(this.context, phase);
    queue.noteReport(attemptId, evidence);
    attempt.dispose();
    const item = queue.attempt(attemptId);
    const data = queue.phaseData(queueId);
    if (item && data) {
      const verifying = this.watch(factsOf(this.context.folders, phase, item, data, false));
      this.launch(verifying, problem);
    }
  }

  private launch(attempt: OpenAttempt, problem?: string): void {
    if (problem !== undefined) {
      void this.end(attempt, { outcome: "spawn", message: problem });
    } else if (attempt.hasProcess) {
      this.options.runner.launch(attempt.facts.folder);
    }
  }

  private watch(facts: AttemptFacts, process?: ProcessIdentity): OpenAttempt {
    const events: AttemptEvents = {
      started: (attempt, process) =>
        this.troubles.guarded(() =>
          this.options.queue.attemptStarted(attempt.facts.attemptId, process),
        ),
      exited: (attempt) => void this.end(attempt, this.judged(attempt)),
      vanished: (attempt, verdict) => void this.end(attempt, attempt.stopped ?? verdict),
      overdue: (attempt, reason, message) => void this.stopAttempt(attempt, reason, message),
    };
    const { runner, clock } = this.options;
    const attempt = new OpenAttempt(facts, runner, clock, events, process);
    this.attempts.set(facts.attemptId, attempt);
    if (attempt.hasProcess) {
      this.tickSoon();
    }
    return attempt;
  }

  /** After a stop was asked for, the outcome is its reason, whatever the process answered to it. */
  private judged(attempt: OpenAttempt): Verdict | Promise<Verdict> {
    const settled = (verdict: Verdict): Verdict => ({
      ...withReport(verdict, attempt.report),
      ...attempt.stopped,
    });
    const unreadable = (error: unknown): Verdict => {
      const message = `how it ended cannot be read: ${errorMessage(error)}`;
      return attempt.stopped ?? { outcome: "lost", message };
    };
    try {
      const verdict = attempt.verdict();
      return verdict instanceof Promise ? verdict.then(settled, unreadable) : settled(verdict);
    } catch (error) {
      return unreadable(error);
    }
  }

  private async cancelAttempt(attempt: OpenAttempt): Promise<void> {
    attempt.look();
    if (!attempt.ending && !this.stopAttempt(attempt, "cancelled", stored("cancelledByYou"))) {
      const { phaseNumber } = attempt.facts;
      const why = this.trouble ?? words`the queue cannot be written`;
      throw new HopperError("storage", words`Phase ${phaseNumber} was not cancelled: ${why}`);
    }
    if (this.attempts.has(attempt.facts.attemptId)) {
      await this.endWaiters.wait(attempt.facts.attemptId);
    }
  }

  /** Answers false, with nothing stopped, when the stop could not be committed. */
  private stopAttempt(attempt: OpenAttempt, reason: FailureReason, message: string): boolean {
    const committed =
      !this.troubles.isFinal &&
      this.troubles.guarded(() => this.options.queue.requestStop(attempt.facts.attemptId, reason));
    if (committed) {
      attempt.stop = { reason, message };
      void this.finishStop(attempt);
    }
    return committed;
  }

  private async finishStop(attempt: OpenAttempt): Promise<void> {
    if (attempt.stopped) {
      await this.end(attempt, attempt.stopped);
    }
  }

  /**
   * Ends an attempt: whoever of it still lives is stopped first, unless it succeeded; then its phase
   * is settled. A disk that refuses is tried again with each tick.
   */
  private async end(attempt: OpenAttempt, judged: Verdict | Promise<Verdict>): Promise<void> {
    if (attempt.ending || this.troubles.isFinal) {
      return;
    }
    attempt.ending = true;
    // A verdict that is there is acted on in this turn: the next phase starts at once.
    const verdict = judged instanceof Promise ? await judged : judged;
    const { queue, runner } = this.options;
    const { facts } = attempt;
    if (verdict.outcome !== "completed" && attempt.hasProcess && !this.disposed) {
      try {
        // Of a host that stood still another may have taken over meanwhile, and with the queue this attempt.
        queue.assertOwned();
        await runner.stop(facts.folder, { attemptId: facts.attemptId, process: attempt.identity });
      } catch (error) {
        this.troubles.note(attempt, "its processes could not be stopped", error);
        this.endLater(attempt, verdict);
        return;
      }
    }
    if (!this.disposed && !this.troubles.guarded(() => this.settle(attempt, verdict))) {
      this.endLater(attempt, verdict);
    }
  }

  private endLater(attempt: OpenAttempt, verdict: Verdict): void {
    attempt.unsettled = verdict;
    attempt.ending = false;
    this.tickSoon();
  }

  private settle(attempt: OpenAttempt, verdict: Verdict): void {
    const { queue, runner, clock, logger } = this.options;
    const { facts } = attempt;
    const retryAt = this.retryAt(facts, verdict);
    const now = clock.monotonic();
    const { outcome } = verdict;
    const counts = outcome !== "completed" && outcome !== "cancelled" && retryAt === undefined;
    if (attempt.hasProcess) {
      runner.settle(facts.folder);
    }
    this.attempts.delete(facts.attemptId);
    try {
      this.scheduler.changeAndClaim(() => {
        queue.settle({
          attemptId: facts.attemptId,
          verdict,
          ...(attempt.identity && { process: attempt.identity }),
          ...this.logBytes(attempt),
          ...(retryAt !== undefined && { retryAt }),
        });
        // Decided before the next phase is claimed.
        if (counts && this.breaker.tripsAt(now)) {
          logger.warn(`The queue was paused: ${breakerReason}.`);
          queue.setPaused(true, breakerReason);
        }
      });
    } catch (error) {
      this.attempts.set(facts.attemptId, attempt);
      throw error;
    }
    if (counts) {
      this.breaker.failed(now);
    }
    attempt.dispose();
    this.endWaiters.settled(facts.attemptId);
  }

  private retryAt(facts: AttemptFacts, verdict: Verdict): string | undefined {
    const { queue, clock } = this.options;
    if (verdict.outcome === "completed") {
      return undefined;
    }
    const used = queue.automaticRetries(facts.queueId);
    const wait = retryWait(verdict.outcome, facts.retries, used);
    return wait === undefined ? undefined : new Date(clock.now() + wait).toISOString();
  }

  /** What keeps one attempt from being looked at is its own trouble: the others go on. */
  private look(attempt: OpenAttempt): void {
    try {
      attempt.tick();
    } catch (error) {
      this.troubles.note(attempt, "it cannot be looked at", error);
    }
  }

  private logBytes(attempt: OpenAttempt): { readonly logBytes?: number } {
    if (!attempt.hasProcess) {
      return {};
    }
    try {
      return { logBytes: this.options.runner.outputSize(attempt.facts.folder) };
    } catch (error) {
      // An end is not held up for a number that is only shown.
      this.troubles.note(attempt, "the size of its output cannot be read", error);
      return {};
    }
  }

  private tickSoon(): void {
    if (this.tickTimer || this.disposed || this.troubles.isFinal) {
      return;
    }
    this.tickTimer = this.options.clock.after(tickMilliseconds, () => {
      this.tickTimer = undefined;
      this.tick();
    });
  }

  private tick(): void {
    this.troubles.tryAgain();
    // Of a list of its own: an end that cannot be stored puts its attempt back, behind the others.
    for (const attempt of [...this.attempts.values()]) {
      if (attempt.unsettled) {
        void this.end(attempt, attempt.unsettled);
      } else {
        this.look(attempt);
      }
    }
    this.scheduler.schedule();
    const open = [...this.attempts.values()];
    if (!open.some(({ unsettled }) => unsettled)) {
      this.troubles.wasTried();
    }
    if (open.some(({ hasProcess, unsettled }) => hasProcess || unsettled)) {
      this.tickSoon();
    }
  }
}
