import * as z from "zod/mini";
import { phaseStatuses } from "../terms";

/** What the hopper card shows, as the extension sends it: plain data, checked where it arrives. */

/** How the window stands to the queue; without a folder there can be none. */
export const cardQueueKinds = [
  "noFolder",
  "absent",
  "opening",
  "owner",
  "follower",
  "untrusted",
  "foreign",
  "failed",
] as const;

/** What a phase can be asked to do from here; the words of the tree's menus. */
export const cardActions = [
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
  "issue",
  "showChanges",
  "update",
] as const;
export type CardAction = (typeof cardActions)[number];

/** What can be done with a whole plan. */
export const cardPlanActions = [
  "pause",
  "resume",
  "remove",
  "goTo",
  "retry",
  "issue",
  "showChanges",
  "update",
] as const;
export type CardPlanAction = (typeof cardPlanActions)[number];

const attemptSchema = z.object({
  number: z.int(),
  attemptId: z.string(),
  /** Milliseconds since 1970, as all times of the card. */
  startedAt: z.number(),
  finishedAt: z.exactOptional(z.number()),
  outcome: z.enum(["running", "completed", "failed"]),
  /** The outcome, more exactly: "timed out". */
  words: z.string(),
});
export type CardAttempt = z.infer<typeof attemptSchema>;

const phaseSchema = z.object({
  queueId: z.string(),
  planId: z.string(),
  number: z.int(),
  title: z.string(),
  status: z.enum(phaseStatuses),
  skipped: z.boolean(),
  /** Why it failed, is blocked, or is tried again; empty where there is nothing to say. */
  detail: z.string(),
  /** When it is tried again by itself. */
  retryAt: z.exactOptional(z.number()),
  /** Whom a running phase waits for, where that is no process. */
  turn: z.exactOptional(z.enum(["person", "workflow"])),
  dependsOn: z.array(z.int()),
  runner: z.string(),
  /** GitHub issues; absent without. */
  issue: z.exactOptional(z.int()),
  parentIssue: z.exactOptional(z.int()),
  attempts: z.array(attemptSchema),
  startedAt: z.exactOptional(z.number()),
  finishedAt: z.exactOptional(z.number()),
  /** Of another time, its details may be others too. */
  updatedAt: z.number(),
  /** The plan's file has another text of it by now, or another place. */
  differs: z.exactOptional(z.boolean()),
  actions: z.array(z.enum(cardActions)),
});
export type CardPhase = z.infer<typeof phaseSchema>;

const waitingSchema = z.object({
  kind: z.enum([
    "running",
    "retry",
    "person",
    "workflow",
    "paused",
    "failed",
    "completed",
    "trouble",
  ]),
  text: z.string(),
});
export type CardWaiting = z.infer<typeof waitingSchema>;

const planSchema = z.object({
  planId: z.string(),
  number: z.int(),
  title: z.string(),
  waiting: waitingSchema,
  /** Why this plan alone is paused. */
  pausedReason: z.exactOptional(z.string()),
  parentIssue: z.exactOptional(z.int()),
  /** How its file differs from what is stored, in words; absent where it does not. */
  differs: z.exactOptional(z.string()),
  actions: z.array(z.enum(cardPlanActions)),
});
export type CardPlan = z.infer<typeof planSchema>;

const queueSchema = z.object({
  /** The workspace folder's name, where there are several. */
  folder: z.exactOptional(z.string()),
  kind: z.enum(cardQueueKinds),
  /** Why this window does not own the queue, and what that means; empty where it does. */
  message: z.string(),
  /** The queue, or this window, starts nothing before somebody resumes. */
  paused: z.boolean(),
  /** The queue can be changed from this window. */
  canChange: z.boolean(),
  /** Why the queue is paused, where somebody or something paused it. */
  pausedReason: z.exactOptional(z.string()),
  waiting: waitingSchema,
  /** Its files are damaged, and going on with what can be read would help. */
  canRepair: z.boolean(),
  /** Its owner lives where nobody can see it, or does not answer. */
  canTakeOver: z.boolean(),
});
export type CardQueue = z.infer<typeof queueSchema>;

/** Everything at one moment. */
export const cardStateSchema = z.object({
  queue: queueSchema,
  plans: z.array(planSchema),
  phases: z.array(phaseSchema),
});
export type CardState = z.infer<typeof cardStateSchema>;

/** What changed since the last message; plans and the queue are sent whole, for they are few. */
export const cardChangesSchema = z.object({
  queue: queueSchema,
  plans: z.array(planSchema),
  phases: z.array(phaseSchema),
  /** Ids of phases that are gone. */
  removed: z.array(z.string()),
});
export type CardChanges = z.infer<typeof cardChangesSchema>;

const stepSchema = z.object({
  kind: z.enum(["block", "command", "verify"]),
  /** The program with its arguments, as one line; of a block that has not run yet its language alone. */
  command: z.string(),
  /** The lines of the block. */
  source: z.exactOptional(z.array(z.string())),
});
export type CardStep = z.infer<typeof stepSchema>;

/** What an opened phase shows beyond its card. */
export const cardDetailsSchema = z.object({
  /** What the newest attempt ran, one after the other or, without one, what will be run. */
  steps: z.array(stepSchema),
  /** These are the steps of an attempt. */
  hasRun: z.boolean(),
  /** Paths of the documents that the phase's text refers to. */
  documents: z.array(z.string()),
  enqueuedAt: z.number(),
});
export type CardDetails = z.infer<typeof cardDetailsSchema>;
