import { joined, words } from "../base/words";
import type { ParsedPhase, PlanProblem } from "../protocol/plan";
import { phaseWords } from "./phaseNumbers";
import { problem } from "./problem";

/** A longer cycle is named by its beginning. */
const maxNamed = 20;

/**
 * Finds phases that wait for each other. Each phase is named in one cycle at most: who repairs
 * that one is told of the next.
 */
export function findCycles(
  phases: readonly ParsedPhase[],
  lineOf: (phase: ParsedPhase) => number,
): PlanProblem[] {
  const byNumber = new Map(phases.map((phase) => [phase.number, phase]));
  const problems: PlanProblem[] = [];
  const settled = new Set<ParsedPhase>();
  for (const root of phases) {
    const path: Step[] = [];
    const onPath = new Map<ParsedPhase, number>();
    const enter = (phase: ParsedPhase) => {
      onPath.set(phase, path.length);
      path.push({ phase, next: 0 });
    };
    if (!settled.has(root)) {
      enter(root);
    }
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const number = step.phase.dependsOn[step.next];
      const target = number === undefined ? undefined : byNumber.get(number);
      step.next += 1;
      if (number === undefined) {
        path.pop();
        onPath.delete(step.phase);
        settled.add(step.phase);
      } else if (target && onPath.has(target) && !settled.has(target)) {
        const cycle = path.slice(onPath.get(target)).map(({ phase }) => phase);
        if (!cycle.some((phase) => settled.has(phase))) {
          problems.push(describe(cycle, lineOf));
        }
        cycle.forEach((phase) => settled.add(phase));
      } else if (target && !settled.has(target)) {
        enter(target);
      }
    }
  }
  return problems;
}

interface Step {
  readonly phase: ParsedPhase;
  /** Index of the dependency to follow next. */
  next: number;
}

function describe(
  cycle: readonly ParsedPhase[],
  lineOf: (phase: ParsedPhase) => number,
): PlanProblem {
  const lowest = cycle.reduce((a, b) => (b.number < a.number ? b : a));
  const start = cycle.indexOf(lowest);
  const names = [...cycle.slice(start), ...cycle.slice(0, start), lowest].map(phaseWords);
  const named = names.length > maxNamed ? [...names.slice(0, maxNamed), "…"] : names;
  const message = words`These phases wait for each other: ${joined(named, " → ")}. Take one of them out of a "Depends on".`;
  return problem("dependency-cycle", message, lineOf(lowest));
}
