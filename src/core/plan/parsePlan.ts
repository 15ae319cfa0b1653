import type { ParsedPlan, PlanProblem } from "../protocol/plan";
import type { Runners } from "../protocol/runners";
import { checkUnclosedFences } from "./checkFences";
import { checkPhases } from "./checkPhases";
import { checkFileSize, checkLineLengths, checkPhaseCount } from "./limits";
import { type Outline, readOutline } from "./markdown";
import { readPhases } from "./phase";
import { type PhaseStart, findPhaseStarts } from "./phaseStarts";
import { sortProblems } from "./problem";
import { checkOutside, cutSections } from "./sections";
import { blankFrontMatter, splitLines, trimmedLines } from "./sourceText";

/** What a plan's text alone does not say. */
export interface ParseOptions {
  /** Gives the title, without folders and extension, to a plan that has no heading for it. */
  readonly fileName?: string;
  /** The runners that can be named; a phase naming another is a problem. */
  readonly runners: Runners;
  /**
   * The runner of phases that name none: it decides whether they need a block to run. While it is
   * not chosen yet, such phases are not asked for one.
   */
  readonly defaultRunner?: string;
  /** Whether a document, as written, exists inside the workspace; absent: not checked. */
  readonly documentExists?: (path: string) => boolean;
}

/**
 * Reads a plan: its phases in the order of their numbers, and everything that is wrong with it in
 * the order of the lines. Never throws for what a text says; its time grows with the text's length.
 */
export function parsePlan(text: string, options: ParseOptions): ParsedPlan {
  const tooLarge = checkFileSize(text);
  if (tooLarge) {
    return refused([tooLarge], options);
  }
  const allLines = splitLines(text);
  const tooLong = checkLineLengths(allLines);
  if (tooLong.length > 0) {
    return refused(tooLong, options);
  }

  const lines = blankFrontMatter(allLines);
  const outline = readOutline(lines);
  const { starts, problems: headingProblems } = findPhaseStarts(outline);
  const tooMany = checkPhaseCount(starts);
  if (tooMany) {
    return refused([tooMany], options);
  }
  const { phases: sections, outside } = cutSections(outline.headings, starts, lines.length - 1);
  const { phases, problems } = readPhases(lines, outline, sections, options.runners);
  return {
    ...(findTitle(outline, starts) ?? { title: titleFromFileName(options.fileName) }),
    context: outside
      .map(({ startLine, endLine }) => trimmedLines(lines, startLine, endLine))
      .filter((part) => part !== "")
      .join("\n\n"),
    phases: phases.map(({ phase }) => phase).toSorted((a, b) => a.number - b.number),
    problems: sortProblems([
      ...headingProblems,
      ...checkUnclosedFences(outline.fences),
      ...checkOutside(outside, outline),
      ...problems,
      ...checkPhases(phases, options),
    ]),
  };
}

/** A plan that is too large to be looked into. */
function refused(problems: readonly PlanProblem[], { fileName }: ParseOptions): ParsedPlan {
  return { title: titleFromFileName(fileName), context: "", phases: [], problems };
}

/** The first level-1 heading with a text that is no phase. */
function findTitle(
  outline: Outline,
  starts: readonly PhaseStart[],
): Required<Pick<ParsedPlan, "title" | "titleLine">> | undefined {
  const phaseHeadings = new Set(starts.map(({ heading }) => heading));
  for (const heading of outline.headings) {
    const title =
      heading.level === 1 && !phaseHeadings.has(heading) ? outline.plainText(heading.markup) : "";
    if (title !== "") {
      return { title, titleLine: heading.startLine };
    }
  }
  return undefined;
}

function titleFromFileName(fileName = ""): string {
  const base = fileName.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1);
  const dot = base.lastIndexOf(".");
  return (dot > 0 ? base.slice(0, dot) : base) || "Plan";
}
