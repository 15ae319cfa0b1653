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

/** The line in colours, cut off with an ellipsis where it would take more than `width` columns. */
export function renderLine(line: Line, palette: Palette, width = Number.POSITIVE_INFINITY): string {
  if (lineWidth(line) <= width) {
    return line.map(({ text, look }) => palette(look, text)).join("");
  }
  let left = width - 1;
  let rendered = "";
  for (const { text, look } of line) {
    const kept = cut(text, left);
    if (kept !== text) {
      return width < 1 ? "" : rendered + palette(look, `${kept.trimEnd()}…`);
    }
    rendered += palette(look, text);
    left -= displayWidth(text);
  }
  return rendered;
}
