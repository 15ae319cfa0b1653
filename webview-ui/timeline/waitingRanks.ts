import type { PhaseStatus } from "../../src/core/protocol/terms";
import type { TimelinePhase } from "./timelinePhase";

const waits: Readonly<Record<PhaseStatus, boolean>> = {
  queued: true,
  ready: true,
  blocked: true,
  running: false,
  completed: false,
  failed: false,
};

/**
 * Of each phase that waits, how many others that wait must come before it: 0 for what can come next.
 * When they will come nobody knows, so they have an order and no time.
 */
export function waitingRanks(phases: readonly TimelinePhase[]): ReadonlyMap<string, number> {
  const waiting = new Map(
    phases.filter(({ status }) => waits[status]).map((phase) => [phase.id, phase]),
  );
  const ranks = new Map<string, number>();
  const rankOf = (phase: TimelinePhase): number => {
    const known = ranks.get(phase.id);
    if (known !== undefined) {
      return known;
    }
    // Should phases wait for each other in a circle, this one counts as the first of them.
    ranks.set(phase.id, 0);
    const before = phase.dependsOn.flatMap((id) => waiting.get(id) ?? []).map(rankOf);
    const rank = Math.max(-1, ...before) + 1;
    ranks.set(phase.id, rank);
    return rank;
  };
  waiting.forEach(rankOf);
  return ranks;
}
