import type { Clock } from "../base/clock";
import { errorMessage, HopperError } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { type Text, words } from "../base/words";
import type { AttemptRunner, Verdict } from "../protocol/attempts";
import { stored } from "../protocol/words/storedWords";
import type { FailureReason } from "../protocol/terms";
import type { Queue } from "../queue/queue";
import { Breaker, breakerReason } from "./breaker";
import { EndWaiters } from "./endWaiters";
import type { AttemptFacts, OpenAttempt } from "./openAttempt";
import { withReport } from "./processReport";
import { retryWait } from "./retries";
import type { Trouble } from "./trouble";

export interface AttemptEndsOptions {
  readonly queue: Queue;
  readonly runner: AttemptRunner;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly trouble: Trouble;
  /** The attempts that have not ended, by id; one that is settled is taken out. */
  readonly attempts: Map<string, OpenAttempt>;
  /** Stores an end, and claims what may be started after it in the same change. */
  readonly changeAndClaim: (work: () => void) => void;
  /** Asks for another look at ends that could not be stored. */
  readonly tryLater: () => void;
}

/** Ends attempts: judges how they went, stops what still lives of them, and settles their phases. */
export class AttemptEnds implements Disposable {
  private readonly breaker = new Breaker();
  private readonly waiters = new EndWaiters();
  private disposed = false;

  constructor(private readonly options: AttemptEndsOptions) {}

  /** Settles an attempt that left its exit record. */
  exited(attempt: OpenAttempt): void {
    void this.end(attempt, this.judged(attempt));
  }

  /** Stops the attempt because somebody asked for it; resolves when nobody of it lives. */
  async cancel(attempt: OpenAttempt): Promise<void> {
    attempt.look();
    if (!attempt.ending && !this.stop(attempt, "cancelled", stored("cancelledByYou"))) {
      const { phaseNumber } = attempt.facts;
      const why = this.options.trouble.told ?? words`the queue cannot be written`;
      throw new HopperError("storage", words`Phase ${phaseNumber} was not cancelled: ${why}`);
    }
    if (this.options.attempts.has(attempt.facts.attemptId)) {
      await this.waiters.wait(attempt.facts.attemptId);
    }
  }

  /** Answers false, with nothing stopped, when the stop could not be committed. */
  stop(attempt: OpenAttempt, reason: FailureReason, message: string): boolean {
    const { queue, trouble } = this.options;
    const committed =
      !trouble.isFinal && trouble.guarded(() => queue.requestStop(attempt.facts.attemptId, reason));
    if (committed) {
      attempt.stop = { reason, message };
      void this.finishStop(attempt);
    }
    return committed;
  }

  /** Goes on with a stop that is committed. */
  async finishStop(attempt: OpenAttempt): Promise<void> {
    if (attempt.stopped) {
      await this.end(attempt, attempt.stopped);
    }
  }

  /**
   * Ends an attempt: whoever of it still lives is stopped first, unless it succeeded; then its phase
   * is settled. A disk that refuses is tried again with each tick.
   */
  async end(attempt: OpenAttempt, judged: Verdict | Promise<Verdict>): Promise<void> {
    const { queue, runner, trouble } = this.options;
    if (attempt.ending || trouble.isFinal) {
      return;
    }
    attempt.ending = true;
    // A verdict that is there is acted on in this turn: the next phase starts at once.
    const verdict = judged instanceof Promise ? await judged : judged;
    const { facts } = attempt;
    if (verdict.outcome !== "completed" && attempt.hasProcess && !this.disposed) {
      try {
        // Of a host that stood still another may have taken over meanwhile, and with the queue this attempt.
        queue.assertOwned();
        await runner.stop(facts.folder, { attemptId: facts.attemptId, process: attempt.identity });
      } catch (error) {
        trouble.note(attempt, "its processes could not be stopped", error);
        this.endLater(attempt, verdict);
        return;
      }
    }
    if (!this.disposed && !trouble.guarded(() => this.settle(attempt, verdict))) {
      this.endLater(attempt, verdict);
    }
  }

  /** Stores how an attempt ended; with that its phase moves on, and the next ones start. */
  settle(attempt: OpenAttempt, verdict: Verdict): void {
    const { queue, runner, clock, logger, attempts, changeAndClaim } = this.options;
    const { facts } = attempt;
    const retryAt = this.retryAt(facts, verdict);
    const now = clock.monotonic();
    const { outcome } = verdict;
    const counts = outcome !== "completed" && outcome !== "cancelled" && retryAt === undefined;
    if (attempt.hasProcess) {
      runner.settle(facts.folder);
    }
    attempts.delete(facts.attemptId);
    try {
      changeAndClaim(() => {
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
      attempts.set(facts.attemptId, attempt);
      throw error;
    }
    if (counts) {
      this.breaker.failed(now);
    }
    attempt.dispose();
    this.waiters.settled(facts.attemptId);
  }

  /** Lets nobody wait for an end: none will be stored any more. */
  giveUp(reason: Text): void {
    this.waiters.rejectAll(new HopperError("storage", reason));
  }

  /** Stops and settles nothing more. */
  dispose(): void {
    this.disposed = true;
    this.waiters.rejectAll(
      new HopperError(
        "unavailable",
        words`Phase Hopper ends before the phase did. A stop that was asked for is finished by whoever opens the queue next: \`phase-hopper run\` does.`,
      ),
    );
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

  private endLater(attempt: OpenAttempt, verdict: Verdict): void {
    attempt.unsettled = verdict;
    attempt.ending = false;
    this.options.tryLater();
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

  private logBytes(attempt: OpenAttempt): { readonly logBytes?: number } {
    if (!attempt.hasProcess) {
      return {};
    }
    const { runner, trouble } = this.options;
    try {
      return { logBytes: runner.outputSize(attempt.facts.folder) };
    } catch (error) {
      // An end is not held up for a number that is only shown.
      trouble.note(attempt, "the size of its output cannot be read", error);
      return {};
    }
  }
}
