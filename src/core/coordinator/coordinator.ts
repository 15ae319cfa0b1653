import { type Clock, yieldToEventLoop } from "../base/clock";
import { HopperError } from "../base/errors";
import type { Event } from "../base/event";
import { type Disposable, DisposableStore } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { type Text, words } from "../base/words";
import { statusWords } from "../protocol/words/statusWords";
import { stored } from "../protocol/words/storedWords";
import type { AttemptRunner, ProcessIdentity } from "../protocol/attempts";
import { type CommandResult, result } from "../protocol/commands";
import type { Runners } from "../protocol/runners";
import type { Queue } from "../queue/queue";
import type { PhaseState } from "../queue/rows";
import { noteEvidence } from "../queue/workflowChanges";
import type { AttemptWorkflows } from "../queue/workflowReader";
import { AttemptFolders } from "./attemptFolders";
import { AttemptAhead } from "./attemptAhead";
import type { StartContext } from "./attemptRequest";
import { claimAttempt, type ClaimedAttempt, factsOf, prepareVerify } from "./attemptStart";
import { AttemptEnds } from "./attemptEnds";
import { type AttemptEvents, type AttemptFacts, OpenAttempt } from "./openAttempt";
import type { ProcessReport } from "./processReport";
import { recoverAttempts } from "./recovery";
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
  private readonly ends: AttemptEnds;
  private tickTimer: Disposable | undefined;
  private disposed = false;
  private readonly troubles: Trouble;
  private readonly scheduler: Scheduler;

  constructor(private readonly options: CoordinatorOptions) {
    const { queue, runner, workspace, runners, hopperFolder, clock, logger } = options;
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
    this.ends = new AttemptEnds({
      ...{ queue, runner, clock, logger, attempts: this.attempts, trouble: this.troubles },
      changeAndClaim: (work) => this.scheduler.changeAndClaim(work),
      tryLater: () => this.tickSoon(),
    });
    this.disposables.add(runner.onHint((folder) => this.byFolder(folder)?.look()));
    this.disposables.add(
      runner.onDidFailToStart(({ folder, message }) => {
        const attempt = this.byFolder(folder);
        if (attempt && !attempt.ending) {
          void this.ends.end(attempt, { outcome: "spawn", message });
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
    this.ends.giveUp(reason);
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
      settle: (attempt, verdict) => this.ends.end(attempt, verdict),
      verify: (attempt) => {
        const { problem } = prepareVerify(this.context, this.phase(attempt.facts.queueId));
        this.launch(attempt, problem);
      },
      stop: (attempt) => this.ends.finishStop(attempt),
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
    await this.ends.cancel(attempt);
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
      this.ends.settle(attempt, {
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
    this.ends.settle(attempt, { outcome: "completed", evidence });
    return result(words`Phase ${phase.number} is completed.`);
  }

  /** Stops every attempt that is open. */
  async cancelAll(): Promise<void> {
    this.stopStarting();
    const open = [...this.attempts.values()].filter(({ hasProcess }) => hasProcess);
    await Promise.all(open.map((attempt) => this.ends.cancel(attempt)));
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
    this.ends.dispose();
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
      void this.ends.end(attempt, { outcome: "spawn", message: problem });
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
      exited: (attempt) => this.ends.exited(attempt),
      vanished: (attempt, verdict) => void this.ends.end(attempt, attempt.stopped ?? verdict),
      overdue: (attempt, reason, message) => void this.ends.stop(attempt, reason, message),
    };
    const { runner, clock } = this.options;
    const attempt = new OpenAttempt(facts, runner, clock, events, process);
    this.attempts.set(facts.attemptId, attempt);
    if (attempt.hasProcess) {
      this.tickSoon();
    }
    return attempt;
  }

  /** What keeps one attempt from being looked at is its own trouble: the others go on. */
  private look(attempt: OpenAttempt): void {
    try {
      attempt.tick();
    } catch (error) {
      this.troubles.note(attempt, "it cannot be looked at", error);
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
        void this.ends.end(attempt, attempt.unsettled);
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
