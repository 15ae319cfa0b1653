/**
 * Every id that the manifest contributes, once: `package.json` is compared with this file by a test.
 */

export const extensionId = "phase-hopper.phase-hopper";

/** Commands; all of them are in the palette but those in {@link itemCommands}. */
export const commands = {
  enqueuePhases: "phaseHopper.enqueuePhases",
  pause: "phaseHopper.pause",
  resume: "phaseHopper.resume",
  pauseQueue: "phaseHopper.pauseQueue",
  resumeQueue: "phaseHopper.resumeQueue",
  clearCompleted: "phaseHopper.clearCompleted",
  showOutput: "phaseHopper.showOutput",
  openSettings: "phaseHopper.openSettings",
  copyApiAddress: "phaseHopper.copyApiAddress",
  adoptQueue: "phaseHopper.adoptQueue",
  repairQueue: "phaseHopper.repairQueue",
  takeOverQueue: "phaseHopper.takeOverQueue",
  reopenQueue: "phaseHopper.reopenQueue",
  start: "phaseHopper.start",
  cancel: "phaseHopper.cancel",
  retry: "phaseHopper.retry",
  skip: "phaseHopper.skip",
  remove: "phaseHopper.remove",
  done: "phaseHopper.done",
  failed: "phaseHopper.failed",
  goToPhase: "phaseHopper.goToPhase",
  showLog: "phaseHopper.showLog",
  showAttemptLog: "phaseHopper.showAttemptLog",
  copyError: "phaseHopper.copyError",
  newPlan: "phaseHopper.newPlan",
  showChanges: "phaseHopper.showChanges",
  updateFromFile: "phaseHopper.updateFromFile",
  copyReport: "phaseHopper.copyReport",
  filterByStatus: "phaseHopper.filterByStatus",
  showAll: "phaseHopper.showAll",
  moveUp: "phaseHopper.moveUp",
  moveDown: "phaseHopper.moveDown",
  openHopper: "phaseHopper.openHopper",
  createIssues: "phaseHopper.createIssues",
  linkParentIssue: "phaseHopper.linkParentIssue",
  previewIssues: "phaseHopper.previewIssues",
  openIssue: "phaseHopper.openIssue",
  syncIssues: "phaseHopper.syncIssues",
  stopMirroring: "phaseHopper.stopMirroring",
} as const;
export type CommandId = (typeof commands)[keyof typeof commands];

/** Commands that mean something only on a row of the tree, or in its title. */
export const itemCommands: readonly CommandId[] = [
  commands.pauseQueue,
  commands.resumeQueue,
  commands.copyError,
  commands.moveUp,
  commands.moveDown,
];

/** The hopper card's type, by which the editor finds us after a reload. */
export const cardViewType = "phaseHopper.card";

export const views = { queue: "phaseHopper.queue" } as const;

/** Context keys that `when` clauses of the manifest ask for, and what each says. */
export const contextKeys = {
  /** What the view is about: a {@link QueueStateKind}, of the folder that needs attention most. */
  state: "phaseHopper.state",
  /** A queue's files are damaged in a way that can be repaired. */
  repairable: "phaseHopper.repairable",
  /** Nothing is started before somebody resumes. */
  paused: "phaseHopper.paused",
  /** A plan is shown, whether or not its queue can be changed from here. */
  hasPlans: "phaseHopper.hasPlans",
  hasCompletedPlans: "phaseHopper.hasCompletedPlans",
  /** The tree shows some statuses only. */
  filtered: "phaseHopper.filtered",
  /** The active editor shows a plan. */
  isPlan: "phaseHopper.isPlan",
  /** … whose text is not the stored one. */
  planDiffers: "phaseHopper.planDiffers",
} as const;

/** Colours of the six statuses, contributed with defaults for every theme. */
export const statusColors = {
  queued: "phaseHopper.queued",
  ready: "phaseHopper.ready",
  running: "phaseHopper.running",
  completed: "phaseHopper.completed",
  blocked: "phaseHopper.blocked",
  failed: "phaseHopper.failed",
} as const;

/** What can be done with a row, as words of its context value; menus look for them. */
export const capabilities = [
  "start",
  "cancel",
  "retry",
  "skip",
  "remove",
  "settle",
  "goTo",
  "log",
  "attempts",
  "error",
  "pause",
  "resume",
  "move",
  // The plan's file is another one than what is stored.
  "showChanges",
  "update",
  // GitHub: there is an issue to open; a plan can be mirrored, or is.
  "issue",
  "mirror",
  "mirrored",
] as const;
export type Capability = (typeof capabilities)[number];
