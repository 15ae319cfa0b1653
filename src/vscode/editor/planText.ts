/** What may stand before and within the word and is not seen: emphasis, images without a text, HTML. */
const markup = /[*_`\\[\]]|!\[[^[\]\r\n]*\]\([^()\r\n]*\)|<[^<>\r\n]*>/.source;
const space = /[^\S\r\n]|&[#\w]{1,32};/.source;

/** A line that may begin a phase: hashes or none, what is not seen, then the word. */
const mayBeHeading = new RegExp(
  `^ {0,3}(?:#{1,4}(?=\\s))?(?:${markup}|${space})*${["p", "h", "a", "s", "e"].join(`(?:${markup})*`)}`,
  "im",
);

/**
 * Whether a text is worth being read as a plan: spares all other Markdown files the parser. Prose
 * whose line begins with the word passes too, and is told apart by the parser.
 */
export function mayBePlan(text: string): boolean {
  return mayBeHeading.test(text);
}
