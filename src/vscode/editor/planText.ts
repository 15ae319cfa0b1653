/** A line that may begin a phase: markup, hashes or nothing, then the word. */
const mayBeHeading = /^ {0,3}(?:#{1,4}[ \t]+)?[*_`[<\\]*phase/im;

/**
 * Whether a text is worth being read as a plan: spares all other Markdown files the parser. Prose
 * whose line begins with the word passes too, and is told apart by the parser.
 */
export function mayBePlan(text: string): boolean {
  return mayBeHeading.test(text);
}
