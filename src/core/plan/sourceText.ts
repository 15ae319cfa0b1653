/**
 * Splits a plan into lines, numbered as an editor numbers them: without the byte order mark,
 * whichever line ends there are. An empty line behind a final line end does not count.
 */
export function splitLines(text: string): readonly string[] {
  const withoutMark = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const lines = withoutMark.split(/\r\n|\n|\r/);
  return lines.length > 1 && lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** The same lines with YAML front matter emptied, so that every other line keeps its number. */
export function blankFrontMatter(lines: readonly string[]): readonly string[] {
  if (lines[0]?.trimEnd() !== "---") {
    return lines;
  }
  const end = lines.findIndex((line, index) => index > 0 && isFrontMatterEnd(line));
  return lines.map((line, index) => (index <= end ? "" : line));
}

/** Lines `startLine` to `endLine`, both included, with the white space around them trimmed. */
export function trimmedLines(lines: readonly string[], startLine: number, endLine: number): string {
  return lines
    .slice(startLine, endLine + 1)
    .join("\n")
    .trim();
}

function isFrontMatterEnd(line: string): boolean {
  const mark = line.trimEnd();
  return mark === "---" || mark === "...";
}
