import type { Clock } from "../../core/base/clock";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import type { Logger } from "../../core/base/log";
import { errorMessage } from "../../core/base/errors";
import type { PhaseQueueItem, QueueEvent } from "../../core/protocol/queue";
import type { Waiting } from "../../core/protocol/snapshot";
import { every } from "../every";
import { type ExitCode, exitCodeOfKind, exitCodes } from "../exitCodes";
import { exitCodeOfInterrupt, type Interrupt, type Interrupts } from "./interrupts";
import type { RunReporter } from "./reporter";
import { RunModel } from "./runModel";
import type { RunQueue } from "../queue/runQueue";

export interface RunOptions {
  readonly queue: RunQueue;
  /** The one plan to run; without it everything. */
  readonly planId?: string;
  readonly reporter: RunReporter;
  readonly interrupts: Interrupts;
  /** Somebody looks on who can do what the run waits for: it need not end for that. */
  readonly attended: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long after a Ctrl-C a second one is waited for, while phases run. */
const secondChance = 3_000;
/** How often what no event tells is looked at: retries that become due, a disk that is full. */
const tick = 1_000;
/** Events that come so soon after those handed on before wait for one another. */
const together = 16;

/** Runs what is enqueued until it is done, cannot go on, or somebody interrupts it. */
export async function runToEnd(options: RunOptions): Promise<ExitCode> {
  const { queue, planId } = options;
  const early: QueueEvent[] = [];
  const listening = queue.onDidChange((events) => early.push(...events));
  const model = await RunModel.of(queue, planId);
  listening.dispose();
  return new Run(options, model, early).toEnd();
}

class Run {
  private readonly disposables = new DisposableStore();
  private flushing = false;
  private flushTimer: Disposable | undefined;
  private flushedAt = Number.NEGATIVE_INFINITY;
  private waiting: Waiting | undefined;
  private leaving: "no" | "leaving" | "cancelling" = "no";
  private secondChanceTimer: Disposable | undefined;
  private finish: (exitCode: ExitCode) => void = () => undefined;
  private isOver = false;

  constructor(
    private readonly options: RunOptions,
    private readonly model: RunModel,
    private readonly pending: QueueEvent[],
  ) {}

  async toEnd(): Promise<ExitCode> {
    const { queue, reporter, interrupts, planId, clock } = this.options;
    const ended = new Promise<ExitCode>((resolve) => {
      this.finish = resolve;
    });
    try {
      this.disposables.add(queue.onDidChange((events) => this.collect(events)));
      this.disposables.add(
        queue.onDidLoseWorkspace(({ kind, message }) =>
          this.end(exitCodeOfKind[kind], false, { kind: "trouble", text: message }),
        ),
      );
      reporter.begin(this.model);
      if (interrupts.pending === undefined) {
        queue.run(planId);
      }
      interrupts.listen((interrupt) => this.interrupt(interrupt));
      // What came in this turn and is not handed on yet counts: it may be the end.
      this.disposables.add(every(clock, tick, () => this.flush()));
      this.collect([]);
      return await ended;
    } finally {
      this.isOver = true;
      this.secondChanceTimer?.dispose();
      this.flushTimer?.dispose();
      this.disposables.dispose();
    }
  }

  /**
   * Handed on at once, but of a chain of short phases some together: what the host does for each of them
   * it cannot do for the next one's start.
   */
  private collect(events: readonly QueueEvent[]): void {
    this.pending.push(...events);
    if (!this.flushing) {
      this.flushing = true;
      const { clock } = this.options;
      const flush = (): void => {
        this.flushing = false;
        this.flushedAt = clock.monotonic();
        this.flush();
      };
      const wait = this.flushedAt + together - clock.monotonic();
      if (wait > 0) {
        this.flushTimer = clock.after(wait, flush);
      } else {
        setImmediate(flush);
      }
    }
  }

  private flush(): void {
    if (!this.isOver) {
      this.apply();
      this.look();
    }
  }

  private apply(): void {
    const events = this.pending.splice(0).filter((event) => this.model.concerns(event));
    if (events.length > 0) {
      this.model.apply(events);
      this.options.reporter.changed(events, this.model);
    }
  }

  /** Looks what the run waits for, and ends it where that will not come by itself. */
  private look(): void {
    const { queue, reporter, planId, attended } = this.options;
    if (this.leaving !== "no") {
      if (this.leaving === "leaving" && this.processes().length === 0) {
        this.end(exitCodes.interrupted, true);
      }
      return;
    }
    // While a process runs there is nothing to ask, and asking goes through all phases.
    if (this.processes().length > 0 && this.waiting?.kind === "running") {
      return;
    }
    const waiting = queue.waiting(planId);
    if (waiting.kind !== this.waiting?.kind || waiting.text !== this.waiting.text) {
      this.waiting = waiting;
      reporter.waits(waiting, this.model);
    }
    const exitCode = exitCodeOf(waiting, this.model.counts.failed > 0);
    const needsPerson = waiting.kind === "person" || waiting.kind === "paused";
    if (exitCode !== undefined && !(needsPerson && attended)) {
      this.end(exitCode, false);
    }
  }

  private interrupt(interrupt: Interrupt): void {
    const { queue, reporter, clock } = this.options;
    queue.stopStarting();
    // What was started a moment ago is not handed on yet.
    this.apply();
    if (queue.owner !== undefined) {
      // It goes on with everything, whoever looks on.
      this.end(exitCodeOfInterrupt[interrupt], true);
    } else if (interrupt !== "SIGINT" || this.leaving === "cancelling") {
      this.end(exitCodeOfInterrupt[interrupt], true);
    } else if (this.leaving === "leaving") {
      this.leaving = "cancelling";
      this.secondChanceTimer?.dispose();
      reporter.leaves("cancelling", this.processes());
      void this.cancel().then(() => {
        this.apply();
        this.end(exitCodes.interrupted, true);
      });
    } else if (this.processes().length === 0) {
      this.end(exitCodes.interrupted, true);
    } else {
      this.leaving = "leaving";
      reporter.leaves("leaving", this.processes());
      this.secondChanceTimer = clock.after(secondChance, () =>
        this.end(exitCodes.interrupted, true),
      );
    }
  }

  /** Only what belongs to this run: phases of other plans may go on from an earlier one. */
  private async cancel(): Promise<void> {
    const { queue, planId, logger } = this.options;
    try {
      await (planId === undefined
        ? queue.cancelAll()
        : Promise.allSettled(this.processes().map(({ queue_id }) => queue.cancel(queue_id))));
    } catch (error) {
      logger.warn(`Not everything could be cancelled: ${errorMessage(error)}`);
    }
  }

  /** Phases of this run that a process is at work on. */
  private processes(): readonly PhaseQueueItem[] {
    // As they were claimed: the configuration may be another one by now.
    return this.options.queue.queue.openAttempts().flatMap(({ queue_id, runner_kind }) => {
      const phase = this.model.phase(queue_id);
      const isProcess = runner_kind === "shell" || runner_kind === "command";
      return phase?.status === "running" && isProcess ? [phase] : [];
    });
  }

  private end(
    exitCode: ExitCode,
    interrupted: boolean,
    waiting = this.options.queue.waiting(this.options.planId),
  ): void {
    const {
      reporter,
      queue: { owner },
    } = this.options;
    if (!this.isOver) {
      this.isOver = true;
      const going = this.processes();
      reporter.end({ exitCode, interrupted, waiting, going, owner }, this.model);
      this.finish(exitCode);
    }
  }
}

/** What a run ends with that waits for this; undefined while it goes on by itself. */
function exitCodeOf({ kind }: Waiting, hasFailed: boolean): ExitCode | undefined {
  switch (kind) {
    case "running":
    case "retry":
    case "workflow":
    case "trouble":
      return undefined;
    case "person":
    case "paused":
      return hasFailed ? exitCodes.failed : exitCodes.waiting;
    case "failed":
      return exitCodes.failed;
    case "completed":
      return exitCodes.completed;
  }
}
