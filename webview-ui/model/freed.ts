import type { CardPhase } from "../../src/core/protocol/card/cardState";

/** What holds a phase back: nothing, one failed phase of this number, or more than a retry can lift. */
type Hold = number | "nothing" | "more";

/**
 * What the retry of each failed phase brings back: the numbers of the phases that it alone blocks,
 * directly or not, by its own number.
 *
 * @param plan all phases of one plan.
 */
export function freedByRetry(plan: readonly CardPhase[]): ReadonlyMap<number, readonly number[]> {
  const byNumber = new Map(plan.map((phase) => [phase.number, phase]));
  const holds = new Map<number, Hold>();
  const holdOf = (number: number): Hold => {
    const known = holds.get(number);
    if (known !== undefined) {
      return known;
    }
    const phase = byNumber.get(number);
    // A phase that was removed does not come back; nor does anything that waits for itself.
    holds.set(number, "more");
    const hold = phase === undefined ? "more" : holdOfPhase(phase, holdOf);
    holds.set(number, hold);
    return hold;
  };
  const freed = new Map<number, number[]>();
  for (const { number, status } of plan) {
    const hold = status === "blocked" ? holdOf(number) : "nothing";
    if (typeof hold === "number") {
      freed.set(hold, [...(freed.get(hold) ?? []), number]);
    }
  }
  return freed;
}

function holdOfPhase(phase: CardPhase, holdOf: (number: number) => Hold): Hold {
  if (phase.status === "failed") {
    return phase.number;
  }
  if (phase.status !== "blocked") {
    return "nothing";
  }
  return phase.dependsOn
    .map(holdOf)
    .reduce((a, b) => (a === "nothing" || a === b ? b : b === "nothing" ? a : "more"), "nothing");
}
