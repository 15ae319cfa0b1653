import { t } from "../../src/core/base/words";
import type { CardPhase } from "../../src/core/protocol/card/cardState";
import type { CardData } from "./cardData";
import { nameOf, statusWord } from "./phaseWords";

/** What a screen reader is told of a change; empty texts say nothing. */
export interface Announcements {
  /** Said when there is time. */
  readonly polite: string;
  /** Said at once: failures. */
  readonly assertive: string;
}

/** More are counted only: nobody listens to a list. */
const most = 3;

export function announcementsOf(before: CardData, after: CardData): Announcements {
  const plans = new Map(before.plans.map((one) => [one.plan.planId, one.phases]));
  const changed = after.plans.flatMap(({ plan, phases }) =>
    changedOf(plans.get(plan.planId) ?? [], phases),
  );
  const failed = changed.filter(({ status }) => status === "failed");
  const others = changed.filter(({ status }) => status !== "failed");
  const paused = before.queue.paused === after.queue.paused ? [] : [pauseInWords(after)];
  return {
    polite: listed([...paused, ...others.map(inWords)]),
    assertive: listed(failed.map(inWords)),
  };
}

/** Phases whose status is another one; what did not change is the same object. */
function changedOf(before: readonly CardPhase[], after: readonly CardPhase[]): CardPhase[] {
  if (before === after) {
    return [];
  }
  const known = new Map(before.map((phase) => [phase.queueId, phase]));
  return after.filter((phase) => {
    const old = known.get(phase.queueId);
    return old !== undefined && old !== phase && statusWord(old) !== statusWord(phase);
  });
}

function pauseInWords({ queue }: CardData): string {
  return queue.paused ? t("The queue is paused") : t("The queue goes on");
}

function inWords(phase: CardPhase): string {
  const text = `${nameOf(phase)}: ${statusWord(phase)}`;
  return phase.status === "failed" && phase.detail !== "" ? `${text}, ${phase.detail}` : text;
}

function listed(texts: readonly string[]): string {
  const more = texts.length - most;
  return more > 0
    ? t("{0}, and {1} more changes", texts.slice(0, most).join(". "), more)
    : texts.join(". ");
}
