import { english, type Words } from "../base/words";
import { type PlanProblem, type ProblemCode, problemSeverities } from "../protocol/plan";

/** A problem with the severity of its code; `message` says the remedy. */
export function problem(
  code: ProblemCode,
  words: Words,
  startLine: number,
  endLine: number = startLine,
): PlanProblem {
  return {
    severity: problemSeverities[code],
    code,
    message: english(words),
    startLine,
    endLine,
    words,
  };
}

/** As much of a plan's own words as fits into a message. */
export function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const ranks = { error: 0, warning: 1, information: 2 } as const;

/** Problems from top to bottom, and the gravest first where several are on one line. */
export function sortProblems(problems: readonly PlanProblem[]): PlanProblem[] {
  return problems.toSorted(
    (a, b) => a.startLine - b.startLine || ranks[a.severity] - ranks[b.severity],
  );
}
