/** A phase as a `Depends on` names it. */
export interface WrittenDependency {
  readonly text: string;
  /** Quoted text is one name, whatever words and commas are in it. */
  readonly quoted: boolean;
}

/**
 * The names in the value of a `Depends on`: empty for `none`, undefined where the value is empty,
 * leaves a quote open, or ends as if a name were to follow.
 */
export function parseDependencies(value: string): WrittenDependency[] | undefined {
  const text = foldQuotes(value).replaceAll(/\s+/g, " ").trim();
  if (text.toLowerCase() === "none") {
    return [];
  }
  const segments = text.split('"');
  const hasEmptyQuotes = segments.some(
    (segment, index) => index % 2 === 1 && segment.trim() === "",
  );
  if (segments.length % 2 === 0 || hasEmptyQuotes || /(?:[,&]| and)$/i.test(text)) {
    return undefined;
  }
  const names = segments.flatMap((segment, index) =>
    index % 2 === 1 ? [{ text: segment.trim(), quoted: true }] : splitUnquoted(segment),
  );
  return names.length > 0 ? names : undefined;
}

/** Names that are the same but for case, white space and the form of their quotes fold to one. */
export function foldName(name: string): string {
  return foldQuotes(name).replaceAll(/\s+/g, " ").trim().toLowerCase();
}

/** The names in an unquoted one that was not found as a whole: `3 and 4` may also be a title. */
export function splitAtAnd(name: string): string[] {
  return name.split(/ (?:and|&) /i);
}

function splitUnquoted(segment: string): WrittenDependency[] {
  return segment
    .split(",")
    .map((part) =>
      part
        .trim()
        .replace(/^(?:and|&)(?: |$)/i, "")
        .replace(/ (?:and|&)$/i, ""),
    )
    .filter((part) => part !== "")
    .map((text) => ({ text, quoted: false }));
}

function foldQuotes(text: string): string {
  return text.replaceAll(/[“”„]/g, '"');
}
