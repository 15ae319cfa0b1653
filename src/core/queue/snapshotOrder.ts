import * as z from "zod";

/** What the store asks of the snapshot thread. */
export const snapshotOrderSchema = z.object({
  sqlWasm: z.string(),
  hopperFolder: z.string(),
  /** The last commit the snapshot shall hold. */
  seq: z.int(),
  /** Where to write it. */
  target: z.string(),
});
export type SnapshotOrder = z.infer<typeof snapshotOrderSchema>;

/** What the thread is told when it starts. */
export const snapshotThreadDataSchema = z.object({
  sqlWasm: z.string(),
  /** Of a {@link RightOfWay} that the host takes. */
  rightOfWay: z.instanceof(SharedArrayBuffer),
});
export type SnapshotThreadData = z.infer<typeof snapshotThreadDataSchema>;

/** What the thread answers to an order. */
export const snapshotAnswerSchema = z.union([
  /** The snapshot is written and synced. */
  z.object({
    sha256: z.string(),
    /** It rests on the pair before the current one, whose snapshot is damaged or missing. */
    snapshotLost: z.boolean(),
  }),
  z.object({
    problem: z.string(),
    /** The files are no base for a snapshot, now or later. */
    damaged: z.boolean(),
  }),
]);
export type SnapshotAnswer = z.infer<typeof snapshotAnswerSchema>;
