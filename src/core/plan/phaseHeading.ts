import { idNumber, readPhaseId } from "./phaseId";

/** What a heading says about its phase. */
export interface PhaseHeading {
  /** The id as written; empty without one. */
  readonly label: string;
  /** The id's number, where digits or a number word say it. */
  readonly number: number | undefined;
  /** What stands in parentheses behind the id, parentheses included; empty without. */
  readonly tag: string;
  /** Empty where the heading has none. */
  readonly title: string;
  /** False for `Phase 1 Setup`, which is a phase only if no other heading has that id. */
  readonly separated: boolean;
}

const notTheWord = /^(?:[\p{L}\p{N}\p{M}_'’]|-[^\s-])/u;
const gluedNumber = /^[-_]?\p{N}/u;
const separator = /^(?:[:–—.)|]|-+)/;

/**
 * Reads a heading's plain text by the grammar: the word, an optional id, an optional tag, an
 * optional separator, an optional title. "looks-like" is a heading somebody may have meant as a
 * phase; undefined is a heading that is none.
 */
export function readPhaseHeading(text: string): PhaseHeading | "looks-like" | undefined {
  const words = text.replaceAll(/\s+/g, " ").trim();
  if (words.slice(0, 5).toLowerCase() !== "phase") {
    return undefined;
  }
  const behindWord = words.slice(5);
  if (notTheWord.test(behindWord)) {
    return gluedNumber.test(behindWord) ? "looks-like" : undefined;
  }

  const label = readPhaseId(behindWord.trimStart());
  const behindId = behindWord.trimStart().slice(label.length).trimStart();
  const tag = readTag(behindId);
  const behindTag = behindId.slice(tag.length).trimStart();
  const mark = separator.exec(behindTag)?.[0] ?? "";
  if (label === "" && mark === "") {
    return "looks-like";
  }
  const title = behindTag.slice(mark.length).trim();
  const separated = mark !== "" || title === "";
  return { label, number: idNumber(label), tag, title, separated };
}

/** The parenthesised text at the start, to the parenthesis that closes it; "" without one. */
function readTag(text: string): string {
  let depth = 0;
  for (let at = 0; at === 0 || depth > 0; at += 1) {
    const char = text.charAt(at);
    depth += char === "(" ? 1 : char === ")" ? -1 : 0;
    if (char === "" || depth < 0) {
      return "";
    }
    if (depth === 0) {
      return text.slice(0, at === 0 ? 0 : at + 1);
    }
  }
  return "";
}
