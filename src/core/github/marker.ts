/** The longest text that GitHub takes, in characters. */
export const longestText = 65_536;

/** The hidden line by which a text is known as ours. */
export function markerOf(entryId: string): string {
  return `<!-- phase-hopper:${entryId} -->`;
}

/**
 * A text with its marker as the last line. What is too long is shortened before it, so that the
 * marker is never cut off.
 */
export function withMarker(text: string, entryId: string): string {
  return `${shortened(text, roomFor(entryId))}\n\n${markerOf(entryId)}`;
}

/** How long a text may be, for its marker to follow it. */
export function roomFor(entryId: string): number {
  return longestText - markerOf(entryId).length - 2;
}

/** Whether the last line of a text is this marker: one that is quoted further up is somebody else's. */
export function hasMarker(text: string, entryId: string): boolean {
  return text.trimEnd().endsWith(`\n${markerOf(entryId)}`);
}

/** What is said below a text that was cut off. */
export const shortenedNote = "\n\n*(shortened)*";

/** Cuts a text to so many characters, between two lines where there are some, and says so. */
export function shortened(text: string, longest: number): string {
  return text.length <= longest
    ? text
    : `${beginningOf(text, longest - shortenedNote.length)}${shortenedNote}`;
}

/** The beginning of a text, of at most so many characters, and whole lines where there are some. */
export function beginningOf(text: string, longest: number): string {
  if (text.length <= longest) {
    return text;
  }
  const lineEnd = text.lastIndexOf("\n", longest);
  return text.slice(0, lineEnd > longest / 2 ? lineEnd : wholeCharacters(text, longest));
}

/** A character outside the basic plane is two units long and must not be halved. */
export function wholeCharacters(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? end - 1 : end;
}

/** Marks bear the entry's id: a text that shows such marks, of whatever plan, is not taken for ours. */
function startOf(entryId: string): string {
  return `<!-- phase-hopper:begin ${entryId} -->`;
}

function endOf(entryId: string): string {
  return `<!-- phase-hopper:end ${entryId} -->`;
}

/** Wraps the part of an issue's text that is ours to rewrite; the rest belongs to people. */
export function asSection(text: string, entryId: string): string {
  return `${startOf(entryId)}\n${text}\n${endOf(entryId)}`;
}

/** How much longer a text is as a section. */
export function sectionFrame(entryId: string): number {
  return asSection("", entryId).length;
}

/**
 * Puts a new text into the section of an issue's text.
 *
 * @param make gets how long the text may be.
 * @returns undefined when somebody took the section out.
 */
export function replaceSection(
  body: string,
  entryId: string,
  make: (room: number) => string,
): string | undefined {
  const end = body.lastIndexOf(endOf(entryId));
  const start = body.lastIndexOf(startOf(entryId), end);
  if (start === -1 || end === -1) {
    return undefined;
  }
  const before = body.slice(0, start);
  const after = body.slice(end + endOf(entryId).length);
  const room = longestText - before.length - after.length - sectionFrame(entryId);
  return `${before}${asSection(make(room), entryId)}${after}`;
}
