import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ParseOptions, parsePlan } from "../../../src/core/plan/parsePlan";
import type { ParsedPhase, ParsedPlan, PlanProblem } from "../../../src/core/protocol/plan";
import type { Runners } from "../../../src/core/protocol/runners";

export const plansFolder = join(import.meta.dirname, "../../fixtures/plans");

export const runners: Runners = new Map([
  ["shell", { kind: "shell" }],
  ["agent", { kind: "command", argv: ["agent"], prompt: "stdin" }],
  ["Person", { kind: "manual" }],
]);

/** Parses with runners at hand and none chosen, so that phases need no blocks. */
export function parse(text: string, options: Partial<ParseOptions> = {}): ParsedPlan {
  return parsePlan(text, { runners, ...options });
}

/** The only phase of a plan whose phase has this body. */
export function parseBody(body: string): ParsedPhase {
  return onlyPhase(parse(`## Phase 1: One\n${body}`));
}

export function onlyPhase({ phases }: ParsedPlan): ParsedPhase {
  const [phase] = phases;
  if (!phase || phases.length > 1) {
    throw new Error(`Expected one phase, found ${phases.length}.`);
  }
  return phase;
}

/** Each problem as "code line", lines counted from 0. */
export function codesAndLines(problems: readonly PlanProblem[]): string[] {
  return problems.map(({ code, startLine }) => `${code} ${startLine}`);
}

export function readFixture(path: string): string {
  return readFileSync(join(plansFolder, path), "utf8");
}
