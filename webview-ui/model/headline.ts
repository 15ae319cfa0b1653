import type { CardPhase } from "../../src/core/protocol/card/cardState";
import type { CardData } from "./cardData";
import { clock } from "./phaseWords";

/** What the queue is waiting for, in one line: "Phase 3 runs for 4:12". */
export function headline({ queue, plans }: CardData, now: number): string {
  if (queue.waiting.kind === "running") {
    const running = plans
      .flatMap(({ plan, phases }) =>
        phases.filter(isAtWork).map((phase) => ({ phase, plan: plan.number })),
      )
      .sort((a, b) => startOf(a.phase) - startOf(b.phase));
    const [first] = running;
    if (first) {
      const of = plans.length > 1 ? ` of Plan ${first.plan}` : "";
      const more = running.length > 1 ? ` and ${running.length - 1} more` : "";
      return `Phase ${first.phase.number}${of}${more} runs for ${clock(now - startOf(first.phase))}`;
    }
  }
  const { text } = queue.waiting;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Running, with a process of ours. */
export function isAtWork({ status, turn }: CardPhase): boolean {
  return status === "running" && turn === undefined;
}

function startOf({ startedAt = 0 }: CardPhase): number {
  return startedAt;
}
