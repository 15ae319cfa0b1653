import { cut, displayWidth } from "./displayWidth";
import type { Look, Palette } from "./palette";

/** A piece of a line; its text holds no control characters. */
export interface Span {
  readonly text: string;
  readonly look: Look;
}

/** One line of output before it gets its colours, so that its width can be reckoned with. */
export type Line = readonly Span[];

export function span(text: string, look: Look = "plain"): Span {
  return { text, look };
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + displayWidth(text), 0);
}

/** The line, cut off with an ellipsis where it would take more than `width` columns. */
export function cutLine(line: Line, width: number): Line {
  if (width === Number.POSITIVE_INFINITY || lineWidth(line) <= width) {
    return line;
  }
  let left = width - 1;
  const kept: Span[] = [];
  for (const { text, look } of line) {
    const fitting = cut(text, left);
    if (fitting !== text) {
      kept.push({ text: `${fitting.trimEnd()}…`, look });
      break;
    }
    kept.push({ text, look });
    left -= displayWidth(text);
  }
  return width < 1 ? [] : kept;
}

/** The line in colours, cut off as by {@link cutLine}. */
export function renderLine(line: Line, palette: Palette, width = Number.POSITIVE_INFINITY): string {
  const shown = cutLine(line, width);
  // Columns are filled up with spaces; at the end of a line they are none of anybody's business.
  const last = shown.findLastIndex(({ text }) => text.trimEnd() !== "");
  let rendered = "";
  for (const { text, look } of shown.slice(0, Math.max(last, 0))) {
    rendered += palette(look, text);
  }
  const end = shown[last];
  if (end) {
    rendered += palette(end.look, end.text.trimEnd());
  }
  return rendered;
}

/** The line in several of at most `width` columns, parted between words, which are never cut. */
export function wrapLine(line: Line, width: number): Line[] {
  if (lineWidth(line) <= width) {
    return [line];
  }
  const wrapped: Span[][] = [[]];
  let used = 0;
  for (const { text, look } of line) {
    for (const word of text.match(/\s*\S+|\s+$/g) ?? []) {
      const taken = displayWidth(word);
      if (used > 0 && used + taken > width) {
        wrapped.push([{ text: word.trimStart(), look }]);
        used = displayWidth(word.trimStart());
      } else {
        wrapped.at(-1)?.push({ text: word, look });
        used += taken;
      }
    }
  }
  return wrapped;
}
