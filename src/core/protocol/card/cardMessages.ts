import * as z from "zod/mini";
import { cardChangesSchema, cardPlanActions, cardStateSchema } from "./cardState";
import { logBatchSchema } from "./logBatch";

/** The two directions between the extension and the hopper card. */

/** Queue-wide things that a button of the card can ask for. */
export const cardQueueActions = [
  "pause",
  "resume",
  "enqueue",
  "clearCompleted",
  "adopt",
  "repair",
  "takeOver",
  "reopen",
  "trust",
  "openFolder",
] as const;
export type CardQueueAction = (typeof cardQueueActions)[number];

/** What a phase can be asked for: of its actions, `settle` is one of two. */
export const cardPhaseRequests = [
  "start",
  "cancel",
  "retry",
  "skip",
  "remove",
  "done",
  "failed",
  "goTo",
  "log",
  "attempts",
  "error",
  "issue",
  "showChanges",
  "update",
] as const;
export type CardPhaseRequest = (typeof cardPhaseRequests)[number];

const requestSchema = z.discriminatedUnion("name", [
  z.object({ name: z.literal("phase"), action: z.enum(cardPhaseRequests), queueId: z.string() }),
  z.object({ name: z.literal("plan"), action: z.enum(cardPlanActions), planId: z.string() }),
  z.object({ name: z.literal("queue"), action: z.enum(cardQueueActions) }),
  /** Answered with `CardDetails`. */
  z.object({ name: z.literal("details"), queueId: z.string() }),
  z.object({ name: z.literal("openDocument"), queueId: z.string(), document: z.string() }),
  /** From now on the attempt's output comes as `log` messages, beginning with its last lines. */
  z.object({ name: z.literal("followLog"), queueId: z.string(), attemptId: z.string() }),
  z.object({ name: z.literal("unfollowLog"), attemptId: z.string() }),
]);
export type CardRequest = z.infer<typeof requestSchema>;

/**
 * From the card. A page that was just made says `ready`; `refresh` asks for the whole state again, with
 * nothing else beginning anew. Each request is answered under its id.
 */
export const fromCardSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("refresh") }),
  z.object({ type: z.literal("request"), id: z.int(), request: requestSchema }),
]);
export type FromCard = z.infer<typeof fromCardSchema>;

/** To the card. */
export const toCardSchema = z.discriminatedUnion("type", [
  /**
   * `folder`: URI of the workspace folder, for the card's memory. `now`: the time where the extension
   * runs, which need not be the time where the card is shown.
   */
  z.object({
    type: z.literal("state"),
    folder: z.string(),
    now: z.number(),
    state: cardStateSchema,
  }),
  z.object({ type: z.literal("changes"), now: z.number(), changes: cardChangesSchema }),
  /** The state could not be read; what is shown stays. */
  z.object({ type: z.literal("trouble"), message: z.string() }),
  /** A sign of life of a request that takes its time, such as one that asks the user something. */
  z.object({ type: z.literal("working"), id: z.int() }),
  z.object({ type: z.literal("answer"), id: z.int(), result: z.optional(z.unknown()) }),
  z.object({ type: z.literal("refusal"), id: z.int(), message: z.string() }),
  z.object({ type: z.literal("log"), attemptId: z.string(), batch: logBatchSchema }),
  z.object({
    type: z.literal("logEnd"),
    attemptId: z.string(),
    error: z.exactOptional(z.string()),
  }),
]);
export type ToCard = z.infer<typeof toCardSchema>;

/** Where a list stands, told by what is at its top: heights change while output and details come. */
const placeSchema = z.object({
  /** Id of a phase or plan; empty is the top of the list. */
  row: z.string(),
  /** Pixels from the upper edge of what is seen down to that row. */
  offset: z.number(),
});
export type CardPlace = z.infer<typeof placeSchema>;

/** What the card keeps over a reload of the window. */
export const cardMemorySchema = z.object({
  /** URI of the workspace folder. */
  folder: z.string(),
  tab: z.enum(["inProgress", "completed", "timeline"]),
  /** Ids of the phases that are opened. */
  expanded: z.array(z.string()),
  /** Ids of the plans that are closed. */
  collapsed: z.array(z.string()),
  /** How far it is scrolled. */
  place: placeSchema,
});
export type CardMemory = z.infer<typeof cardMemorySchema>;
