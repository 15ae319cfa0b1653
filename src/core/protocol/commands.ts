import type { PhaseQueueItem } from "./queue";

/** What a plan is enqueued from, and how. */
export interface EnqueueRequest {
  /** The plan's file; without `markdown` it is read. */
  readonly path?: string;
  /** The plan's text; with `path` the text that an editor has open of that file. */
  readonly markdown?: string;
  /**
   * Hex SHA-256 of the bytes that the user was shown and agreed to: should the file have changed
   * since, nothing is enqueued, and the answer is a conflict.
   */
  readonly sha256?: string;
  /** Replaces the plan's own title. */
  readonly title?: string;
  readonly parentIssue?: number;
  /** The runner of every phase that names none; default `shell`. */
  readonly runner?: string;
  readonly priority?: number;
  /**
   * What to do when the same file is enqueued and unfinished already: `refuse` (default) is a
   * conflict, `again` makes a second copy, `replace` removes the unfinished plan first.
   */
  readonly ifEnqueued?: "refuse" | "again" | "replace";
}

export interface EnqueueResult {
  readonly planId: string;
  readonly planNumber: number;
  readonly phases: readonly PhaseQueueItem[];
}

/** What a command did, in a sentence fit for the user. */
export interface CommandResult {
  readonly message: string;
}

/**
 * Everything that changes a queue. The owner's hopper carries it out; a follower's client sends it
 * to the owner. Each rejects with a HopperError: `notFound`, `conflict` with the status the phase is
 * in, or `storage`.
 */
export interface HopperCommands {
  enqueue(request: EnqueueRequest): Promise<EnqueueResult>;
  /**
   * Starts a ready phase now: overrides a pause, never a dependency. While every slot is taken it
   * becomes the next one to start, and the answer says so.
   */
  start(queueId: string): Promise<CommandResult>;
  /** Makes a failed phase ready again, and what it blocked with it. */
  retry(queueId: string): Promise<CommandResult>;
  /** Stops a running phase; resolves when nobody of its attempt lives. */
  cancel(queueId: string): Promise<CommandResult>;
  /** Counts an unstarted or failed phase as completed. */
  skip(queueId: string): Promise<CommandResult>;
  /**
   * Removes a phase that is not running. What depended on an unfinished one is blocked, unless
   * `dropDependencies` lets it go on without.
   */
  removePhase(queueId: string, dropDependencies?: boolean): Promise<CommandResult>;
  removePlan(planId: string): Promise<CommandResult>;
  /** Settles a running phase of kind `external` or `manual` by hand. */
  complete(queueId: string, note?: string): Promise<CommandResult>;
  fail(queueId: string, note?: string): Promise<CommandResult>;
  /** Pauses or resumes the whole queue or, with a plan, this plan. */
  setPaused(paused: boolean, planId?: string): Promise<CommandResult>;
}
