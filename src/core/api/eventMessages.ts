import * as z from "zod";
import { queueEventTypes } from "../protocol/queue";
import { apiSchemas } from "./schemaNames";
import { snapshotFields, statusSchema } from "./schemas";

/** What is said over the event stream, by whom. */

/** The first message, unless the stream goes on after an event: everything that was known is replaced. */
const snapshotMessage = z.object({ type: z.literal("snapshot"), ...snapshotFields });

/** The first message of a stream that goes on: every event after `event_id` follows, none twice. */
const resumedMessage = z.object({
  type: z.literal("resumed"),
  event_id: z.int(),
  database_id: z.string(),
});

/** One changed phase: the cause first, then its effects in phase order. */
const queueUpdateMessage = z.object({
  type: z.literal("queue_update"),
  event_id: z.int(),
  queue_id: z.string(),
  plan_id: z.string(),
  phase_number: z.int(),
  status: statusSchema,
  parent_issue: z.int(),
  timestamp: z.string(),
  reason: z.exactOptional(z.string()),
});

/** Everything else that changes: plans that come and go, pauses, phases that are removed. */
const otherEventMessage = z.object({
  type: z.enum(queueEventTypes).exclude(["phase_changed", "phase_enqueued"]),
  event_id: z.int(),
  queue_id: z.exactOptional(z.string()),
  plan_id: z.exactOptional(z.string()),
  phase_number: z.exactOptional(z.int()),
  parent_issue: z.exactOptional(z.int()),
  timestamp: z.string(),
  reason: z.exactOptional(z.string()),
});

/** A piece of what an attempt printed; a character that is cut in two comes with the next piece. */
const logMessage = z.object({
  type: z.literal("log"),
  attempt_id: z.string(),
  offset: z.int(),
  next_offset: z.int(),
  text: z.string(),
});

/** The attempt has ended, and all it printed was sent. */
const logEndMessage = z.object({ type: z.literal("log_end"), attempt_id: z.string() });

/** A message of the client could not be followed; the stream goes on. */
const errorMessage = z.object({ type: z.literal("error"), detail: z.string() });

export const serverMessage = z
  .discriminatedUnion("type", [
    snapshotMessage,
    resumedMessage,
    queueUpdateMessage,
    otherEventMessage,
    logMessage,
    logEndMessage,
    errorMessage,
  ])
  .register(apiSchemas, { id: "EventMessage" });
export type ServerMessage = z.infer<typeof serverMessage>;

const attemptId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "must be an id");

export const clientMessage = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("subscribe_log"),
      attempt_id: attemptId,
      offset: z.exactOptional(z.int().min(0)),
    }),
    z.strictObject({ type: z.literal("unsubscribe_log"), attempt_id: attemptId }),
  ])
  .register(apiSchemas, { id: "ClientMessage" });
export type ClientMessage = z.infer<typeof clientMessage>;
