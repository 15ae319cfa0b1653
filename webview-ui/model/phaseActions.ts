import { said, t, type Words, words } from "../../src/core/base/words";
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
    .map(({ action }) => ({
      ...action,
      label: said(action.label),
      ...(action.request === "retry" &&
        freed.length > 0 && { effect: t("brings back {0}", phaseList(freed)) }),
    }));
}

/** "Phases 2 and 5": what a retry of all failed phases starts again. */
export function retriedInWords(plan: readonly CardPhase[]): string {
  const failed = plan.filter(({ status }) => status === "failed");
  return phaseList(failed.map(({ number }) => number));
}

interface Offer {
  readonly needs: CardAction;
  /** Its label is put into the user's language when it is shown. */
  readonly action: Omit<PhaseAction, "label"> & { readonly label: Words };
}

/** In the order in which they are shown. */
const offers: readonly Offer[] = [
  offer("settle", "done", words`Done`, "check", "run", true),
  offer("settle", "failed", words`Failed`, "close", "run", true),
  offer("start", "start", words`Start`, "play", "run"),
  offer("retry", "retry", words`Retry`, "refresh", "run", true),
  offer("cancel", "cancel", words`Cancel`, "debug-stop", "run"),
  offer("skip", "skip", words`Skip`, "debug-step-over", "run"),
  offer("log", "log", words`Show Log`, "output", "look"),
  offer("attempts", "attempts", words`Show Log of an Earlier Attempt`, "history", "look"),
  offer("goTo", "goTo", words`Go to Phase`, "go-to-file", "look"),
  offer("issue", "issue", words`Open Issue`, "github", "look"),
  offer("error", "error", words`Copy Error`, "copy", "look"),
  offer("showChanges", "showChanges", words`Show Changes`, "diff", "look"),
  offer("update", "update", words`Update from File`, "file-symlink-file", "run"),
  offer("remove", "remove", words`Remove`, "trash", "remove"),
];

function offer(
  needs: CardAction,
  request: CardPhaseRequest,
  label: Words,
  icon: string,
  group: PhaseAction["group"],
  isAsked = false,
): Offer {
  return { needs, action: { request, label, icon, group, isAsked } };
}
