import { words } from "../base/words";
import { type ParsedPhase, type PlanProblem, blockLanguages } from "../protocol/plan";
import type { Runners } from "../protocol/runners";
import { findCycles } from "./dependencyCycles";
import { manyPhases } from "./limits";
import type { ReadPhase } from "./phase";
import { checkNumbers, phaseWords } from "./phaseNumbers";
import { excerpt, problem } from "./problem";

/** What decides whether phases are right, besides the plan's text. */
export interface Surroundings {
  readonly runners: Runners;
  readonly defaultRunner?: string;
  readonly documentExists?: (path: string) => boolean;
}

/** Fewer characters hardly say what is to be done. */
const littleContent = 10;

/** Checks the phases of a plan, which come in the document's order. */
export function checkPhases(read: readonly ReadPhase[], surroundings: Surroundings): PlanProblem[] {
  const phases = read.map(({ phase }) => phase);
  const dependsOnLines = new Map(read.map(({ phase, body }) => [phase, body.dependsOnLine]));
  return [
    ...checkCount(phases),
    ...checkNumbers(phases),
    ...findCycles(phases, (phase) => dependsOnLines.get(phase) ?? phase.startLine),
    ...read.flatMap((one) => [...checkBlocks(one, surroundings), ...checkContent(one)]),
    ...checkDocuments(read, surroundings),
  ];
}

function checkCount(phases: readonly ParsedPhase[]): PlanProblem[] {
  if (phases.length === 0) {
    const message = words`No phase found. Begin each phase with a heading such as "## Phase 1: Title".`;
    return [problem("no-phase", message, 0)];
  }
  const firstBeyond = phases[manyPhases];
  const message = words`The plan has ${phases.length} phases. Check that all of them are meant as one, or split the plan.`;
  return firstBeyond ? [problem("many-phases", message, firstBeyond.startLine)] : [];
}

/** A phase that runs blocks needs one; whether it does is known once its runner is. */
function checkBlocks({ phase, body }: ReadPhase, surroundings: Surroundings): PlanProblem[] {
  const runner = phase.runner ?? surroundings.defaultRunner ?? "";
  if (surroundings.runners.get(runner)?.kind !== "shell" || phase.blocks.length > 0) {
    return [];
  }
  const message = words`${phaseWords(phase)} has no block to run. Choose a runner ("Runner: NAME"), or add a fenced block of ${blockLanguages.join(", ")}.`;
  return [problem("no-block", message, body.runnerLine ?? phase.startLine)];
}

function checkContent({ phase }: ReadPhase): PlanProblem[] {
  if (Array.from(phase.content.slice(0, 2 * littleContent)).length >= littleContent) {
    return [];
  }
  const message = words`${phaseWords(phase)} says next to nothing. Describe below its heading what is to be done.`;
  return [problem("little-content", message, phase.startLine, phase.endLine)];
}

/** Asks for each document once: an answer may cost a look at the disk. */
function checkDocuments(
  read: readonly ReadPhase[],
  { documentExists }: Surroundings,
): PlanProblem[] {
  if (!documentExists) {
    return [];
  }
  const answers = new Map<string, boolean>();
  const exists = (path: string) => {
    const answer = answers.get(path) ?? documentExists(path);
    answers.set(path, answer);
    return answer;
  };
  return read.flatMap(({ body }) =>
    body.documents.flatMap(({ path, line }) => {
      const message = words`${excerpt(path)} is not in the workspace. Correct the path, or create the document before the plan runs.`;
      return exists(path) ? [] : [problem("document-not-found", message, line)];
    }),
  );
}
