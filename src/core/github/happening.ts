import type { Happening, PhaseLine, StatusFacts } from "./terms";

/** What came of a phase, and whether and how it goes on. */
export function happeningOf(
  phase: PhaseLine,
  { phases, pausedReason }: Pick<StatusFacts, "phases" | "pausedReason">,
): Happening {
  const follows = ({ status, dependsOn }: PhaseLine): boolean =>
    status === "running" || (status === "ready" && dependsOn.includes(phase.number));
  return {
    phase,
    next: pausedReason === undefined ? numbersOf(phases.filter(follows)) : [],
    blocked: numbersOf(behind(phase, phases).filter(({ status }) => status === "blocked")),
    allCompleted: phases.every(({ status }) => status === "completed"),
  };
}

/** The phases that depend on this one, directly or not. */
function behind(phase: PhaseLine, phases: readonly PhaseLine[]): readonly PhaseLine[] {
  const found = new Set([phase.number]);
  // Again until nothing is added: a phase can depend on one with a higher number.
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { number, dependsOn } of phases) {
      if (dependsOn.some((other) => found.has(other))) {
        found.add(number);
      }
    }
  }
  return phases.filter(({ number }) => number !== phase.number && found.has(number));
}

function numbersOf(phases: readonly PhaseLine[]): number[] {
  return phases.map(({ number }) => number);
}
