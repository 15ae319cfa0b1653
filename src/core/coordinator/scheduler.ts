import { type Clock, isoNow } from "../base/clock";
import { HopperError } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import type { CommandResult } from "../protocol/commands";
import type { Runners } from "../protocol/runners";
import type { RunnerKind } from "../protocol/terms";
import type { QueueReader } from "../queue/queueReader";
import type { PhaseState } from "../queue/rows";
import type { Trouble } from "./trouble";

export interface SchedulerOptions {
  readonly queue: QueueReader;
  readonly clock: Clock;
  readonly runners: () => Runners;
  /** Processes that may run at once, over all plans. */
  readonly maxConcurrentPhases: () => number;
  /** Processes that run. */
  readonly processes: () => number;
  readonly trouble: Trouble;
  /** Claims and starts a phase; throws when that cannot be stored. */
  readonly startAttempt: (phase: PhaseState) => void;
}

/** Decides which phase starts next, and when. */
export class Scheduler implements Disposable {
  /** Plans whose phases are started; `{}` is the whole queue, undefined starts nothing. */
  private scope: { readonly planId?: string } | undefined;
  /**
   * Phases that somebody started by hand while every slot was taken, the first asked for first. In
   * memory alone: a start by hand overrides a pause, and no later host shall do that by itself.
   */
  private readonly asked = new Set<string>();
  private busy = false;
  private retryTimer: Disposable | undefined;

  constructor(private readonly options: SchedulerOptions) {}

  /** Starts what is ready from now on: of one plan, or of the whole queue. */
  start(planId?: string): void {
    this.scope = planId === undefined ? {} : { planId };
    this.schedule();
  }

  /** Starts nothing more. */
  stop(): void {
    this.scope = undefined;
    this.asked.clear();
    this.retryTimer?.dispose();
  }

  dispose(): void {
    this.stop();
  }

  /** Starts a ready phase now, or as the next one where every slot is taken. */
  startByHand(phase: PhaseState): CommandResult {
    const { processes, maxConcurrentPhases, startAttempt } = this.options;
    if (this.hasSlotFor(phase)) {
      this.asked.delete(phase.queueId);
      startAttempt(phase);
      return { message: `Phase ${phase.number} was started.` };
    }
    if (!this.scope) {
      throw new HopperError(
        "conflict",
        `Phase ${phase.number} cannot start now: ${processes()} phases run, and no more than ` +
          `${maxConcurrentPhases()} may. \`phase-hopper run\` starts it when one of them ends.`,
      );
    }
    this.asked.add(phase.queueId);
    const running = `one of the ${processes()} running phases`;
    return { message: `Phase ${phase.number} is next: it starts when ${running} ends.` };
  }

  /** Starts what may be started. Called whenever anything changed; calls from within do nothing. */
  schedule(): void {
    if (this.scope && !this.busy && this.options.trouble.text === undefined) {
      this.withoutStarting(() => this.startWaiting());
    }
  }

  /** Does something of several steps, none of which shall start anything by itself. */
  withoutStarting(work: () => void): void {
    const wasBusy = this.busy;
    this.busy = true;
    try {
      work();
    } finally {
      this.busy = wasBusy;
    }
  }

  private startWaiting(): void {
    const { queue, clock, runners, maxConcurrentPhases, processes, trouble } = this.options;
    if (!this.startAsked()) {
      return;
    }
    for (;;) {
      if (!this.scope || queue.pausedReason !== undefined) {
        return;
      }
      const withoutSlot = [...runners()]
        .filter(([, { kind }]) => kind === "external" || kind === "manual")
        .map(([name]) => name);
      const next = queue.nextToStart({
        now: isoNow(clock),
        withoutSlot,
        slotFree: processes() < maxConcurrentPhases(),
        ...this.scope,
      });
      if (!next) {
        break;
      }
      if (!trouble.guarded(() => this.options.startAttempt(next))) {
        return;
      }
    }
    this.awaitRetry();
  }

  /** Starts what was started by hand and waits for a slot; answers false when the disk refuses. */
  private startAsked(): boolean {
    const { queue, trouble, startAttempt } = this.options;
    for (const queueId of this.asked) {
      const phase = queue.state(queueId);
      if (phase?.status !== "ready") {
        // Somebody removed or skipped it meanwhile.
        this.asked.delete(queueId);
      } else if (!this.hasSlotFor(phase)) {
        return true;
      } else if (trouble.guarded(() => startAttempt(phase))) {
        this.asked.delete(queueId);
      } else {
        return false;
      }
    }
    return true;
  }

  private hasSlotFor({ runner }: PhaseState): boolean {
    const { runners, processes, maxConcurrentPhases } = this.options;
    return !takesSlot(runners().get(runner)?.kind) || processes() < maxConcurrentPhases();
  }

  private awaitRetry(): void {
    this.retryTimer?.dispose();
    const { queue, clock } = this.options;
    const due = queue.nextRetryAt(isoNow(clock));
    if (due !== undefined) {
      const wait = Math.max(Date.parse(due) - clock.now(), 0);
      this.retryTimer = clock.after(wait, () => this.schedule());
    }
  }
}

/** A phase whose runner is missing takes none: it fails instead of starting anything. */
export function takesSlot(kind: RunnerKind | undefined): boolean {
  return kind === "shell" || kind === "command";
}
