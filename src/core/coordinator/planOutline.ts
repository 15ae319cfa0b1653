import type { ParsedPhase, ParsedPlan } from "../protocol/plan";

/** What an editor shows of a plan while it is written. */
export interface PlanOutline extends Pick<
  ParsedPlan,
  "title" | "titleLine" | "context" | "problems"
> {
  readonly phases: readonly OutlinePhase[];
}

/** A phase without what only its runner needs. */
export type OutlinePhase = Pick<
  ParsedPhase,
  "number" | "label" | "title" | "content" | "dependsOn" | "startLine" | "endLine"
>;
