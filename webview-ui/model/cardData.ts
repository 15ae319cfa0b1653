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
  const known = new Map(before?.plans.map((one) => [one.plan.planId, one]));
  const phases = byPlan(state.phases);
  return {
    queue: keep(before?.queue, state.queue),
    plans: state.plans.map((plan) =>
      mergePlan(plan, phases.get(plan.planId) ?? [], known.get(plan.planId)),
    ),
  };
}

export function applyChanges(before: CardData, changes: CardChanges): CardData {
  const known = new Map(before.plans.map((one) => [one.plan.planId, one]));
  const changed = byPlan(changes.phases);
  const removed = new Set(changes.removed);
  return {
    queue: keep(before.queue, changes.queue),
    plans: changes.plans.map((plan) => {
      const old = known.get(plan.planId);
      const phases = changePhases(old?.phases ?? [], changed.get(plan.planId) ?? [], removed);
      return planData(plan, phases, old);
    }),
  };
}

function byPlan(phases: readonly CardPhase[]): ReadonlyMap<string, CardPhase[]> {
  const plans = new Map<string, CardPhase[]>();
  for (const phase of phases) {
    const plan = plans.get(phase.planId);
    if (plan) {
      plan.push(phase);
    } else {
      plans.set(phase.planId, [phase]);
    }
  }
  return plans;
}

/** The very array where nothing of it changed: of many plans, and of a thousand phases, most stay. */
function changePhases(
  before: readonly CardPhase[],
  changed: readonly CardPhase[],
  removed: ReadonlySet<string>,
): readonly CardPhase[] {
  const left = removed.size > 0 ? before.filter(({ queueId }) => !removed.has(queueId)) : before;
  const news = new Map(changed.map((phase) => [phase.queueId, phase]));
  const kept = left.map((phase) => {
    const now = news.get(phase.queueId);
    news.delete(phase.queueId);
    return now === undefined ? phase : keep(phase, now);
  });
  const phases = [...kept, ...news.values()];
  return isSameList(before, phases) ? before : phases.sort(byNumber);
}

function mergePlan(
  plan: CardPlan,
  phases: readonly CardPhase[],
  before: PlanData | undefined,
): PlanData {
  const known = new Map(before?.phases.map((phase) => [phase.queueId, phase]));
  const merged = phases.map((phase) => keep(known.get(phase.queueId), phase)).sort(byNumber);
  return planData(
    plan,
    before && isSameList(before.phases, merged) ? before.phases : merged,
    before,
  );
}

function planData(
  plan: CardPlan,
  phases: readonly CardPhase[],
  before: PlanData | undefined,
): PlanData {
  const kept = keep(before?.plan, plan);
  return before?.plan === kept && before.phases === phases ? before : { plan: kept, phases };
}

function isSameList(a: readonly CardPhase[], b: readonly CardPhase[]): boolean {
  return a.length === b.length && a.every((phase, index) => phase === b[index]);
}

function byNumber(a: CardPhase, b: CardPhase): number {
  return a.number - b.number;
}

/** The old object where the new one says the same. */
function keep<T extends object>(before: T | undefined, after: T): T {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(after) ? before : after;
}
