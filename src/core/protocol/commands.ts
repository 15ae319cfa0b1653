import { english, type Text } from "../base/words";
import type { MirrorSettings } from "./mirrors";
import type { PhaseQueueItem } from "./queue";
import type { WorkflowCommands } from "./workflows";

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

/**
 * Which of the differences between a plan's file and the queue are taken over. Nothing is that is not
 * named here.
 */
export interface UpdateRequest {
  readonly planId: string;
  /** The text that an editor has open of the plan's file; without it the file is read. */
  readonly markdown?: string;
  /** As in {@link EnqueueRequest}: should the text be another one by now, nothing is changed. */
  readonly sha256?: string;
  /** Queue ids of phases, unstarted or failed, that take the text of the file. */
  readonly update?: readonly string[];
  /** Numbers, in the file, of phases that are put into the queue. */
  readonly add?: readonly number[];
  /** Queue ids of phases, gone from the file, that leave the queue. */
  readonly remove?: readonly string[];
  /**
   * Takes the plan's context, and its title, from the file. Where nothing else differs after the update
   * they are taken in any case.
   */
  readonly context?: boolean;
}

/** What a command did, in a sentence fit for the user. */
export interface CommandResult {
  /** In English. */
  readonly message: string;
  /** The same for the user's language, but for what came from another process. */
  readonly words: Text;
}

export function result(words: Text): CommandResult {
  return { message: english(words), words };
}

/**
 * Everything that changes a queue. The owner's hopper carries it out; a follower's client sends it
 * to the owner. Each rejects with a HopperError: `notFound`, `conflict` with the status the phase is
 * in, or `storage`.
 */
export interface HopperCommands extends WorkflowCommands {
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
  /** Lets a phase go on without the phases it depends on that were removed unfinished. */
  dropDependencies(queueId: string): Promise<CommandResult>;
  removePlan(planId: string): Promise<CommandResult>;
  /**
   * Brings what is stored of a plan up to its file, as far as the request says. All phases take their
   * numbers from the file. What is not updated goes on waiting for what it waited for, and for what
   * is put in before it.
   */
  updatePlan(request: UpdateRequest): Promise<CommandResult>;
  /** Puts a plan before another one in the order of starting, or behind all. */
  movePlan(planId: string, before?: string): Promise<CommandResult>;
  /** Puts a phase that has not started before another one of its plan, or behind all. */
  movePhase(queueId: string, before?: string): Promise<CommandResult>;
  /** Settles a running phase of kind `external` or `manual` by hand. */
  complete(queueId: string, note?: string): Promise<CommandResult>;
  fail(queueId: string, note?: string): Promise<CommandResult>;
  /** Pauses or resumes the whole queue or, with a plan, this plan. */
  setPaused(paused: boolean, planId?: string): Promise<CommandResult>;
  /** Mirrors a plan to GitHub from now on; the owner writes there, with its own sign-in. */
  startMirror(planId: string, settings: MirrorSettings): Promise<CommandResult>;
  /** Writes nothing more of a plan to GitHub; what is there stays. */
  stopMirror(planId: string): Promise<CommandResult>;
  /** Tries at once what was put off, and anew what GitHub refused. */
  syncMirrors(): Promise<CommandResult>;
}
