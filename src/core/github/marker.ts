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
  const marker = markerOf(entryId);
  return `${shortened(text, longestText - marker.length - 2)}\n\n${marker}`;
}

/** Whether the last line of a text is this marker: one that is quoted further up is somebody else's. */
export function hasMarker(text: string, entryId: string): boolean {
  return text.trimEnd().endsWith(`\n${markerOf(entryId)}`);
}

/** Cuts a text to so many characters, between two lines where there are some, and says so. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) {
    return text;
  }
  const note = "\n\n*(shortened)*";
  const room = longest - note.length;
  const lineEnd = text.lastIndexOf("\n", room);
  const cut = lineEnd > room / 2 ? lineEnd : wholeCharacters(text, room);
  return `${text.slice(0, cut)}${note}`;
}

/** A character outside the basic plane is two units long and must not be halved. */
function wholeCharacters(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? end - 1 : end;
}

const sectionStart = "<!-- phase-hopper:progress -->";
const sectionEnd = "<!-- /phase-hopper:progress -->";

/** Wraps the part of an issue's text that is ours to rewrite; the rest belongs to people. */
export function asSection(text: string): string {
  return `${sectionStart}\n${text}\n${sectionEnd}`;
}

/**
 * Puts a new text into the section of an issue's text.
 *
 * @returns undefined when somebody took the section out.
 */
export function replaceSection(body: string, text: string): string | undefined {
  const start = body.indexOf(sectionStart);
  const end = body.indexOf(sectionEnd, start);
  return start === -1 || end === -1
    ? undefined
    : `${body.slice(0, start)}${asSection(text)}${body.slice(end + sectionEnd.length)}`;
}
