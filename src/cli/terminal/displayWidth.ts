/** How many columns of a terminal a text takes; control characters are expected to be gone. */
export function displayWidth(text: string): number {
  if (isNarrow(text)) {
    return text.length;
  }
  let width = 0;
  for (const { segment } of graphemes().segment(text)) {
    width += graphemeWidth(segment);
  }
  return width;
}

/** The text, shortened with an ellipsis where it takes more than `width` columns. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) {
    return text;
  }
  return width < 1 ? "" : `${cut(text, width - 1)}…`;
}

/** As much of the text as fits into `width` columns. */
export function cut(text: string, width: number): string {
  if (isNarrow(text)) {
    return text.slice(0, Math.max(0, width));
  }
  let used = 0;
  let kept = "";
  for (const { segment } of graphemes().segment(text)) {
    used += graphemeWidth(segment);
    if (used > width) {
      break;
    }
    kept += segment;
  }
  return kept;
}

/** The text, filled up with spaces to `width` columns. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Texts of characters that all take one column, each its own: what nearly every text is. */
function isNarrow(text: string): boolean {
  return /^[\x20-\x7e\xa1-\xac\xae-\u02ff‐-‧←-⇿─-▟○●◇⊘✓✗⠀-⣿]*$/.test(text);
}

let segmenter: Intl.Segmenter | undefined;

/** Made when first needed: most texts are ASCII, and making it takes milliseconds. */
function graphemes(): Intl.Segmenter {
  return (segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" }));
}

function graphemeWidth(grapheme: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u.test(grapheme)) {
    return 0;
  }
  const isEmoji = grapheme.includes("\u{fe0f}") || /\p{Emoji_Presentation}/u.test(grapheme);
  return isEmoji || isWide(grapheme.codePointAt(0) ?? 0) ? 2 : 1;
}

/** Blocks that Unicode's East Asian Width calls wide or full-width; emoji are known by their property. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x20000, 0x3fffd],
];

function isWide(codePoint: number): boolean {
  return wideRanges.some(([from, to]) => codePoint >= from && codePoint <= to);
}
