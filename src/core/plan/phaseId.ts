import { matchAt } from "./scan";

/** One to twenty: the number words that count as a written number. */
const numberWords = [
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
  "thirteen",
  "fourteen",
  "fifteen",
  "sixteen",
  "seventeen",
  "eighteen",
  "nineteen",
  "twenty",
];

/** Longer than any id a person writes; keeps reading one linear. */
const maxIdLength = 40;

const digit = /\p{N}/u;
const letter = /^\p{L}$/u;
const roman = /^M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/;
const run = /[\p{L}\p{N}\p{M}#+_]+/uy;

/**
 * The id with which `text` begins, as written, or "" without one: digits, a number word, a single
 * letter, a roman numeral or a token with a digit in it.
 *
 * A dot, hyphen or slash belongs to the id where a digit follows (`2.1`) or where what stands
 * before it is no id alone (`PROJ-3`); else it separates the id from the title (`1-Setup`).
 */
export function readPhaseId(text: string): string {
  let end = runEnd(text, 0);
  while (end > 0 && end <= maxIdLength && "./-".includes(text.charAt(end))) {
    const nextEnd = runEnd(text, end + 1);
    const digitFollows = digit.test(String.fromCodePoint(text.codePointAt(end + 1) ?? 0));
    if (nextEnd === end + 1 || (isPhaseId(text.slice(0, end)) && !digitFollows)) {
      break;
    }
    end = nextEnd;
  }
  const id = text.slice(0, end);
  const standsAlone = end === text.length || /[\s:\-–—.)|(]/.test(text.charAt(end));
  return end <= maxIdLength && standsAlone && isPhaseId(id) ? id : "";
}

/** The number that an id says in digits or as an English word. */
export function idNumber(id: string): number | undefined {
  if (/^\d+$/.test(id)) {
    const value = Number(id);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const index = numberWords.indexOf(id.toLowerCase());
  return index < 0 ? undefined : index + 1;
}

/** What two ids have in common when they mean the same phase: `1`, `01` and `One` do. */
export function idKey(id: string): string {
  return String(idNumber(id) ?? id.toLowerCase());
}

function isPhaseId(token: string): boolean {
  return digit.test(token) || letter.test(token) || idNumber(token) !== undefined || isRoman(token);
}

/** Canonical and in one case throughout, so that few words pass for a numeral. */
function isRoman(token: string): boolean {
  const upper = token.toUpperCase();
  const oneCase = token === upper || token === token.toLowerCase();
  return token !== "" && oneCase && roman.test(upper);
}

function runEnd(text: string, from: number): number {
  return from + (matchAt(run, text, from)?.[0].length ?? 0);
}
