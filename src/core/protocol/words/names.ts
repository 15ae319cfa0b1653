import { t } from "../../base/words";
import type { PhaseOverview } from "../queue";
import { cleanText } from "./cleanText";
import { phaseList } from "./phaseList";

/** What a person types to name this phase: "1.3". */
export function phaseId({
  plan_number,
  phase_number,
}: Pick<PhaseOverview, "plan_number" | "phase_number">): string {
  return `${plan_number}.${phase_number}`;
}

export function phaseTitle({ phase_data }: PhaseOverview): string {
  return cleanText(phase_data.title);
}

/** "Phase 3 Build", or "Phase 3" where the title says no more. */
export function phaseName(phase: PhaseOverview): string {
  const title = phaseTitle(phase);
  const isNamed = title !== `Phase ${phase.phase_number}` && title !== "";
  const number = t("Phase {0}", phase.phase_number);
  return isNamed ? `${number} ${title}` : number;
}

/** As {@link phaseList}; where there are several plans, with the plan's number: "Phases 1.2 and 2.1". */
export function phaseNames(phases: readonly PhaseOverview[], severalPlans: boolean): string {
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
