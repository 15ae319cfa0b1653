import { errorMessage, errorWords, onOneLine } from "../base/errors";
import { type Event, EventEmitter } from "../base/event";
import type { Logger } from "../base/log";
import { english, type Text } from "../base/words";
import type { OpenAttempt } from "./openAttempt";

/**
 * What goes wrong while phases run. What concerns the queue, such as a full disk, stops the starting
 * until it is over; what concerns one attempt stops nothing. Either is told once, however often it
 * is met.
 */
export class Trouble {
  private problem: Text | undefined;
  private toldProblem: Text | undefined;
  private obstacle: Text | undefined;
  private readonly changed: EventEmitter<Text | undefined>;

  /** Fires when there is another {@link told}, or none any more; not for what is for good. */
  readonly onDidChange: Event<Text | undefined>;

  /** @param onProblem called when something could not be stored and is to be tried again. */
  constructor(
    private readonly logger: Logger,
    private readonly onProblem: () => void,
  ) {
    this.changed = new EventEmitter((error) =>
      logger.error("A listener of the coordinator's trouble failed.", error),
    );
    this.onDidChange = this.changed.event;
  }

  /** What keeps the queue from going on, as far as it was not taken back to try again. */
  get text(): Text | undefined {
    return this.obstacle ?? this.problem;
  }

  /** The same for people: it stays until it is known to be over. */
  get told(): Text | undefined {
    return this.obstacle ?? this.toldProblem;
  }

  /** Nothing can be stored any more, for good. */
  get isFinal(): boolean {
    return this.obstacle !== undefined;
  }

  giveUp(reason: Text): void {
    this.obstacle ??= reason;
  }

  /** Forgets a problem that may be over; it comes back when it is not. */
  tryAgain(): void {
    this.problem = undefined;
  }

  /** Everything was tried again: what did not come back is over. */
  wasTried(): void {
    if (this.problem === undefined && this.toldProblem !== undefined) {
      this.tell(undefined);
    }
  }

  /** Does something that stores; answers false when that failed. */
  guarded(work: () => void): boolean {
    try {
      work();
      this.wasTried();
      return true;
    } catch (error) {
      this.met(error);
      return false;
    }
  }

  /** Takes note of what kept something from being stored. */
  met(error: unknown): void {
    this.problem = errorWords(error);
    const message = errorMessage(error);
    if (this.toldProblem === undefined || message !== onOneLine(english(this.toldProblem))) {
      this.logger.error(`The queue cannot go on: ${message}`, error);
      this.tell(this.problem);
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
  private tell(problem: Text | undefined): void {
    this.toldProblem = problem;
    if (!this.isFinal) {
      this.changed.fire(problem);
    }
  }
}
