import type { Clock } from "../../core/base/clock";
import { errorMessage } from "../../core/base/errors";
import type { Disposable } from "../../core/base/lifecycle";
import type { Logger } from "../../core/base/log";
import type { ToCard } from "../../core/protocol/card/cardMessages";
import type {
  CardChanges,
  CardPhase,
  CardPlan,
  CardQueue,
  CardState,
} from "../../core/protocol/card/cardState";
import type { QueueEvent } from "../../core/protocol/queue";
import { cleanText } from "../../core/protocol/words/cleanText";

/** Changes come in bursts, which are sent together after so many milliseconds. */
const burst = 50;
/** How often the card hears from us at least; what was missed, if anything ever is, comes with it. */
const heartbeat = 10_000;
/** With more changed phases than this the whole state is read: that is quicker than one by one. */
const manyChanges = 100;

/** What a card shows, read as it is now. */
export interface CardSource {
  /** URI of the folder; empty without one. */
  readonly folder: string;
  /** The newest event of the queue. */
  readonly lastEvent: number;
  /** Ids of the phases that run: what they report is no event. */
  readonly running: readonly string[];
  state(): CardState;
  queueState(): CardQueue;
  plans(): CardPlan[];
  /** Undefined when it is gone. */
  phase(queueId: string): CardPhase | undefined;
}

export interface CardFeedOptions {
  readonly source: CardSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly post: (message: ToCard) => void;
}

/** Keeps a card up to date: all of it once, then what changes, and a sign of life in between. */
export class CardFeed implements Disposable {
  private readonly changed = new Set<string>();
  private stale = false;
  /** The newest event that the card knows of; undefined before it asked for anything. */
  private sentEvent: number | undefined;
  /** Everything went to a page that had not spoken yet. */
  private isAhead = false;
  private pending: Disposable | undefined;
  private beat: Disposable | undefined;

  constructor(private readonly options: CardFeedOptions) {}

  /**
   * Sends everything to a page that is being loaded, as soon as nothing else is to be done: the editor
   * keeps it until the page is there, which otherwise would have to ask and wait for it.
   */
  sendAhead(): void {
    this.sentEvent ??= 0;
    this.stale = true;
    this.isAhead = true;
    this.pending ??= this.options.clock.after(0, () => this.flush());
  }

  /**
   * A new page is there. The first one has all that was sent ahead; that it has is seen by the changes that
   * follow, on which a page without it asks for it.
   */
  greet(): void {
    if (this.isAhead && this.pending === undefined) {
      this.isAhead = false;
      this.flush();
    } else {
      this.isAhead = false;
      this.sendAll();
    }
  }

  /** Sends everything, now and whatever was sent before. */
  sendAll(): void {
    this.sentEvent ??= 0;
    this.stale = true;
    this.flush();
  }

  /** The page is gone; the next one asks anew. */
  rest(): void {
    this.sentEvent = undefined;
    this.isAhead = false;
    this.beat?.dispose();
  }

  /** Something changed; without an event it is the window's relation to the queue. */
  note(events: readonly QueueEvent[]): void {
    for (const { type, queue_id } of events) {
      if (queue_id !== undefined) {
        this.changed.add(queue_id);
      } else if (type === "plan_removed") {
        this.stale = true;
      }
    }
    this.stale ||= events.length === 0 || this.changed.size > manyChanges;
    this.flushSoon();
  }

  /** Sends everything at the next occasion: something beside the queue changed. */
  refreshSoon(): void {
    this.stale = true;
    this.flushSoon();
  }

  dispose(): void {
    this.rest();
    this.pending?.dispose();
  }

  private flushSoon(): void {
    this.pending ??= this.options.clock.after(burst, () => this.flush());
  }

  private flush(): void {
    this.pending?.dispose();
    this.pending = undefined;
    if (this.sentEvent === undefined) {
      return;
    }
    const { source, post, clock, logger } = this.options;
    try {
      const { lastEvent, folder } = source;
      const now = clock.now();
      post(
        this.stale
          ? { type: "state", folder, now, state: source.state() }
          : { type: "changes", now, changes: this.changes() },
      );
      // Only now: what could not be read is still to be sent.
      this.stale = false;
      this.changed.clear();
      this.sentEvent = lastEvent;
    } catch (error) {
      // The card takes its trouble back when it gets everything, so that nothing is missing then.
      this.stale = true;
      logger.error("The hopper card could not be updated.", error);
      post({ type: "trouble", message: cleanText(errorMessage(error)) });
    }
    this.beatLater();
  }

  private changes(): CardChanges {
    const { source } = this.options;
    const phases: CardPhase[] = [];
    const removed: string[] = [];
    for (const id of this.changed) {
      const phase = source.phase(id);
      if (phase) {
        phases.push(phase);
      } else {
        removed.push(id);
      }
    }
    return { queue: source.queueState(), plans: source.plans(), phases, removed };
  }

  /** A card that has missed something gets everything, one that has not a sign of life. */
  private beatLater(): void {
    this.beat?.dispose();
    this.beat = this.options.clock.after(heartbeat, () => {
      const { source } = this.options;
      this.stale ||= this.sentEvent !== source.lastEvent;
      source.running.forEach((id) => this.changed.add(id));
      this.flush();
    });
  }
}
