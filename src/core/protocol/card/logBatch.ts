import * as z from "zod/mini";

/**
 * - `earlier`: a log is opened at its last lines.
 * - `flood`: more was printed than anybody reads; the last lines of it follow.
 * - `gap`: what is missing was given back to the disk.
 * - `restart`: the file became shorter, it is shown from its start again.
 */
export const logBreakKinds = ["earlier", "flood", "gap", "restart"] as const;
export type LogBreakKind = (typeof logBreakKinds)[number];

const logBreakSchema = z.object({
  kind: z.enum(logBreakKinds),
  /** Bytes of output that are not shown; 0 where nobody knows. */
  leftOut: z.number(),
});
export type LogBreak = z.infer<typeof logBreakSchema>;

/** A piece of an attempt's output on its way to an open log. */
export const logBatchSchema = z.object({
  text: z.string(),
  /** Why `text` does not go on where the batch before it ended; absent where it does. */
  break: z.exactOptional(logBreakSchema),
});
export type LogBatch = z.infer<typeof logBatchSchema>;
