import * as z from "zod";
import { workflowStatuses } from "../protocol/workflows";

/** What the thread that reads an outside file is asked, and what it answers. */

/** Only rows that could speak of a phase are wanted: the table can be long. */
export const namesSchema = z.object({
  queueIds: z.array(z.string()),
  issueNumbers: z.array(z.number()),
  adwIds: z.array(z.string()),
});
export type WantedNames = Readonly<z.infer<typeof namesSchema>>;

export const historyOrderSchema = z.object({
  number: z.int(),
  path: z.string(),
  names: namesSchema,
});
export type HistoryOrder = Readonly<z.infer<typeof historyOrderSchema>>;

const rowSchema = z.object({
  key: z.string(),
  queueId: z.string().optional(),
  issueNumber: z.number().optional(),
  adwId: z.string().optional(),
  status: z.enum(workflowStatuses),
  errorMessage: z.string().optional(),
  createdAt: z.union([z.string(), z.number()]).optional(),
  position: z.number(),
});
export type OutsideRow = Readonly<z.infer<typeof rowSchema>>;

/** The thread checks them: many of them would hold up the host. */
export const rowsSchema = z.array(rowSchema);

export const historyAnswerSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("rows"),
    number: z.int(),
    stamp: z.string(),
    rows: z.custom<readonly OutsideRow[]>(Array.isArray),
    /** Why there are none yet, or not all of them. */
    note: z.exactOptional(z.string()),
  }),
  /** A writer left no gap to read in. */
  z.object({ kind: z.literal("busy"), number: z.int() }),
  /** It cannot be read, and why. */
  z.object({ kind: z.literal("unreadable"), number: z.int(), why: z.string() }),
]);
export type HistoryAnswer = Readonly<z.infer<typeof historyAnswerSchema>>;
