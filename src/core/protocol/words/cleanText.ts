import { stripVTControlCharacters } from "node:util";

/**
 * Text from a plan or a program, made fit to be printed: what would move the cursor, change colours
 * or reverse the reading order is taken out, so that a text cannot pass for something else.
 */
export function cleanText(text: string): string {
  // Nearly every text is; to look for sequences in it takes ten times as long.
  if (/^[\x20-\x7e]*$/.test(text)) {
    return text.trimEnd();
  }
  return stripVTControlCharacters(text).replaceAll(unfit, " ").trimEnd();
}

/** As {@link cleanText}, of several lines: a line a program overwrote shows as it looked in the end. */
export function cleanLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => {
    const overwritten = line.split("\r").filter((part) => part !== "");
    return cleanText((overwritten.at(-1) ?? "").replaceAll("\t", "  "));
  });
}

/** Control characters, line separators, and the controls of bidirectional text. */
const unfit =
  /[\p{Cc}\u{61c}\u{2028}\u{2029}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]+/gu;
