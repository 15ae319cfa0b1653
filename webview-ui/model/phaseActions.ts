import type { CardPhaseRequest } from "../../src/core/protocol/card/cardMessages";
import type { CardAction, CardPhase } from "../../src/core/protocol/card/cardState";
import { phaseList } from "../../src/core/protocol/words/phaseList";

/** Something that can be done with a phase, as buttons and the menu show it. */
export interface PhaseAction {
  readonly request: CardPhaseRequest;
  readonly label: string;
  /** What it comes to, where the label does not say it: "brings back Phases 3 and 4". */
  readonly effect?: string;
  /** Name of a codicon. */
  readonly icon: string;
  /** Menus draw a line between groups. */
  readonly group: "run" | "look" | "remove";
  /** Stands on the card itself, since somebody waits for it. */
  readonly isAsked: boolean;
}

/** @param freed numbers of the phases that a retry of it brings back. */
export function phaseActions(phase: CardPhase, freed: readonly number[]): PhaseAction[] {
  return offers
    .filter(({ needs }) => phase.actions.includes(needs))
    .map(({ action }) =>
      action.request === "retry" && freed.length > 0
        ? { ...action, effect: `brings back ${phaseList(freed)}` }
        : action,
    );
}

/** "Phases 2 and 5": what a retry of all failed phases starts again. */
export function retriedInWords(plan: readonly CardPhase[]): string {
  const failed = plan.filter(({ status }) => status === "failed");
  return phaseList(failed.map(({ number }) => number));
}

interface Offer {
  readonly needs: CardAction;
  readonly action: PhaseAction;
}

/** In the order in which they are shown. */
const offers: readonly Offer[] = [
  offer("settle", "done", "Done", "check", "run", true),
  offer("settle", "failed", "Failed", "close", "run", true),
  offer("start", "start", "Start", "play", "run"),
  offer("retry", "retry", "Retry", "refresh", "run", true),
  offer("cancel", "cancel", "Cancel", "debug-stop", "run"),
  offer("skip", "skip", "Skip", "debug-step-over", "run"),
  offer("log", "log", "Show Log", "output", "look"),
  offer("attempts", "attempts", "Show Log of an Earlier Attempt", "history", "look"),
  offer("goTo", "goTo", "Go to Phase", "go-to-file", "look"),
  offer("issue", "issue", "Open Issue", "github", "look"),
  offer("error", "error", "Copy Error", "copy", "look"),
  offer("showChanges", "showChanges", "Show Changes", "diff", "look"),
  offer("update", "update", "Update from File", "file-symlink-file", "run"),
  offer("remove", "remove", "Remove", "trash", "remove"),
];

function offer(
  needs: CardAction,
  request: CardPhaseRequest,
  label: string,
  icon: string,
  group: PhaseAction["group"],
  isAsked = false,
): Offer {
  return { needs, action: { request, label, icon, group, isAsked } };
}
