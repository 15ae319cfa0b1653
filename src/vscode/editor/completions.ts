import { readPhaseHeading } from "../../core/plan/phaseHeading";
import type { Runners } from "../../core/protocol/runners";
import { t } from "../l10n";
import { propertyOn } from "./propertyLine";

/** Something that can be written at a place; free of the editor's own types. */
export interface Completion {
  readonly kind: "property" | "phase" | "value";
  readonly label: string;
  /** Shown beside the label. */
  readonly detail: string;
  readonly insert: string;
  /** The column from which it replaces what is written. */
  readonly from: number;
}

export interface CompletionFacts {
  readonly lines: readonly string[];
  readonly line: number;
  readonly column: number;
  readonly phases: readonly {
    readonly number: number;
    readonly label: string;
    readonly title: string;
    readonly startLine: number;
  }[];
  readonly runners: Runners;
}

const properties: readonly [name: string, detail: () => string][] = [
  ["Depends on", () => t("the phases that must be completed before this one, or none")],
  ["Runner", () => t("who does it: shell blocks, an agent, a workflow, a person")],
  ["Timeout", () => t("how long an attempt may take: 45m, 1h30m, none")],
  ["Retries", () => t("automatic attempts after a failure")],
  ["Checkpoint", () => t("what to look at before the plan goes on")],
];

/** What can be written at a place of a plan: properties under a phase's heading, and their values. */
export function completions(facts: CompletionFacts): Completion[] {
  const { lines, line, column } = facts;
  const heading = headingAbove(lines, line);
  if (heading === undefined) {
    return [];
  }
  const before = (lines[line] ?? "").slice(0, column);
  const property = propertyOn(before);
  if (property) {
    return valuesOf(property.key, property.valueStart, before, heading, facts);
  }
  const [, start = "", word] = /^(\s{0,3}(?:[-*+]\s+(?!\s))?)([a-z ]*)$/i.exec(before) ?? [];
  if (word === undefined) {
    return [];
  }
  const given = new Set(
    lines
      .slice(heading + 1)
      .slice(0, 20)
      .map((text) => propertyOn(text)?.key),
  );
  return properties
    .filter(([name]) => isBegun(name, word) && !given.has(name.toLowerCase()))
    .map(([name, detail]) => ({
      kind: "property",
      label: name,
      detail: detail(),
      insert: `${name}: `,
      from: start.length,
    }));
}

function isBegun(name: string, word: string): boolean {
  return name.toLowerCase().startsWith(word.toLowerCase());
}

/** The line of the phase's heading, if nothing but properties stands between it and this line. */
function headingAbove(lines: readonly string[], line: number): number | undefined {
  for (let at = line - 1; at >= 0; at -= 1) {
    const text = lines[at] ?? "";
    const underline = /^ {0,3}(?:=+|-+)\s*$/.test(text);
    const name = underline ? lines[at - 1] : /^ {0,3}#{1,4}\s+(.*)$/.exec(text)?.[1];
    if (name !== undefined) {
      const heading = readPhaseHeading(name.replaceAll(/[*_`]/g, ""));
      return typeof heading === "object" ? at : undefined;
    }
    if (text.trim() !== "" && !propertyOn(text)) {
      return undefined;
    }
  }
  return undefined;
}

function valuesOf(
  key: string,
  valueStart: number,
  before: string,
  heading: number,
  { phases, runners }: CompletionFacts,
): Completion[] {
  const value = (label: string, detail = ""): Completion => ({
    kind: "value",
    ...{ label, detail, insert: label, from: valueStart },
  });
  switch (key) {
    case "depends on":
      return dependencies(valueStart, before, heading, phases);
    case "runner":
      return [...runners].map(([name, { kind, description }]) => value(name, description ?? kind));
    case "timeout":
      return ["10m", "30m", "1h", "2h", "none"].map((time) => value(time));
    case "retries":
      return ["1", "2", "3"].map((retries) => value(retries));
    default:
      return [];
  }
}

/** Every other phase, behind what is named already. */
function dependencies(
  valueStart: number,
  before: string,
  heading: number,
  phases: CompletionFacts["phases"],
): Completion[] {
  const written = before.slice(valueStart);
  const last = Math.max(written.lastIndexOf(","), written.search(/\sand\s+[^,]*$/i) + 3);
  const isFirst = last < 3;
  const gap = isFirst ? 0 : (/^\s*/.exec(written.slice(last + 1))?.[0].length ?? 0);
  const from = isFirst ? valueStart : valueStart + last + 1 + gap;
  const named = new Set(
    written
      .slice(0, from - valueStart)
      .toLowerCase()
      .split(/[^\p{L}\p{N}.-]+/u),
  );
  const own = phases.findLast(({ startLine }) => startLine <= heading);
  const others = phases.filter((phase) => phase !== own);
  const idOf = ({ label, number }: (typeof phases)[number]): string =>
    label === "" ? String(number) : label;
  const items = others
    .filter((phase) => !named.has(idOf(phase).toLowerCase()))
    .map((phase): Completion => {
      const name = `Phase ${idOf(phase)}`;
      return { kind: "phase", label: name, detail: phase.title, insert: name, from };
    });
  const none = { label: "none", detail: t("starts at once"), insert: "none", from };
  return isFirst ? [...items, { kind: "value", ...none }] : items;
}
