import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../base/clock";
import type { QueueReader } from "../queue/queueReader";
import type { AttemptFolders } from "./attemptFolders";

/** How long, and up to what size, the files of finished plans' attempts are kept. */
export interface Retention {
  readonly days: number;
  readonly bytes: number;
}

export const standardRetention: Retention = { days: 30, bytes: 500 * 1024 * 1024 };

/** Removes the attempt folders of finished plans that are too old or too much, the oldest first. */
export async function applyRetention(
  queue: QueueReader,
  folders: AttemptFolders,
  clock: Clock,
  retention: Retention,
): Promise<void> {
  const oldest = clock.now() - retention.days * 24 * 60 * 60 * 1000;
  let bytes = 0;
  // Newest first, so that the sum decides which of the oldest no longer fit.
  for (const { queueId, finishedAt } of queue.finishedPhases()) {
    const folder = dirname(folders.of(queueId, 1));
    bytes += await sizeOf(folder);
    if (Date.parse(finishedAt) < oldest || bytes > retention.bytes) {
      await folders.remove(folder);
    }
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isFile()) {
      // A file that goes away meanwhile takes no room.
      const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
      bytes += found ? Math.min(found.size, found.blocks * 512) : 0;
    }
  }
  return bytes;
}
