import { errorMessage } from "../base/errors";
import type { Logger } from "../base/log";
import type { OpenAttempt } from "./openAttempt";

/**
 * What goes wrong while phases run. What concerns the queue, such as a full disk, stops the starting
 * until it is over; what concerns one attempt stops nothing. Either is logged once, however often it
 * is met.
 */
export class Trouble {
  private problem: string | undefined;
  private loggedProblem: string | undefined;
  private obstacle: string | undefined;

  /** @param onProblem called when something could not be stored and is to be tried again. */
  constructor(
    private readonly logger: Logger,
    private readonly onProblem: () => void,
  ) {}

  /** What keeps the queue from going on. */
  get text(): string | undefined {
    return this.obstacle ?? this.problem;
  }

  /** Nothing can be stored any more, for good. */
  get isFinal(): boolean {
    return this.obstacle !== undefined;
  }

  giveUp(reason: string): void {
    this.obstacle ??= reason;
  }

  /** Forgets a problem that may be over; it comes back when it is not. */
  tryAgain(): void {
    this.problem = undefined;
  }

  /** Does something that stores; answers false when that failed. */
  guarded(work: () => void): boolean {
    try {
      work();
      if (this.problem === undefined) {
        this.loggedProblem = undefined;
      }
      return true;
    } catch (error) {
      this.met(error);
      return false;
    }
  }

  /** Takes note of what kept something from being stored. */
  met(error: unknown): void {
    this.problem = errorMessage(error);
    if (this.problem !== this.loggedProblem) {
      this.loggedProblem = this.problem;
      this.logger.error(`The queue cannot go on: ${this.problem}`, error);
    }
    this.onProblem();
  }

  /** Notes an attempt's own trouble. */
  note(attempt: OpenAttempt, what: string, error: unknown): void {
    const text = `Phase ${attempt.facts.phaseNumber}: ${what}: ${errorMessage(error)}`;
    if (text !== attempt.notedTrouble) {
      attempt.notedTrouble = text;
      this.logger.error(text, error);
    }
  }
}
