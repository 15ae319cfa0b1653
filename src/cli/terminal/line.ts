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
  if (lineWidth(line) <= width) {
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
  return cutLine(line, width)
    .map(({ text, look }) => palette(look, text))
    .join("");
}
