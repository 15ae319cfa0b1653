import type { PhaseQueueItem } from "../queue";
import { cleanText } from "./cleanText";

/** What a person types to name this phase: "1.3". */
export function phaseId({
  plan_number,
  phase_number,
}: Pick<PhaseQueueItem, "plan_number" | "phase_number">): string {
  return `${plan_number}.${phase_number}`;
}

export function phaseTitle({ phase_data }: PhaseQueueItem): string {
  return cleanText(phase_data.title);
}

/** "Phase 3 Build", or "Phase 3" where the title says no more. */
export function phaseName(phase: PhaseQueueItem): string {
  const number = `Phase ${phase.phase_number}`;
  const title = phaseTitle(phase);
  return title === number || title === "" ? number : `${number} ${title}`;
}

/** "Phase 2", "Phases 2 and 3", "Phases 2, 3, 4 and 8 more". */
export function phaseList(numbers: readonly (number | string)[]): string {
  const most = 4;
  const shown = numbers.slice(0, numbers.length > most ? most - 1 : most).map(String);
  const more = numbers.length - shown.length;
  const last = more > 0 ? `${more} more` : (shown.pop() ?? "");
  const noun = numbers.length === 1 ? "Phase" : "Phases";
  return shown.length === 0 ? `${noun} ${last}` : `${noun} ${shown.join(", ")} and ${last}`;
}

/** As {@link phaseList}; where there are several plans, with the plan's number: "Phases 1.2 and 2.1". */
export function phaseNames(phases: readonly PhaseQueueItem[], severalPlans: boolean): string {
  return phaseList(phases.map((phase) => (severalPlans ? phaseId(phase) : phase.phase_number)));
}

/** The words of a command line, quoted where a shell would take them apart. */
export function shellWords(words: readonly string[]): string {
  return words
    .map((word) =>
      /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(" ");
}
