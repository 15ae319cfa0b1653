import type { CardPhase } from "../../src/core/protocol/card/cardState";
import type { TimelinePhase } from "./timelinePhase";

/** The phases of one plan, as the card has them, for its timeline: in the order of their numbers. */
export function timelinePhases(phases: readonly CardPhase[]): TimelinePhase[] {
  const ids = new Map(phases.map(({ number, queueId }) => [number, queueId]));
  return [...phases]
    .sort((a, b) => a.number - b.number)
    .map(({ queueId, number, title, status, skipped, dependsOn, attempts, finishedAt }) => ({
      id: queueId,
      label: String(number),
      title,
      status,
      skipped,
      dependsOn: dependsOn.flatMap((one) => ids.get(one) ?? []),
      attempts,
      ...(finishedAt !== undefined && { finishedAt }),
    }));
}
