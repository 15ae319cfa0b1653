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
] as const;
export type CardAction = (typeof cardActions)[number];

/** What can be done with a whole plan. */
export const cardPlanActions = ["pause", "resume", "remove", "goTo", "retry", "issue"] as const;
export type CardPlanAction = (typeof cardPlanActions)[number];

const attemptSchema = z.object({
  number: z.int(),
  attemptId: z.string(),
  /** Milliseconds since 1970, as all times of the card. */
  startedAt: z.number(),
  finishedAt: z.exactOptional(z.number()),
  outcome: z.enum(["running", "completed", "failed"]),
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
  actions: z.array(z.enum(cardActions)),
});
export type CardPhase = z.infer<typeof phaseSchema>;

const planSchema = z.object({
  planId: z.string(),
  number: z.int(),
  title: z.string(),
  /** What it waits for, in a few words; empty when it is completed. */
  waiting: z.string(),
  paused: z.boolean(),
  parentIssue: z.exactOptional(z.int()),
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
  waiting: z.object({
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
  }),
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

/** What an opened phase shows beyond its card. */
export const cardDetailsSchema = z.object({
  /** The program with its arguments, as one line; absent where nothing is started. */
  command: z.exactOptional(z.string()),
  /** Paths of the documents that the phase's text refers to, as written there. */
  documents: z.array(z.string()),
  enqueuedAt: z.number(),
});
export type CardDetails = z.infer<typeof cardDetailsSchema>;
