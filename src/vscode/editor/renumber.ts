import type { OutlinePhase } from "../../core/coordinator/planOutline";
import { foldName } from "../../core/plan/dependencyNames";
import { idNumber } from "../../core/plan/phaseId";
import { type LineEdit, replaceIn } from "./lineEdits";
import { propertyOn } from "./propertyLine";

/**
 * Numbers the phases in the order in which they stand, from 1 (from 0 in a plan that begins there), and
 * lets dependencies follow. An id that says its number already, such as "One", stays as it is.
 */
export function renumberPhases(
  lines: readonly string[],
  phases: readonly OutlinePhase[],
): LineEdit[] {
  const inOrder = phases.toSorted((a, b) => a.startLine - b.startLine);
  const first = inOrder[0]?.number === 0 ? 0 : 1;
  const newNumbers = new Map(inOrder.map((phase, index) => [phase, first + index]));
  // Where two have one number, the first is meant: nobody can know better.
  const byName = new Map<string, number>();
  for (const phase of inOrder.toReversed()) {
    const number = newNumbers.get(phase) ?? phase.number;
    byName.set(String(phase.number), number);
    if (phase.label !== "") {
      byName.set(phase.label.toLowerCase(), number);
    }
  }
  const titles = new Set(inOrder.map(({ title }) => foldName(title)));
  return inOrder.flatMap((phase) => [
    ...headingEdit(lines, phase, newNumbers.get(phase) ?? phase.number),
    ...dependencyEdits(lines, phase, byName, titles),
  ]);
}

function headingEdit(
  lines: readonly string[],
  { startLine, label }: OutlinePhase,
  number: number,
): LineEdit[] {
  const word = /phase/i.exec(lines[startLine] ?? "");
  return label === "" || !word || idNumber(label) === number
    ? []
    : replaceIn(lines, startLine, label, String(number), word.index + word[0].length);
}

function dependencyEdits(
  lines: readonly string[],
  { startLine, endLine }: OutlinePhase,
  byName: ReadonlyMap<string, number>,
  titles: ReadonlySet<string>,
): LineEdit[] {
  for (let line = startLine + 1; line <= endLine; line += 1) {
    const text = lines[line] ?? "";
    const property = propertyOn(text);
    if (property?.key === "depends on") {
      const { value, valueStart } = property;
      const after = renameAll(value, byName, titles);
      const end = valueStart + value.length;
      return after === value ? [] : [{ line, start: valueStart, end, text: after }];
    }
    if (!property && text.trim() !== "" && line > startLine + 1) {
      return [];
    }
  }
  return [];
}

/** A number or id between commas and "and", with or without the word before it. */
const oneName =
  /(^\s*(?:(?:and|&)\s+)?|\s(?:and|&)\s+)(phases?\s+)?([^\s,]+)(?=\s*$|\s+(?:and|&)\s)/gi;

function renameAll(
  value: string,
  byName: ReadonlyMap<string, number>,
  titles: ReadonlySet<string>,
): string {
  return value
    .split(/("[^"]*"|“[^“”]*”|,)/)
    .map((part) =>
      /^["“,]/.test(part) || titles.has(foldName(part))
        ? part
        : part.replaceAll(
            oneName,
            (whole, before: string, word: string | undefined, name: string) => {
              const number = byName.get(name.toLowerCase());
              return number === undefined ? whole : `${before}${word ?? ""}${number}`;
            },
          ),
    )
    .join("");
}
