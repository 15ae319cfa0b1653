/**
 * The product's words, each for one thing, used alike in code, columns, routes and texts.
 *
 * - **plan**: a Markdown file divided into phases; once enqueued, a row with an id of its own.
 * - **phase**: one section of a plan, one row of `phase_queue`, known by its `queue_id`.
 * - **attempt**: one execution of a phase; a phase has 0..n attempts, at most one of them open.
 * - **runner**: what executes an attempt; there are four kinds.
 * - **wrapper**: the small detached process around one attempt's child process.
 * - **launcher**: the small process through which a host starts wrappers.
 * - **coordinator**: decides what is ready, starts attempts, settles their outcome.
 * - **workflow**: a run of an outside program (an "ADW"), a row of `workflow_history`.
 * - **host**: the program around the core: the extension or the command line.
 * - **owner / follower**: the one process that holds a workspace's queue / any other that shows it.
 * - **hopper card**: the webview that shows the queue.
 */

/** The states of a phase; everything finer is a {@link PhaseReason} on failed or completed. */
export const phaseStatuses = [
  "queued",
  "ready",
  "running",
  "completed",
  "blocked",
  "failed",
] as const;
export type PhaseStatus = (typeof phaseStatuses)[number];

/** Why an attempt, and with it its phase, failed. */
export const failureReasons = [
  "exit",
  "signal",
  "timeout",
  "idle",
  "spawn",
  "verify",
  "cancelled",
  "interrupted",
  "lost",
  "reported",
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** A failure reason, or why a phase counts as completed without having run. */
export type PhaseReason = FailureReason | "skipped";

export const runnerKinds = ["shell", "command", "external", "manual"] as const;
export type RunnerKind = (typeof runnerKinds)[number];

/** `starting`: claimed, no proof yet that the wrapper runs. `running`: started. `ended`: settled. */
export const attemptStates = ["starting", "running", "ended"] as const;
export type AttemptState = (typeof attemptStates)[number];

/** Order of starting: a smaller number goes first. */
export const priorities = { urgent: 10, high: 20, normal: 50, low: 70, background: 90 } as const;
export type PriorityName = keyof typeof priorities;

/** When the issue of a phase is created: as soon as the phase is ready, or all of them at once. */
export const creationTimes = ["ready", "enqueue"] as const;
export type CreationTime = (typeof creationTimes)[number];

/** One comment on the parent that is edited in place, or a new one for each transition. */
export const commentStyles = ["living", "each"] as const;
export type CommentStyle = (typeof commentStyles)[number];
