import type { ParsedPhase, PlanProblem } from "../protocol/plan";
import type { Runners } from "../protocol/runners";
import { type PhaseBlocks, readBlocks } from "./codeBlocks";
import { type DocumentMention, findDocuments } from "./externalDocs";
import type { Outline } from "./markdown";
import { type Property, readProperties } from "./properties";
import type { PhaseSection } from "./sections";
import { type PhaseSettings, readSettings } from "./settings";
import { trimmedLines } from "./sourceText";

/** All that the lines below a phase's heading say. */
export interface PhaseBody extends Pick<PhaseBlocks, "blocks" | "verify"> {
  readonly content: string;
  readonly instructions: string;
  readonly settings: PhaseSettings;
  readonly dependsOnLine: number | undefined;
  readonly runnerLine: number | undefined;
  /** Documents the phase refers to, each once; lines are the plan's. */
  readonly documents: readonly DocumentMention[];
  readonly problems: readonly PlanProblem[];
}

/** Reads the body of one phase. */
export function readPhaseBody(
  lines: readonly string[],
  outline: Outline,
  { heading, endLine }: Pick<PhaseSection, "heading" | "endLine">,
  runners: Runners,
): PhaseBody {
  const startLine = heading.endLine + 1;
  const properties = readProperties(lines, startLine, endLine, outline.plainText);
  const { settings, problems } = readSettings(properties, runners);
  const fences = readBlocks(within(outline.fences, startLine, endLine));
  const lineOf = (name: Property["name"]) => properties.find((one) => one.name === name)?.line;

  const omitted = new Set(properties.map(({ line }) => line));
  for (const fence of fences.verifyFences) {
    for (let line = fence.startLine; line <= fence.endLine; line += 1) {
      omitted.add(line);
    }
  }
  return {
    content: trimmedLines(lines, startLine, endLine),
    instructions: lines
      .slice(startLine, endLine + 1)
      .filter((_, index) => !omitted.has(startLine + index))
      .join("\n")
      .trim(),
    settings,
    dependsOnLine: lineOf("dependsOn"),
    runnerLine: lineOf("runner"),
    documents: readDocuments(outline, startLine, endLine),
    blocks: fences.blocks,
    verify: fences.verify,
    problems: [...problems, ...fences.problems],
  };
}

function readDocuments(outline: Outline, startLine: number, endLine: number): DocumentMention[] {
  const documents = new Map<ParsedPhase["externalDocs"][number], DocumentMention>();
  for (const prose of within(outline.prose, startLine, endLine)) {
    for (const { path, line } of findDocuments(prose.markup, outline.referenceTarget)) {
      if (!documents.has(path)) {
        documents.set(path, { path, line: prose.startLine + line });
      }
    }
  }
  return [...documents.values()];
}

/** The part of `items`, which stand in the document's order, that begins on one of the lines. */
function within<T extends { readonly startLine: number }>(
  items: readonly T[],
  startLine: number,
  endLine: number,
): readonly T[] {
  return items.slice(firstFrom(items, startLine), firstFrom(items, endLine + 1));
}

/** Binary, so that a plan of many phases is not searched once for each of them. */
function firstFrom(items: readonly { readonly startLine: number }[], line: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.startLine ?? 0) < line) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
