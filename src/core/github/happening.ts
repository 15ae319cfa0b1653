import type { Happening, PhaseLine } from "./terms";

/**
 * What came of a phase, and whether and how it goes on.
 *
 * @param phases the plan's phases; where only some are given, `allCompleted` says what cannot be told
 * from them.
 */
export function happeningOf(
  phase: PhaseLine,
  phases: readonly PhaseLine[],
  allCompleted = phases.every(({ status }) => status === "completed"),
): Happening {
  const follows = ({ dependsOn }: PhaseLine): boolean => dependsOn.includes(phase.number);
  // Whatever else runs would run without this one, too, unless it was started in the same commit.
  const goesOn = (other: PhaseLine): boolean =>
    other.status === "running" && (follows(other) || other.startedAt === phase.finishedAt);
  const isReady = (other: PhaseLine): boolean => other.status === "ready" && follows(other);
  return {
    phase,
    next: numbersOf(phases.filter(goesOn)),
    ready: numbersOf(phases.filter(isReady)),
    blocked: numbersOf(behind(phase, phases)),
    allCompleted,
  };
}

/** The blocked phases that depend on this one, directly or by others that are blocked. */
function behind(phase: PhaseLine, phases: readonly PhaseLine[]): readonly PhaseLine[] {
  const blocked = phases.filter(({ status }) => status === "blocked");
  const found = new Set([phase.number]);
  // Again until nothing is added: a phase can depend on one with a higher number.
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { number, dependsOn } of blocked) {
      if (dependsOn.some((other) => found.has(other))) {
        found.add(number);
      }
    }
  }
  return blocked.filter(({ number }) => number !== phase.number && found.has(number));
}

function numbersOf(phases: readonly PhaseLine[]): number[] {
  return phases.map(({ number }) => number);
}
