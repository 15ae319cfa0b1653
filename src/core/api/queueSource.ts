import type { Event } from "../base/event";
import type { AttemptItem, PhaseQueueItem, PlanItem, QueueEvent } from "../protocol/queue";
import type { Waiting } from "../protocol/snapshot";

/** Which phases are listed. */
export interface ListedPhases {
  readonly planId?: string;
  /** 0 is: of plans without an issue. */
  readonly parentIssue?: number;
  /** False leaves the phases' long texts out. */
  readonly content: boolean;
}

/** Some phases of a list, as JSON already. */
export interface PhasePage {
  /** {@link PhaseQueueItem}s in UTF-8, a comma before each, also the first. */
  readonly json: Buffer;
  readonly count: number;
}

/** A piece of what an attempt has printed; see {@link QueueSource.readLog}. */
export interface LogPiece {
  readonly bytes: Buffer;
  /** Where `bytes` starts: later than asked after bytes that were given back to the disk. */
  readonly offset: number;
  readonly nextOffset: number;
  /** Bytes of output so far. */
  readonly size: number;
}

export interface LogPosition {
  readonly offset: number;
  readonly maxBytes: number;
}

/** What the API reads of a queue; nothing here changes it. */
export interface QueueSource {
  /** Fires after each durable change with everything it announces, in order. */
  readonly onDidChange: Event<readonly QueueEvent[]>;
  /** Tells this queue from one that is begun anew in its place. */
  readonly databaseId: string;
  readonly pausedReason: string | undefined;
  /** The newest event; 0 before the first. */
  readonly lastEventId: number;
  plans(): readonly PlanItem[];
  plan(planId: string): PlanItem | undefined;
  /** A phase without its long texts. */
  phase(queueId: string): PhaseQueueItem | undefined;
  /**
   * Phases in the order of their plans, then by number, a page at a time. Each page is read when it
   * is asked for and takes some milliseconds, so that whoever lists many can let others have their
   * turn in between. A phase that is there all the while comes exactly once.
   */
  phasePages(wanted: ListedPhases): Iterable<PhasePage>;
  attempts(queueId: string): readonly AttemptItem[];
  attempt(attemptId: string): AttemptItem | undefined;
  /** At most so many events after `since`, oldest first. */
  events(since: number, limit: number): readonly QueueEvent[];
  waiting(): Waiting;
  /** Reads what an attempt has printed. */
  readLog(attempt: AttemptItem, position: LogPosition): Promise<LogPiece>;
  /** Yields what an attempt prints from `offset` on, until its end. */
  followLog(attempt: AttemptItem, offset: number, signal: AbortSignal): AsyncIterable<LogPiece>;
  /** Whether this token was given to an attempt, also one that has ended. */
  isAttemptToken(token: string): boolean;
}
