import { type Words, words } from "../base/words";
import type { PlanProblem } from "../protocol/plan";
import { type WrittenDependency, foldName, parseDependencies, splitAtAnd } from "./dependencyNames";
import { idNumber } from "./phaseId";
import { phaseName, phaseWords } from "./phaseNumbers";
import { excerpt, problem } from "./problem";

/** A phase before its dependencies are known. */
export interface DependentPhase {
  readonly label: string;
  readonly number: number;
  readonly title: string;
  readonly startLine: number;
  /** What `Depends on` says; undefined without one. */
  readonly written: readonly WrittenDependency[] | undefined;
  /** Line of the `Depends on`, else of the heading. */
  readonly dependsOnLine: number;
}

/** Finds the phases on which each phase depends; without `Depends on` the one before it. */
export function resolveDependencies(phases: readonly DependentPhase[]): {
  dependsOn: number[][];
  problems: PlanProblem[];
} {
  const lookUp = createLookup(phases);
  const predecessors = findPredecessors(phases);
  const problems: PlanProblem[] = [];
  const dependsOn = phases.map((phase) => {
    if (!phase.written) {
      return predecessors.get(phase.number) ?? [];
    }
    const found = new Set<number>();
    const complain = (code: "unknown-dependency" | "self-dependency", message: Words) =>
      problems.push(problem(code, message, phase.dependsOnLine));
    for (const name of phase.written.flatMap((written) => namesIn(written, lookUp))) {
      const [number, ...others] = lookUp(name);
      if (number === undefined) {
        complain("unknown-dependency", unknownMessage(name));
      } else if (others.length > 0) {
        complain("unknown-dependency", ambiguousMessage(name));
      } else if (number === phase.number) {
        complain(
          "self-dependency",
          words`${phaseWords(phase)} depends on itself. Take it out of "Depends on".`,
        );
      } else {
        found.add(number);
      }
    }
    return [...found].sort((a, b) => a - b);
  });
  return { dependsOn, problems };
}

/** Names in the value of a `Depends on`, as written there, that mean no phase, or several. */
export function unresolvedNames(value: string, phases: readonly NamedPhase[]): string[] {
  const lookUp = createLookup(phases);
  return (parseDependencies(value) ?? [])
    .flatMap((written) => namesIn(written, lookUp))
    .filter((name) => lookUp(name).length !== 1);
}

/** A phase, as far as it can be named. */
export type NamedPhase = Pick<DependentPhase, "label" | "number" | "title">;

/** Numbers of the phases that a name means: none, one, or several with the same title. */
type Lookup = (name: string) => readonly number[];

/** Looks a name up as written label, then as number, then as title. */
function createLookup(phases: readonly NamedPhase[]): Lookup {
  const labels = new Map<string, number[]>();
  const titles = new Map<string, number[]>();
  const numbers = new Set(phases.map(({ number }) => number));
  for (const phase of phases) {
    if (phase.label !== "") {
      addTo(labels, phase.label, phase.number);
    }
    addTo(titles, phase.title, phase.number);
    addTo(titles, `${phaseName(phase)}: ${phase.title}`, phase.number);
  }
  const lookUpExactly = (name: string): readonly number[] => {
    const number = idNumber(name);
    return (
      labels.get(name) ??
      (number !== undefined && numbers.has(number) ? [number] : titles.get(name)) ??
      []
    );
  };
  return (name) => {
    const folded = foldName(name);
    const found = lookUpExactly(folded.replace(/^phases? /, ""));
    return found.length > 0 ? found : lookUpExactly(folded);
  };
}

function addTo(map: Map<string, number[]>, name: string, number: number): void {
  const key = foldName(name);
  const numbers = map.get(key);
  if (!numbers) {
    map.set(key, [number]);
  } else if (!numbers.includes(number) && numbers.length < 2) {
    numbers.push(number);
  }
}

function namesIn(written: WrittenDependency, lookUp: Lookup): readonly string[] {
  const isOne = written.quoted || lookUp(written.text).length > 0;
  return isOne ? [written.text] : splitAtAnd(written.text);
}

/** Of each number the next lower one, if there is one. */
function findPredecessors(phases: readonly DependentPhase[]): Map<number, number[]> {
  const numbers = [...new Set(phases.map(({ number }) => number))].sort((a, b) => a - b);
  return new Map(
    numbers.map((number, index) => [number, numbers.slice(Math.max(index - 1, 0), index)]),
  );
}

function unknownMessage(name: string): Words {
  return words`There is no phase "${excerpt(name)}". Write a phase's number, its title (in double quotes if it has a comma or "and"), or "none".`;
}

function ambiguousMessage(name: string): Words {
  return words`Several phases are called "${excerpt(name)}". Write the number of the one you mean.`;
}
