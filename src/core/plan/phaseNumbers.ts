import { english, type Words, words } from "../base/words";
import type { ParsedPhase, PlanProblem } from "../protocol/plan";
import type { PhaseHeading } from "./phaseHeading";
import { idKey } from "./phaseId";
import { problem } from "./problem";

/**
 * The number of each phase, in the document's order: as written, or its position where it has no
 * id. If any id is no number, all are numbered by position. Positions count from 0 in a plan that
 * begins with Phase 0, so that they agree with the numbers written there.
 */
export function numberPhases(names: readonly PhaseHeading[]): number[] {
  const first = names[0]?.number === 0 ? 0 : 1;
  const byPosition = names.some(({ label, number }) => label !== "" && number === undefined);
  return names.map(({ number }, index) => (byPosition ? first + index : (number ?? first + index)));
}

/** How a phase is called: by what the plan's author wrote. */
export function phaseName(phase: Pick<ParsedPhase, "label" | "number">): string {
  return english(phaseWords(phase));
}

/** As {@link phaseName}, for messages. */
export function phaseWords({ label, number }: Pick<ParsedPhase, "label" | "number">): Words {
  return words`Phase ${label === "" ? number : label}`;
}

/** Checks numbers of phases, which come in the document's order. */
export function checkNumbers(phases: readonly ParsedPhase[]): PlanProblem[] {
  return [...findDuplicates(phases), ...findGaps(phases), ...findDisorder(phases)];
}

function findDuplicates(phases: readonly ParsedPhase[]): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const holders = new Map<string, ParsedPhase>();
  for (const phase of phases) {
    const keys = [`number ${phase.number}`, ...(phase.label ? [`id ${idKey(phase.label)}`] : [])];
    const holder = keys.map((key) => holders.get(key)).find((found) => found !== undefined);
    if (holder) {
      const message = words`${phaseWords(phase)} is there already, on line ${holder.startLine + 1}. Give this one another number.`;
      problems.push(problem("duplicate-number", message, phase.startLine));
    }
    for (const key of keys) {
      holders.set(key, holders.get(key) ?? phase);
    }
  }
  return problems;
}

function findGaps(phases: readonly ParsedPhase[]): PlanProblem[] {
  const problems: PlanProblem[] = [];
  let expected = phases.some(({ number }) => number === 0) ? 0 : 1;
  for (const phase of phases.toSorted((a, b) => a.number - b.number)) {
    if (phase.number > expected) {
      const missing =
        phase.number - 1 === expected
          ? words`Phase ${expected} is missing`
          : words`Phases ${expected} to ${phase.number - 1} are missing`;
      const message = words`${missing}. Number the phases without a gap, from 1 (or 0).`;
      problems.push(problem("missing-phase", message, phase.startLine));
    }
    expected = Math.max(expected, phase.number + 1);
  }
  return problems;
}

function findDisorder(phases: readonly ParsedPhase[]): PlanProblem[] {
  const problems: PlanProblem[] = [];
  let highest: ParsedPhase | undefined;
  for (const phase of phases) {
    if (highest && phase.number < highest.number) {
      const message = words`${phaseWords(phase)} stands below ${phaseWords(highest)}, but goes before it. Move it up, or number the phases in the order in which they stand.`;
      problems.push(problem("out-of-order", message, phase.startLine));
    }
    highest = highest && highest.number > phase.number ? highest : phase;
  }
  return problems;
}
