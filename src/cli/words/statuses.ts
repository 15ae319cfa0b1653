import type { PhaseQueueItem } from "../../core/protocol/queue";
import { type PhaseStatus, phaseStatuses } from "../../core/protocol/terms";
import type { Look } from "../terminal/palette";

/** How a status is shown: a shape, a colour and its word, so that none of them is needed alone. */
export const statusLooks: Readonly<
  Record<PhaseStatus, { readonly symbol: string; readonly look: Look }>
> = {
  queued: { symbol: "○", look: "gray" },
  ready: { symbol: "◇", look: "blue" },
  running: { symbol: "●", look: "yellow" },
  completed: { symbol: "✓", look: "green" },
  blocked: { symbol: "⊘", look: "orange" },
  failed: { symbol: "✗", look: "red" },
};

export const longestStatus = Math.max(...phaseStatuses.map((status) => status.length));

export type StatusCounts = Readonly<Record<PhaseStatus, number>>;

export function countStatuses(
  phases: Iterable<Pick<PhaseQueueItem, "status">>,
): Record<PhaseStatus, number> {
  const counts = { queued: 0, ready: 0, running: 0, completed: 0, blocked: 0, failed: 0 };
  for (const { status } of phases) {
    counts[status] += 1;
  }
  return counts;
}

/** "3 completed, 1 failed, 2 blocked"; statuses that no phase has are left out. */
export function countsInWords(counts: StatusCounts): string {
  const order: readonly PhaseStatus[] = [
    "completed",
    "running",
    "failed",
    "blocked",
    "ready",
    "queued",
  ];
  return order
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${status}`)
    .join(", ");
}
