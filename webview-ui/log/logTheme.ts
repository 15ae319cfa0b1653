import { formatColor, mix, parseColor, readable, type Rgb } from "./color";
import type { LogColor, LogStyle } from "./logStyle";

/** The colours of the editor's theme that output is drawn with. */
export interface LogTheme {
  readonly foreground: Rgb;
  readonly background: Rgb;
  /** The sixteen colours of terminals, the bright ones from 8 on. */
  readonly ansi: readonly Rgb[];
}

/** What of a style needs a colour of its own; empty where the text has the log's colours. */
export interface SpanColors {
  readonly color?: string;
  readonly backgroundColor?: string;
}

/** @param variable answers the value of a style sheet's variable: "--vscode-terminal-ansiRed". */
export function readTheme(variable: (name: string) => string): LogTheme {
  const first = (names: readonly string[], otherwise: string): Rgb => {
    const known = names.map((name) => parseColor(variable(`--vscode-${name}`)));
    return known.find((color) => color !== undefined) ?? parseColor(otherwise) ?? nothing;
  };
  return {
    foreground: first(["terminal-foreground", "editor-foreground"], "#cccccc"),
    background: first(["terminal-background", "editor-background"], "#1e1e1e"),
    ansi: ansiColors.map(([name, otherwise]) => first([`terminal-ansi${name}`], otherwise)),
  };
}

/** The colours for a piece of output; always readable on its background. */
export function spanColors(style: LogStyle, theme: LogTheme): SpanColors {
  const { foreground, background, inverse = false, dim = false, bold = false } = style;
  if (foreground === undefined && background === undefined && !inverse && !dim) {
    return {};
  }
  const text = foreground && resolve(foreground, theme, bold);
  const ground = background && resolve(background, theme, false);
  const front = (inverse ? ground : text) ?? (inverse ? theme.background : theme.foreground);
  const behind = (inverse ? text : ground) ?? (inverse ? theme.foreground : theme.background);
  const faded = dim ? mix(front, behind, 0.4) : front;
  return {
    color: formatColor(readable(faded, behind)),
    ...(behind === theme.background ? {} : { backgroundColor: formatColor(behind) }),
  };
}

/** Names of the theme's colours, and what VS Code's terminal has where a theme is silent. */
const ansiColors = [
  ["Black", "#000000"],
  ["Red", "#cd3131"],
  ["Green", "#0dbc79"],
  ["Yellow", "#e5e510"],
  ["Blue", "#2472c8"],
  ["Magenta", "#bc3fbc"],
  ["Cyan", "#11a8cd"],
  ["White", "#e5e5e5"],
  ["BrightBlack", "#666666"],
  ["BrightRed", "#f14c4c"],
  ["BrightGreen", "#23d18b"],
  ["BrightYellow", "#f5f543"],
  ["BrightBlue", "#3b8eea"],
  ["BrightMagenta", "#d670d6"],
  ["BrightCyan", "#29b8db"],
  ["BrightWhite", "#e5e5e5"],
] as const;

const nothing: Rgb = { red: 0, green: 0, blue: 0 };

/** As in VS Code's terminal, bold text takes the bright one of the first eight colours. */
function resolve(color: LogColor, { ansi }: LogTheme, bold: boolean): Rgb {
  if (!("index" in color)) {
    return color;
  }
  const index = bold && color.index < 8 ? color.index + 8 : color.index;
  return ansi[index] ?? tableColor(index);
}

/** The colours of the table from 16 on: a cube of six steps each way, then grays. */
function tableColor(index: number): Rgb {
  if (index >= 232) {
    const gray = 8 + (index - 232) * 10;
    return { red: gray, green: gray, blue: gray };
  }
  const place = index - 16;
  const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  return {
    red: step(Math.floor(place / 36)),
    green: step(Math.floor(place / 6) % 6),
    blue: step(place % 6),
  };
}
