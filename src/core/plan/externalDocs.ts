import { type Reading, readReference } from "./documentReference";
import { matchAt } from "./scan";

/** A document that a text refers to. */
export interface DocumentMention {
  readonly path: string;
  /** How many lines below the start of the text it stands. */
  readonly line: number;
}

// In the patterns of this file, what may follow a repeated part is not in the part itself, so that
// no text makes them try twice: a plan is any text, and is parsed on the host's event loop.
const leadWord =
  /(?<![\p{L}\p{N}])(?:see|refer\s+to|reference|referenced\s+in|mentioned\s+in|check|from)(?![\p{L}\p{N}])/giu;
/** Spares most prose the search; a link's address may stand elsewhere. */
const mayNameDocument = /\.md|\[/i;
const afterLeadWord = /[*_:]*\s+(?:(?:also|the):?\s+)*\**/iy;
const betweenDocuments = /\**\s*(?:,\s*(?:and\s+)?|and\s+)(?:(?:also|the)\s+)*\**/iy;

/**
 * Finds the `.md` paths that follow a word such as "see", in prose as written. Several in a row
 * count, joined by commas or "and".
 *
 * @param referenceTarget resolves a link written as `[text][label]`.
 */
export function findDocuments(
  markup: string,
  referenceTarget: (label: string) => string | undefined,
): DocumentMention[] {
  const mentions: DocumentMention[] = [];
  if (!mayNameDocument.test(markup)) {
    return mentions;
  }
  const lineAt = createLineCounter(markup);
  const lead = new RegExp(leadWord);
  while (lead.test(markup)) {
    let at = endOfMatch(afterLeadWord, markup, lead.lastIndex);
    while (at !== undefined) {
      const reading: Reading | undefined = readReference(markup, at, referenceTarget);
      if (!reading) {
        break;
      }
      mentions.push({ path: reading.path, line: lineAt(at) });
      lead.lastIndex = reading.end;
      at = endOfMatch(betweenDocuments, markup, reading.end);
    }
  }
  return mentions;
}

function endOfMatch(pattern: RegExp, text: string, at: number): number | undefined {
  const match = matchAt(pattern, text, at);
  return match && at + match[0].length;
}

/** Counts line ends up to offsets that only grow, each once. */
function createLineCounter(text: string): (offset: number) => number {
  let line = 0;
  let next = text.indexOf("\n");
  return (offset) => {
    while (next >= 0 && next < offset) {
      line += 1;
      next = text.indexOf("\n", next + 1);
    }
    return line;
  };
}
