/** Text put in place of a part of one line; it may hold line ends. */
export interface LineEdit {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Puts `text` in place of the first `old` at or behind `from`; nothing where there is none. */
export function replaceIn(
  lines: readonly string[],
  line: number,
  old: string,
  text: string,
  from = 0,
): LineEdit[] {
  const start = lines[line]?.indexOf(old, from) ?? -1;
  return start === -1 || old === text ? [] : [{ line, start, end: start + old.length, text }];
}

/** Applies edits, as an editor does. */
export function applyEdits(lines: readonly string[], edits: readonly LineEdit[]): string[] {
  const result = [...lines];
  for (const { line, start, end, text } of edits.toSorted((a, b) => b.start - a.start)) {
    const old = result[line] ?? "";
    result[line] = old.slice(0, start) + text + old.slice(end);
  }
  return result.join("\n").split("\n");
}
