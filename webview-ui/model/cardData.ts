import type {
  CardChanges,
  CardPhase,
  CardPlan,
  CardQueue,
  CardState,
} from "../../src/core/protocol/card/cardState";

/** What is shown. Whatever did not change is the same object as before, so it is not drawn again. */
export interface CardData {
  readonly queue: CardQueue;
  /** In the order in which they were enqueued. */
  readonly plans: readonly PlanData[];
}

export interface PlanData {
  readonly plan: CardPlan;
  /** In the order of their numbers. */
  readonly phases: readonly CardPhase[];
}

/** @param before what was shown until now. */
export function dataOf(state: CardState, before?: CardData): CardData {
  return merge(state.queue, state.plans, state.phases, before);
}

export function applyChanges(before: CardData, changes: CardChanges): CardData {
  const changed = new Map(changes.phases.map((phase) => [phase.queueId, phase]));
  const removed = new Set(changes.removed);
  const phases = before.plans
    .flatMap((plan) => plan.phases)
    .filter(({ queueId }) => !removed.has(queueId) && !changed.has(queueId));
  return merge(changes.queue, changes.plans, [...phases, ...changed.values()], before);
}

function merge(
  queue: CardQueue,
  plans: readonly CardPlan[],
  phases: readonly CardPhase[],
  before: CardData | undefined,
): CardData {
  const known = new Map(before?.plans.map((one) => [one.plan.planId, one]));
  const byPlan = new Map(plans.map(({ planId }): [string, CardPhase[]] => [planId, []]));
  phases.forEach((phase) => byPlan.get(phase.planId)?.push(phase));
  return {
    queue: keep(before?.queue, queue),
    plans: plans.map((plan) =>
      mergePlan(plan, byPlan.get(plan.planId) ?? [], known.get(plan.planId)),
    ),
  };
}

function mergePlan(
  plan: CardPlan,
  phases: readonly CardPhase[],
  before: PlanData | undefined,
): PlanData {
  const known = new Map(before?.phases.map((phase) => [phase.queueId, phase]));
  const merged = phases
    .map((phase) => keep(known.get(phase.queueId), phase))
    .sort((a, b) => a.number - b.number);
  const same =
    before?.phases.length === merged.length &&
    merged.every((phase, index) => phase === before.phases[index]);
  const kept = keep(before?.plan, plan);
  return same && before.plan === kept
    ? before
    : { plan: kept, phases: same ? before.phases : merged };
}

/** The old object where the new one says the same. */
function keep<T extends object>(before: T | undefined, after: T): T {
  // Most are the same object: of a thousand phases a change brings one.
  const isSame =
    before === after || (before !== undefined && JSON.stringify(before) === JSON.stringify(after));
  return isSame ? before : after;
}
