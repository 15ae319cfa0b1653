/** The looks that texts can have on a terminal. */
export type Look =
  "plain" | "bold" | "dim" | "gray" | "blue" | "yellow" | "green" | "orange" | "red" | "cyan";

/** Gives texts their looks, or leaves them as they are where colours are unwanted. */
export type Palette = (look: Look, text: string) => string;

/** @param depth bits of colour, as `WriteStream.getColorDepth` tells; 1 is none. */
export function createPalette(depth: number): Palette {
  if (depth <= 1) {
    return (_look, text) => text;
  }
  const codes = depth >= 8 ? { ...basic, orange: "38;5;208" } : basic;
  return (look, text) =>
    codes[look] === "" || text === "" ? text : `\u{1b}[${codes[look]}m${text}\u{1b}[0m`;
}

const basic: Readonly<Record<Look, string>> = {
  plain: "",
  bold: "1",
  dim: "2",
  gray: "90",
  blue: "34",
  yellow: "33",
  green: "32",
  // There is no orange among the sixteen colours.
  orange: "35",
  red: "31",
  cyan: "36",
};
