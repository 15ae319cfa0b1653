import { HopperError } from "../base/errors";
import type { Text } from "../base/words";

/** The shapes of a parsed plan: what `core/plan` answers and what an enqueue stores. */

export type ProblemSeverity = "error" | "warning" | "information";

/** Every problem a plan can have, by severity. Errors stop an enqueue. */
export const problemSeverities = {
  "no-phase": "error",
  "duplicate-number": "error",
  "missing-phase": "error",
  "no-block": "error",
  "unknown-dependency": "error",
  "self-dependency": "error",
  "dependency-cycle": "error",
  "unknown-runner": "error",
  "bad-property": "error",
  "file-too-large": "error",
  "line-too-long": "error",
  "too-many-phases": "error",
  "out-of-order": "warning",
  "section-between-phases": "warning",
  "little-content": "warning",
  "many-phases": "warning",
  "document-not-found": "warning",
  "looks-like-phase": "information",
} as const satisfies Record<string, ProblemSeverity>;
export type ProblemCode = keyof typeof problemSeverities;

/** Something wrong with a plan; lines are 0-based and inclusive, `message` says the remedy. */
export interface PlanProblem {
  readonly severity: ProblemSeverity;
  readonly code: ProblemCode;
  readonly message: string;
  readonly startLine: number;
  readonly endLine: number;
  /** The message for the user's language; what came from another process has none. */
  readonly words?: Text;
}

/** Problems as other programs are told them: in English. */
export function plainProblems(problems: readonly PlanProblem[]): PlanProblem[] {
  return problems.map(({ severity, code, message, startLine, endLine }) => {
    return { severity, code, message, startLine, endLine };
  });
}

/** A fenced block that is run: for the `shell` runner, or to verify a phase. */
export interface CodeBlock {
  /** The block's interpreter, aliases resolved. */
  readonly language: BlockLanguage;
  readonly source: string;
  /** 0-based line of the opening fence and of the closing one. */
  readonly startLine: number;
  readonly endLine: number;
}

export const blockLanguages = [
  "sh",
  "bash",
  "zsh",
  "pwsh",
  "powershell",
  "cmd",
  "node",
  "python",
] as const;
export type BlockLanguage = (typeof blockLanguages)[number];

/** One phase as it stands in a plan. */
export interface ParsedPhase {
  /** The number it is known by: written, or its position in the document. */
  readonly number: number;
  /** The id as written (`2`, `Two`, `B7`); empty without one. */
  readonly label: string;
  /** Plain text, inline markup removed; "Phase 3" where the heading has no title. */
  readonly title: string;
  /** The text below the heading, trimmed, property lines included. */
  readonly content: string;
  /** The text for the runner: the content without properties and without verify blocks. */
  readonly instructions: string;
  /** Documents the text refers to, as written, each once, in order. */
  readonly externalDocs: readonly string[];
  /** Numbers of the phases this one depends on, ascending. */
  readonly dependsOn: readonly number[];
  /** Names a runner, where the phase does. */
  readonly runner?: string;
  /** Seconds for the whole attempt; 0 is none. */
  readonly timeout?: number;
  /** Automatic retries. */
  readonly retries?: number;
  /** What a person shall look at before the plan goes on after this phase. */
  readonly checkpoint?: string;
  /** Blocks that the `shell` runner runs, in order. */
  readonly blocks: readonly CodeBlock[];
  /** Blocks that decide, after the runner succeeded, whether the phase completed. */
  readonly verify: readonly CodeBlock[];
  /** 0-based line of the heading and of the last line of the phase. */
  readonly startLine: number;
  readonly endLine: number;
}

/** A plan, whether or not it can be enqueued: with an error among the problems it cannot. */
export interface ParsedPlan {
  readonly title: string;
  /** 0-based line of the heading that gave the title; missing where the file's name did. */
  readonly titleLine?: number;
  /** Text outside all phases, front matter aside: runners of kind `command` get it too. */
  readonly context: string;
  readonly phases: readonly ParsedPhase[];
  readonly problems: readonly PlanProblem[];
}

/**
 * A plan that cannot be enqueued: at least one of its problems is an error. Declared beside the shape
 * of its problems, which `core/base` knows nothing of.
 */
export class InvalidPlanError extends HopperError {
  override readonly name = "InvalidPlanError";
  readonly problems: readonly PlanProblem[];

  constructor(words: Text, problems: readonly PlanProblem[]) {
    super("invalidPlan", words);
    this.problems = plainProblems(problems);
  }
}
