import { words } from "../base/words";
import {
  type BlockLanguage,
  type CodeBlock,
  type PlanProblem,
  blockLanguages,
} from "../protocol/plan";
import type { Fence } from "./markdown";
import { problem } from "./problem";

/** Every word that names a language in an info string. */
const languages: ReadonlyMap<string, BlockLanguage> = new Map<string, BlockLanguage>([
  ...blockLanguages.map((language) => [language, language] as const),
  ["js", "node"],
  ["py", "python"],
]);

/** The blocks of a phase, by what they are for. */
export interface PhaseBlocks {
  readonly blocks: readonly CodeBlock[];
  readonly verify: readonly CodeBlock[];
  /** Every fence marked `verify`, runnable or not: none of them is an instruction. */
  readonly verifyFences: readonly Fence[];
  readonly problems: readonly PlanProblem[];
}

/** Sorts out the fences of a phase; those of other languages are text. */
export function readBlocks(fences: readonly Fence[]): PhaseBlocks {
  const blocks: CodeBlock[] = [];
  const verify: CodeBlock[] = [];
  const verifyFences: Fence[] = [];
  const problems: PlanProblem[] = [];
  for (const fence of fences) {
    const words: readonly string[] = fence.info.toLowerCase().match(/[^\s,;:{}]+/g) ?? [];
    const language = languages.get(words[0] ?? "");
    const isEmpty = fence.source.trim() === "";
    const block = language && !isEmpty ? toBlock(fence, language) : undefined;
    if (words.includes("verify")) {
      verifyFences.push(fence);
      if (block) {
        verify.push(block);
      } else {
        problems.push(badVerify(fence, isEmpty));
      }
    } else if (block) {
      blocks.push(block);
    }
  }
  return { blocks, verify, verifyFences, problems };
}

function toBlock(fence: Fence, language: BlockLanguage): CodeBlock {
  const { source, startLine, endLine } = fence;
  return { language, source, startLine, endLine };
}

/** A check that cannot run must not count as passed. */
function badVerify({ startLine, endLine }: Fence, isEmpty: boolean): PlanProblem {
  const message = isEmpty
    ? words`This verify block is empty, so it checks nothing. Write a command into it, or take it out.`
    : words`This verify block cannot be run. Begin its info string with one of: ${[...languages.keys()].join(", ")}.`;
  return problem("bad-property", message, startLine, endLine);
}
