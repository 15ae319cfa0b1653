import type { OutlinePhase } from "../../core/coordinator/planOutline";
import { unresolvedNames } from "../../core/plan/dependencies";
import type { PlanProblem, ProblemCode } from "../../core/protocol/plan";
import { t } from "../l10n";
import { type LineEdit, replaceIn } from "./lineEdits";
import { likest } from "./likeness";
import { propertyOn } from "./propertyLine";
import { renumberPhases } from "./renumber";

/** A change of the text that solves a problem. */
export interface QuickFix {
  readonly title: string;
  readonly edits: readonly LineEdit[];
  /** What most people mean: done at once by "Fix". */
  readonly preferred: boolean;
}

/** What fixes are made from. */
export interface FixFacts {
  readonly lines: readonly string[];
  readonly phases: readonly OutlinePhase[];
  readonly runners: readonly string[];
}

type Fixer = (problem: PlanProblem, facts: FixFacts) => QuickFix[];

/** The fixes of a plan's problem, the likeliest first; none for most of them. */
export function quickFixes(problem: PlanProblem, facts: FixFacts): QuickFix[] {
  const fixes = fixers[problem.code]?.(problem, facts) ?? [];
  return fixes.filter(({ edits }) => edits.length > 0);
}

const fixers: Partial<Record<ProblemCode, Fixer>> = {
  "duplicate-number": renumber(true),
  "out-of-order": renumber(true),
  "missing-phase": (problem, facts) => [
    ...addMissing(problem, facts),
    ...renumber(false)(problem, facts),
  ],
  "unknown-dependency": renameDependency,
  "self-dependency": dependOnPrevious,
  "unknown-runner": renameRunner,
  "no-block": runByPerson,
  "looks-like-phase": makePhase,
};

function renumber(preferred: boolean): Fixer {
  return (_problem, { lines, phases }) => [
    { title: t("Renumber the phases"), edits: renumberPhases(lines, phases), preferred },
  ];
}

function addMissing({ startLine }: PlanProblem, { lines, phases }: FixFacts): QuickFix[] {
  const behind = phases.find((phase) => phase.startLine === startLine);
  const numbers = phases.map(({ number }) => number);
  const before = Math.max(...numbers.filter((number) => number < (behind?.number ?? 0)), 0);
  const missing = before + 1;
  const hashes = /^ {0,3}(#{1,4})\s/.exec(lines[startLine] ?? "")?.[1] ?? "##";
  const text = `${hashes} Phase ${missing}: ${t("New phase")}\n\n${t("Say what is to be done.")}\n\n`;
  return [
    {
      title: t("Add the missing Phase {0}", missing),
      edits: [{ line: startLine, start: 0, end: 0, text }],
      preferred: true,
    },
  ];
}

function renameDependency({ startLine }: PlanProblem, { lines, phases }: FixFacts): QuickFix[] {
  const property = propertyOn(lines[startLine] ?? "");
  const own = phases.find((phase) => phase.startLine < startLine && startLine <= phase.endLine);
  if (property?.key !== "depends on" || !own) {
    return [];
  }
  const others = phases.filter((phase) => phase !== own);
  return unresolvedNames(property.value, phases).flatMap((name) => {
    const alike = likest(name.replace(/^phases?\s+/i, ""), others, ({ title }) => title);
    const previous = others.filter(({ number }) => number < own.number).at(-1);
    const offered = alike.length > 0 ? alike : previous ? [previous] : [];
    return offered.map((phase, index) => {
      const id = phase.label === "" ? String(phase.number) : phase.label;
      // In "Phase 1, 9" the word is not repeated.
      const text = /^(?=\D*\d)[\w.-]+$/.test(name) ? id : `Phase ${id}`;
      const raw = lines[startLine] ?? "";
      const quoted = [`"${name}"`, `“${name}”`, name].find((form) => raw.includes(form)) ?? name;
      return {
        title: t("Change “{0}” to Phase {1}: {2}", name, id, phase.title),
        edits: replaceIn(lines, startLine, quoted, text, property.valueStart),
        preferred: index === 0 && alike.length > 0,
      };
    });
  });
}

function dependOnPrevious({ startLine }: PlanProblem, { lines, phases }: FixFacts): QuickFix[] {
  const property = propertyOn(lines[startLine] ?? "");
  const own = phases.find((phase) => phase.startLine < startLine && startLine <= phase.endLine);
  if (!property || !own) {
    return [];
  }
  const previous = phases.filter(({ number }) => number < own.number).at(-1);
  const id = previous && (previous.label === "" ? String(previous.number) : previous.label);
  const text = id === undefined ? "none" : `Phase ${id}`;
  const end = property.valueStart + property.value.length;
  return [
    {
      title: t("Depend on {0} instead", text),
      edits: [{ line: startLine, start: property.valueStart, end, text }],
      preferred: false,
    },
  ];
}

function renameRunner({ startLine }: PlanProblem, { lines, runners }: FixFacts): QuickFix[] {
  const property = propertyOn(lines[startLine] ?? "");
  if (property?.key !== "runner") {
    return [];
  }
  const { value, valueStart } = property;
  const alike = likest(value, runners, (name) => name);
  return [...alike, ...runners.filter((name) => !alike.includes(name))].map((name, index) => ({
    title: t("Change the runner to {0}", name),
    edits: [{ line: startLine, start: valueStart, end: valueStart + value.length, text: name }],
    preferred: index === 0 && alike.length > 0,
  }));
}

function runByPerson({ startLine }: PlanProblem, { lines }: FixFacts): QuickFix[] {
  const property = propertyOn(lines[startLine] ?? "");
  const line = property ? startLine : headingEnd(lines, startLine);
  const { length } = lines[line] ?? "";
  const edit = property
    ? { start: property.valueStart, end: length, text: "manual" }
    : { start: length, end: length, text: "\nRunner: manual" };
  return [
    {
      title: t("Let a person do it (Runner: manual)"),
      edits: [{ line, ...edit }],
      preferred: false,
    },
  ];
}

/** The last line of the heading that begins on a line: where it is underlined, the underline. */
function headingEnd(lines: readonly string[], startLine: number): number {
  if (/^ {0,3}#/.test(lines[startLine] ?? "")) {
    return startLine;
  }
  const underline = lines.findIndex(
    (line, index) => index > startLine && /^ {0,3}(?:=+|-+)[ \t]*$/.test(line),
  );
  return underline === -1 ? startLine : underline;
}

/** "## Phase Review" becomes "## Phase: Review". */
function makePhase({ startLine }: PlanProblem, { lines }: FixFacts): QuickFix[] {
  const [, before = ""] = /^(\s*#{1,4}\s+phase)\s+[^\d\s]/i.exec(lines[startLine] ?? "") ?? [];
  const at = before.length;
  return before === ""
    ? []
    : [
        {
          title: t("Make it a phase"),
          edits: [{ line: startLine, start: at, end: at, text: ":" }],
          preferred: false,
        },
      ];
}
