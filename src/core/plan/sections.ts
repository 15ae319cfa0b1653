import { words } from "../base/words";
import type { PlanProblem } from "../protocol/plan";
import type { Heading, Outline } from "./markdown";
import type { PhaseStart } from "./phaseStarts";
import { excerpt, problem } from "./problem";

/** The lines of one phase: its heading, and what it runs to. */
export interface PhaseSection extends PhaseStart {
  /** Last line of the phase, inclusive; the heading's own if there is nothing below. */
  readonly endLine: number;
}

/** Lines outside all phases. */
export interface OutsideSection {
  /** What ended the phase above; undefined at the start of the document. */
  readonly heading: Heading | undefined;
  readonly startLine: number;
  readonly endLine: number;
  /** Whether a phase ends it, and not the document. */
  readonly phaseFollows: boolean;
}

/**
 * Cuts a document into its phases and what is outside. A phase runs to the next phase, or to the
 * next heading of its own or a shallower level.
 */
export function cutSections(
  headings: readonly Heading[],
  starts: readonly PhaseStart[],
  lastLine: number,
): { phases: PhaseSection[]; outside: OutsideSection[] } {
  const startOf = new Map(starts.map((start) => [start.heading, start]));
  const phases: PhaseSection[] = [];
  const outside: OutsideSection[] = [];
  let open: PhaseStart | Omit<OutsideSection, "endLine" | "phaseFollows"> = {
    heading: undefined,
    startLine: 0,
  };
  const close = (endLine: number, phaseFollows: boolean) => {
    if ("name" in open) {
      phases.push({ ...open, endLine });
    } else if (endLine >= open.startLine) {
      outside.push({ ...open, endLine, phaseFollows });
    }
  };
  for (const heading of headings) {
    const start = startOf.get(heading);
    const { startLine } = heading;
    if (start) {
      close(startLine - 1, true);
      open = start;
    } else if ("name" in open && heading.level <= open.heading.level) {
      close(startLine - 1, false);
      open = { heading, startLine };
    }
  }
  close(lastLine, false);
  return { phases, outside };
}

/** Warns of text between two phases, which belongs to neither. */
export function checkOutside(outside: readonly OutsideSection[], outline: Outline): PlanProblem[] {
  return outside.flatMap(({ heading, startLine, endLine, phaseFollows }) => {
    if (!heading || !phaseFollows) {
      return [];
    }
    const title = excerpt(outline.plainText(heading.markup));
    const message = heading.underlined
      ? words`The section "${title}" between two phases belongs to no phase. If the line below it is meant as a rule, put an empty line before it; else give its heading a deeper level or move it above the first phase.`
      : words`The section "${title}" between two phases belongs to no phase. To make it part of the phase above, give its heading a deeper level or move it above the first phase.`;
    return [problem("section-between-phases", message, startLine, endLine)];
  });
}
