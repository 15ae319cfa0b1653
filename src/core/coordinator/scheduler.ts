import { type Clock, isoNow } from "../base/clock";
import { HopperError } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import { words } from "../base/words";
import { type CommandResult, result } from "../protocol/commands";
import type { Runners } from "../protocol/runners";
import type { RunnerKind } from "../protocol/terms";
import type { Queue } from "../queue/queue";
import type { PhaseState } from "../queue/rows";
import type { ClaimedAttempt } from "./attemptStart";
import type { Trouble } from "./trouble";

export interface SchedulerOptions {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly runners: () => Runners;
  /** Processes that may run at once, over all plans. */
  readonly maxConcurrentPhases: () => number;
  /** Processes that run. */
  readonly processes: () => number;
  readonly trouble: Trouble;
  /** Claims a phase as part of the change under way; throws when that cannot be stored. */
  readonly claim: (phase: PhaseState) => ClaimedAttempt;
  /** Starts what was claimed, once that is durable. */
  readonly launch: (claimed: ClaimedAttempt) => void;
  /** Removes what was made for a claim that did not become durable. */
  readonly giveBack: (claimed: ClaimedAttempt) => void;
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
    const { processes, maxConcurrentPhases, claim, launch } = this.options;
    if (this.hasSlotFor(phase, [])) {
      launch(claim(phase));
      this.asked.delete(phase.queueId);
      return result(words`Phase ${phase.number} was started.`);
    }
    if (!this.scope) {
      throw new HopperError(
        "conflict",
        words`Phase ${phase.number} cannot start now: ${processes()} phases run, and no more than ${maxConcurrentPhases()} may. Start it when one of them has ended.`,
      );
    }
    this.asked.add(phase.queueId);
    return result(
      words`Phase ${phase.number} is next: it starts when one of the ${processes()} running phases ends.`,
    );
  }

  /** Starts what may be started. Called whenever anything changed; calls from within do nothing. */
  schedule(): void {
    const { trouble } = this.options;
    if (!this.scope || this.busy || trouble.text !== undefined) {
      return;
    }
    if (this.nextUp([])) {
      trouble.guarded(() => this.changeAndClaim(() => undefined));
    } else {
      this.awaitRetry();
    }
  }

  /**
   * Does `work` and claims whatever may be started after it as one durable change, since each costs a
   * wait for the disk; then starts what was claimed.
   */
  changeAndClaim(work: () => void): void {
    const { queue, giveBack } = this.options;
    const claimed: ClaimedAttempt[] = [];
    const unstartable: ClaimedAttempt[] = [];
    try {
      this.withoutStarting(() =>
        queue.together(
          () => {
            work();
            this.claimWaiting(claimed);
          },
          () => {
            // Durable from here on: nothing of it is given back any more.
            for (const attempt of claimed.splice(0)) {
              if (attempt.problem === undefined) {
                this.launch(attempt);
              } else {
                unstartable.push(attempt);
              }
            }
          },
        ),
      );
    } catch (error) {
      if (!isTakenOver(error)) {
        claimed.forEach(giveBack);
      }
      throw error;
    }
    // These end at once, in a change of their own: after the one that claimed them is announced.
    for (const attempt of unstartable) {
      this.launch(attempt);
    }
    this.schedule();
  }

  /** The phase that starts when a slot is free: what probably comes next. */
  get inLine(): PhaseState | undefined {
    return this.scope && this.nextInQueue(true);
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

  private launch(attempt: ClaimedAttempt): void {
    this.asked.delete(attempt.facts.queueId);
    this.options.launch(attempt);
  }

  /**
   * Claims, in order, what may be started; a phase that cannot be claimed stops the starting. Once
   * processes wait for this change and take every slot, those are launched before it is looked for
   * what needs none.
   */
  private claimWaiting(claimed: ClaimedAttempt[]): void {
    const { trouble, claim, maxConcurrentPhases } = this.options;
    const mayClaim = (): boolean =>
      claimed.length === 0 || this.slotsTaken(claimed) < maxConcurrentPhases();
    for (
      let next = this.nextUp(claimed);
      next;
      next = mayClaim() ? this.nextUp(claimed) : undefined
    ) {
      try {
        claimed.push(claim(next));
      } catch (error) {
        trouble.met(error);
        return;
      }
    }
  }

  /** The phase to start now, beside those that are being claimed. */
  private nextUp(claimed: readonly ClaimedAttempt[]): PhaseState | undefined {
    if (!this.scope || this.options.trouble.text !== undefined) {
      return undefined;
    }
    const slotFree = this.slotsTaken(claimed) < this.options.maxConcurrentPhases();
    return this.nextAsked(claimed) ?? this.nextInQueue(slotFree);
  }

  private nextInQueue(slotFree: boolean): PhaseState | undefined {
    const { queue, clock, runners } = this.options;
    if (queue.pausedReason !== undefined) {
      return undefined;
    }
    const withoutSlot = [...runners()]
      .filter(([, { kind }]) => kind === "external" || kind === "manual")
      .map(([name]) => name);
    return queue.nextToStart({ now: isoNow(clock), withoutSlot, slotFree, ...this.scope });
  }

  /** Started by hand, and a slot became free for it; whoever asked first comes first. */
  private nextAsked(claimed: readonly ClaimedAttempt[]): PhaseState | undefined {
    for (const queueId of this.asked) {
      const phase = this.options.queue.state(queueId);
      if (phase?.status === "ready") {
        return this.hasSlotFor(phase, claimed) ? phase : undefined;
      }
      if (!claimed.some(({ facts }) => facts.queueId === queueId)) {
        // Somebody removed or skipped it meanwhile.
        this.asked.delete(queueId);
      }
    }
    return undefined;
  }

  private hasSlotFor({ runner }: PhaseState, claimed: readonly ClaimedAttempt[]): boolean {
    const { runners, maxConcurrentPhases } = this.options;
    return (
      !takesSlot(runners().get(runner)?.kind) || this.slotsTaken(claimed) < maxConcurrentPhases()
    );
  }

  private slotsTaken(claimed: readonly ClaimedAttempt[]): number {
    return this.options.processes() + claimed.filter(({ facts }) => takesSlot(facts.kind)).length;
  }

  private awaitRetry(): void {
    this.retryTimer?.dispose();
    if (!this.scope) {
      return;
    }
    const { queue, clock } = this.options;
    const due = queue.nextRetryAt(isoNow(clock));
    if (due !== undefined) {
      const wait = Math.max(Date.parse(due) - clock.now(), 0);
      this.retryTimer = clock.after(wait, () => this.schedule());
    }
  }
}

/** The folders of what was claimed may be those of the new owner's attempts by now. */
function isTakenOver(error: unknown): boolean {
  return error instanceof HopperError && error.kind === "owned";
}

/** A phase whose runner is missing takes none: it fails instead of starting anything. */
export function takesSlot(kind: RunnerKind | undefined): boolean {
  return kind === "shell" || kind === "command";
}
