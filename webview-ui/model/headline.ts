import { t } from "../../src/core/base/words";
import type { CardPhase, CardPlan } from "../../src/core/protocol/card/cardState";
import type { CardData, PlanData } from "./cardData";
import { clock } from "./phaseWords";

/** What the queue is waiting for, in one line: "Phase 3 runs for 4:12". */
export function headline({ queue, plans }: CardData, now: number): string {
  const { kind, text } = queue.waiting;
  const several = plans.length > 1;
  const said =
    kind === "running"
      ? atWorkInWords(plans, several, now, queue.pausedReason)
      : kind === "retry"
        ? retryInWords(plans, several, now)
        : undefined;
  return sentence(said ?? text);
}

/** The same of one plan, beside its title; empty when it is completed. */
export function planWaits({ plan, phases }: PlanData, now: number): string {
  const { kind, text } = plan.waiting;
  if (kind === "completed") {
    return "";
  }
  return (kind === "retry" ? retryInWords([{ plan, phases }], false, now) : undefined) ?? text;
}

/** The same as it is spoken: without a time that runs. */
export function planWaitsSpoken({ waiting: { kind, text } }: CardPlan): string {
  if (kind === "completed") {
    return "";
  }
  return kind === "retry" ? t("waiting to be tried again") : text;
}

/** Running, with a process of ours. */
export function isAtWork({ status, turn }: CardPhase): boolean {
  return status === "running" && turn === undefined;
}

/** The core's sentence with a time that runs in it; undefined before the running phase is known. */
function atWorkInWords(
  plans: readonly PlanData[],
  several: boolean,
  now: number,
  pausedReason: string | undefined,
): string | undefined {
  const running = named(plans, several, isAtWork).sort(
    (a, b) => startOf(a.phase) - startOf(b.phase),
  );
  const [first] = running;
  if (!first) {
    return undefined;
  }
  const more = running.length - 1;
  const time = clock(now - startOf(first.phase));
  const people = named(plans, several, ({ turn }) => turn === "person");
  return [
    ...(pausedReason === undefined ? [] : [pausedReason]),
    more > 0
      ? t("{0} and {1} more runs for {2}", first.name, more, time)
      : t("{0} runs for {1}", first.name, time),
    ...(people.length > 0
      ? [t("{0} for a person to do", listed(people.map(({ name }) => name)))]
      : []),
  ].join("; ");
}

function retryInWords(
  plans: readonly PlanData[],
  several: boolean,
  now: number,
): string | undefined {
  const startable = plans.filter(({ plan }) => plan.pausedReason === undefined);
  const [next] = named(startable, several, ({ status, retryAt = 0 }) => {
    return status === "ready" && retryAt > now;
  }).sort((a, b) => retryOf(a.phase) - retryOf(b.phase));
  return next && t("{0} is tried again in {1}", next.name, clock(retryOf(next.phase) - now));
}

interface NamedPhase {
  readonly phase: CardPhase;
  /** "Phase 2" or, where there are several plans, "Phase 2 of Plan 1". */
  readonly name: string;
}

function named(
  plans: readonly PlanData[],
  several: boolean,
  isMeant: (phase: CardPhase) => boolean,
): NamedPhase[] {
  return plans.flatMap(({ plan, phases }) =>
    phases.filter(isMeant).map((phase) => ({
      phase,
      name: several
        ? t("Phase {0} of Plan {1}", phase.number, plan.number)
        : t("Phase {0}", phase.number),
    })),
  );
}

function listed(names: readonly string[]): string {
  const more = names.length - 3;
  return more > 0 ? t("{0} and {1} more", names.slice(0, 3).join(", "), more) : names.join(", ");
}

function startOf({ startedAt = 0 }: CardPhase): number {
  return startedAt;
}

function retryOf({ retryAt = 0 }: CardPhase): number {
  return retryAt;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
