import { words } from "../base/words";
import type { PlanProblem } from "../protocol/plan";
import type { Fence } from "./markdown";
import { readPhaseHeading } from "./phaseHeading";
import { problem } from "./problem";

/**
 * Says where a fence that nobody closed has swallowed phases. They are code, as Markdown has it,
 * and would else be missing without a word.
 */
export function checkUnclosedFences(fences: readonly Fence[]): PlanProblem[] {
  return fences.flatMap((fence) => {
    const index = fence.closed ? -1 : fence.source.split("\n").findIndex(isPhaseHeading);
    const message = words`This line looks like a phase but is inside the fenced block that begins on line ${fence.startLine + 1} and is never closed. Close that block.`;
    return index < 0 ? [] : [problem("looks-like-phase", message, fence.startLine + 1 + index)];
  });
}

function isPhaseHeading(line: string): boolean {
  const text = /^#{1,4}[ \t](.*)$/.exec(line)?.[1];
  return text !== undefined && typeof readPhaseHeading(text) === "object";
}
