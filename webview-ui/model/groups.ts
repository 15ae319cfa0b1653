import type { CardPhase, CardPlan } from "../../src/core/protocol/card/cardState";
import type { PhaseStatus } from "../../src/core/protocol/terms";
import type { PlanData } from "./cardData";

/** The two halves of the queue; every status is in one. */
export type Half = "inProgress" | "completed";

const halves: Readonly<Record<PhaseStatus, Half>> = {
  queued: "inProgress",
  ready: "inProgress",
  running: "inProgress",
  completed: "completed",
  blocked: "completed",
  failed: "completed",
};

/** A plan with those of its phases that a tab shows. */
export interface Group {
  readonly plan: CardPlan;
  /** All of its phases, for the progress and what depends on what. */
  readonly all: readonly CardPhase[];
  readonly shown: readonly CardPhase[];
}

/** The plans that have phases in this half. */
export function groupsOf(plans: readonly PlanData[], half: Half): Group[] {
  return plans
    .map(({ plan, phases }) => ({ plan, all: phases, shown: shownOf(phases, half) }))
    .filter(({ shown }) => shown.length > 0);
}

/** How many phases there are with each status. */
export type Counts = Readonly<Record<PhaseStatus, number>>;

export function countsOf(phases: readonly CardPhase[]): Counts {
  const counts = { queued: 0, ready: 0, running: 0, completed: 0, blocked: 0, failed: 0 };
  for (const { status } of phases) {
    counts[status] += 1;
  }
  return counts;
}

export function halfCount(counts: Counts, half: Half): number {
  return half === "inProgress"
    ? counts.queued + counts.ready + counts.running
    : counts.completed + counts.blocked + counts.failed;
}

/**
 * Remembered by the plan's phases, which are the same array as long as nothing in them changed: so that
 * a plan nothing happened to is not drawn again.
 */
function shownOf(phases: readonly CardPhase[], half: Half): readonly CardPhase[] {
  let known = remembered.get(phases);
  if (!known) {
    const of = (wanted: Half): CardPhase[] =>
      phases.filter(({ status }) => halves[status] === wanted);
    known = { inProgress: of("inProgress"), completed: of("completed") };
    remembered.set(phases, known);
  }
  return known[half];
}

const remembered = new WeakMap<readonly CardPhase[], Record<Half, readonly CardPhase[]>>();
