import { statusWords } from "../core/protocol/words/statusWords";
import type { PhaseQueueItem } from "../core/protocol/queue";
import type { PhaseStatus } from "../core/protocol/terms";
import { cleanText } from "../core/protocol/words/cleanText";
import { said, t } from "./l10n";

/** A status in the user's language. */
export function statusInWords(status: PhaseStatus): string {
  return said(statusWords[status]);
}

/** "1 phase", "3 phases". */
export function phasesInWords(count: number): string {
  return count === 1 ? t("1 phase") : t("{0} phases", count);
}

/** "Phase 2: Build", or "Phase 2" where the title says no more. */
export function nameOf(phase: PhaseQueueItem): string {
  const { phase_number } = phase;
  const title = ownTitle(phase);
  return title === undefined
    ? t("Phase {0}", phase_number)
    : t("Phase {0}: {1}", phase_number, title);
}

/** The same where it is plain that phases are meant: "2: Build". */
export function phaseLabel(phase: PhaseQueueItem): string {
  const title = ownTitle(phase);
  return title === undefined ? nameOf(phase) : `${phase.phase_number}: ${title}`;
}

/** The title, unless it only says the number. */
function ownTitle({ phase_number, phase_data }: PhaseQueueItem): string | undefined {
  const title = cleanText(phase_data.title);
  return title === "" || title === `Phase ${phase_number}` ? undefined : title;
}

/** An error's own text as a sentence that others can follow. */
export function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
