import { words } from "../base/words";
import type { PlanProblem } from "../protocol/plan";
import type { PhaseStart } from "./phaseStarts";
import { problem } from "./problem";

/** Parsing happens on the host's event loop, so what it may be given is bounded. */
export const maxFileBytes = 2 * 1024 * 1024;
export const maxLineBytes = 64 * 1024;
export const maxPhases = 1_000;
/** More phases than this are allowed, but more often a sign that headings mean something else. */
export const manyPhases = 20;

/** The problem of a text that is too large to be looked at. */
export function checkFileSize(text: string): PlanProblem | undefined {
  if (Buffer.byteLength(text) <= maxFileBytes) {
    return undefined;
  }
  const message = words`The plan is larger than 2 MB. Split it into several plans.`;
  return problem("file-too-large", message, 0, lastLineOf(text));
}

/** The problems of lines that are too long, each with its line. */
export function checkLineLengths(lines: readonly string[]): PlanProblem[] {
  const message = words`This line is longer than 64 KB. Break it, or move its text to a file of its own.`;
  return lines.flatMap((line, number) =>
    // A UTF-16 unit takes at most three bytes, so that most lines need not be measured.
    line.length * 3 > maxLineBytes && Buffer.byteLength(line) > maxLineBytes
      ? [problem("line-too-long", message, number)]
      : [],
  );
}

/** The problem of more phases than are read. */
export function checkPhaseCount(starts: readonly PhaseStart[]): PlanProblem | undefined {
  const firstBeyond = starts[maxPhases];
  const message = words`The plan has ${starts.length} phases, more than 1,000. Split it into several plans.`;
  return firstBeyond && problem("too-many-phases", message, firstBeyond.heading.startLine);
}

/** Found without splitting: the text may be of any size. */
function lastLineOf(text: string): number {
  let count = 0;
  for (
    let at = text.indexOf("\n");
    at >= 0 && at < text.length - 1;
    at = text.indexOf("\n", at + 1)
  ) {
    count += 1;
  }
  return count;
}
