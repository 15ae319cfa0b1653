import { z } from "zod";

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

/** What the thread answers when the snapshot is written and synced. */
export const snapshotResultSchema = z.object({ seq: z.int(), sha256: z.string() });
export type SnapshotResult = z.infer<typeof snapshotResultSchema>;
