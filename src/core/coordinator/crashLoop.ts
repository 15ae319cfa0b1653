import type { Clock } from "../base/clock";
import { stored } from "../protocol/words/storedWords";
import type { Queue } from "../queue/queue";

/** So many automatic starts after an unclean end within this time, and the queue comes up paused. */
const limit = { starts: 3, milliseconds: 5 * 60_000 };

export const crashLoopReason = stored("crashLoop", limit.starts, limit.milliseconds / 60_000);

/**
 * Counts the automatic starts whose predecessor died, and pauses the queue when something in it, or
 * around it, keeps taking its host down. A clean stop in between counts for nothing: a window that is
 * reloaded after each crash is as much in a loop as one that comes back by itself.
 */
export function noteAutomaticStart(queue: Queue, clock: Clock, cleanStop: boolean): void {
  if (cleanStop) {
    return;
  }
  const now = clock.now();
  const stored: unknown = JSON.parse(queue.config("unclean_starts") ?? "[]");
  const before = Array.isArray(stored) ? stored.filter((time) => typeof time === "number") : [];
  const starts = [...before.filter((time) => now - time < limit.milliseconds), now];
  queue.setConfig({ unclean_starts: JSON.stringify(starts) });
  if (starts.length >= limit.starts) {
    queue.setPaused(true, crashLoopReason);
  }
}
