import { matchAt } from "./scan";

/** A document's path and where the text that names it ends. */
export interface Reading {
  readonly path: string;
  readonly end: number;
}

/** Longer than paths are; an opening quote or bracket is followed no further. */
const maxLength = 300;

const closingQuotes = new Map([
  ['"', '"'],
  ["'", "'"],
  ["“", "”"],
  ["‘", "’"],
]);
const barePath = /[^\s"'`“”‘’()[\]<>,;|]+/y;
const linkDestination = /\(\s*(?:<([^<>\n]*)>|([^\s()<>]+))(?:\s[^()]*)?\)/y;
const fence = /`+/y;

/** The path of the `.md` file that is named at `at`: bare, quoted, back-ticked or as a link. */
export function readReference(
  text: string,
  at: number,
  referenceTarget: (label: string) => string | undefined,
): Reading | undefined {
  const char = text.charAt(at);
  const closingQuote = closingQuotes.get(char);
  if (char === "[") {
    return readLink(text, at, referenceTarget);
  }
  if (char === "`") {
    return readEnclosed(text, at, matchAt(fence, text, at)?.[0] ?? char);
  }
  return closingQuote === undefined ? readBare(text, at) : readEnclosed(text, at, closingQuote);
}

function readBare(text: string, at: number): Reading | undefined {
  const token = matchAt(barePath, text, at)?.[0] ?? "";
  let length = token.length;
  while (length > 0 && ".:!?*_".includes(token.charAt(length - 1))) {
    length -= 1;
  }
  return toReading(token.slice(0, length), at + length);
}

/** Opening and closing mark have the same length: a quote has one character, a fence any number. */
function readEnclosed(text: string, at: number, closing: string): Reading | undefined {
  const start = at + closing.length;
  const length = text.slice(start, start + maxLength).indexOf(closing);
  return length < 0
    ? undefined
    : toReading(text.slice(start, start + length).trim(), start + length + closing.length);
}

/** `[text](path)`, `[text][label]` or `[label]`. */
function readLink(
  text: string,
  at: number,
  referenceTarget: (label: string) => string | undefined,
): Reading | undefined {
  const labelEnd = findBracketEnd(text, at);
  if (labelEnd === undefined) {
    return undefined;
  }
  const inline = matchAt(linkDestination, text.slice(0, labelEnd + maxLength), labelEnd);
  if (inline) {
    return toReading(decode(inline[1] ?? inline[2] ?? ""), labelEnd + inline[0].length);
  }
  const secondEnd = text.charAt(labelEnd) === "[" ? findBracketEnd(text, labelEnd) : undefined;
  const end = secondEnd ?? labelEnd;
  const first = text.slice(at + 1, labelEnd - 1);
  const second = secondEnd === undefined ? "" : text.slice(labelEnd + 1, secondEnd - 1);
  const target = referenceTarget(second === "" ? first : second);
  return target === undefined ? undefined : toReading(decode(target), end);
}

/** The offset behind the bracket that closes the one at `at`. */
function findBracketEnd(text: string, at: number): number | undefined {
  const end = Math.min(text.length, at + maxLength);
  let depth = 0;
  for (let index = at; index < end; index += 1) {
    const char = text.charAt(index);
    depth += char === "[" ? 1 : char === "]" ? -1 : 0;
    if (depth === 0) {
      return index + 1;
    }
  }
  return undefined;
}

/** Link addresses are percent-encoded; what is not, is taken as it is. */
function decode(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

/** The reading if `written`, a fragment aside, is the path of a Markdown file and not a URL. */
function toReading(written: string, end: number): Reading | undefined {
  const path = written.split(/[#?]/, 1)[0] ?? "";
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const isDocument = name.length > ".md".length && name.toLowerCase().endsWith(".md");
  const isElsewhere = path.includes("://") || path.startsWith("//") || /[\n*]/.test(path);
  return isDocument && !isElsewhere ? { path, end } : undefined;
}
