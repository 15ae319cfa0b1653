import { type Words, words } from "../base/words";
import type { PlanProblem } from "../protocol/plan";
import type { Heading, Outline } from "./markdown";
import { type PhaseHeading, readPhaseHeading } from "./phaseHeading";
import { idKey } from "./phaseId";
import { problem } from "./problem";

/** A heading that begins a phase. */
export interface PhaseStart {
  readonly heading: Heading;
  readonly name: PhaseHeading;
}

/** Headings below this level structure a phase and never begin one. */
const deepestLevel = 4;

/** Tells which headings are phases, and which look so but are not. */
export function findPhaseStarts(outline: Outline): {
  starts: PhaseStart[];
  problems: PlanProblem[];
} {
  const candidates: PhaseStart[] = [];
  const problems: PlanProblem[] = [];
  for (const heading of outline.headings) {
    const name = mayBePhase(heading.markup)
      ? readPhaseHeading(outline.plainText(heading.markup))
      : undefined;
    if (name === "looks-like") {
      const remedy = words`To make it one, give it an id or a colon: "Phase 2: Title" or "Phase: Title".`;
      problems.push(looksLikePhase(heading, remedy));
    } else if (name && heading.level > deepestLevel) {
      problems.push(looksLikePhase(heading, words`To make it one, give it one to four #.`));
    } else if (name) {
      candidates.push({ heading, name });
    }
  }

  const holders = findHolders(candidates);
  const starts: PhaseStart[] = [];
  for (const candidate of candidates) {
    const holder = holders.get(idKey(candidate.name.label)) ?? candidate;
    if (candidate.name.label === "" || sharesRank(candidate, holder)) {
      starts.push(candidate);
    } else {
      const remedy = words`To make it one, give it an id of its own: line ${holder.heading.startLine + 1} begins Phase ${holder.name.label}.`;
      problems.push(looksLikePhase(candidate.heading, remedy));
    }
  }
  return { starts, problems };
}

/** Spares most headings the inline parse; markup may stand inside the word, as in `**P**hase`. */
function mayBePhase(markup: string): boolean {
  return (
    /[&<]/.test(markup) ||
    markup
      .replaceAll(/[*_`\\]/g, "")
      .toLowerCase()
      .includes("phase")
  );
}

/**
 * The heading that has each id: the shallowest, where one with a separator goes before any without
 * (`## Phase 2: Build` before the document's title `# Phase 2 Implementation Plan`).
 */
function findHolders(candidates: readonly PhaseStart[]): Map<string, PhaseStart> {
  const holders = new Map<string, PhaseStart>();
  for (const candidate of candidates) {
    const key = idKey(candidate.name.label);
    const holder = holders.get(key);
    if (!holder || rank(candidate) < rank(holder)) {
      holders.set(key, candidate);
    }
  }
  return holders;
}

function rank({ heading, name }: PhaseStart): number {
  return heading.level + (name.separated ? 0 : deepestLevel);
}

/** Two full headings of one id and level are both phases, and an error; "Phase 1 …" is only text. */
function sharesRank(candidate: PhaseStart, holder: PhaseStart): boolean {
  return candidate === holder || (candidate.name.separated && rank(candidate) === rank(holder));
}

function looksLikePhase(heading: Heading, remedy: Words): PlanProblem {
  const message = words`This heading looks like a phase but is none. ${remedy}`;
  return problem("looks-like-phase", message, heading.startLine, heading.endLine);
}
