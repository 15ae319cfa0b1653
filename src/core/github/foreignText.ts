import MarkdownIt from "markdown-it";
import { withoutSecrets } from "../base/secrets";
import { beginningOf, shortenedNote, wholeCharacters } from "./marker";

/**
 * Text of plans and of programs is foreign: whoever wrote it did not mean to notify people or to link
 * issues on GitHub. What would do so is broken by an invisible character, so that it reads the same.
 * Code blocks are left as they are, since GitHub looks for nothing in them. Footnotes are broken, too:
 * CommonMark does not know them, and so would take for code what is text of a note there.
 */

const invisible = "\u200b";

let parser: InstanceType<typeof MarkdownIt> | undefined;

/** Made when first needed: most programs that can tell GitHub something do not, and it takes milliseconds. */
function markdown(): InstanceType<typeof MarkdownIt> {
  if (!parser) {
    parser = new MarkdownIt("commonmark");
    // Blocks are enough to know what is code.
    parser.core.ruler.enableOnly(["normalize", "block"]);
  }
  return parser;
}

/** What is taken for code can change when markup that enclosed it was broken; it soon stays. */
const mostPasses = 5;

/** A plan's Markdown, harmless and closed in itself: what follows it cannot be swallowed by it. */
export function foreignMarkdown(text: string): string {
  let result = text.replaceAll(/\r\n?/g, "\n").trim();
  for (let pass = 0; pass < mostPasses; pass++) {
    const next = withoutEffectsOutsideCode(result);
    if (next === result) {
      return result;
    }
    result = next;
  }
  return foreignOutput(text);
}

/**
 * As {@link foreignMarkdown}, of at most so many characters. It is cut before it is made harmless, so
 * that a block of code that is cut in two is closed, too.
 */
export function foreignExtract(text: string, longest: number): string {
  const whole = text.length <= longest ? foreignMarkdown(text) : undefined;
  if (whole !== undefined && whole.length <= longest) {
    return whole;
  }
  const most = Math.max(0, longest - shortenedNote.length);
  let extract = foreignMarkdown(beginningOf(text, most));
  for (let room = most; extract.length > most && room > 0;) {
    room -= Math.min(room, extract.length - most);
    extract = foreignMarkdown(beginningOf(text, room));
  }
  return `${extract}${shortenedNote}`;
}

/** A title or name within a line of ours: nothing in it is markup. */
export function foreignLine(text: string): string {
  return withoutEffects(oneLine(text).replaceAll(/[\\`*_{}[\]|~]/g, String.raw`\$&`));
}

/** A title of an issue: plain text on one line, of the length that GitHub takes. */
export function foreignTitle(text: string): string {
  const line = withoutEffects(oneLine(text));
  return line.length <= longestTitle
    ? line
    : `${line.slice(0, wholeCharacters(line, longestTitle - 1))}…`;
}

const longestTitle = 256;

/** What a program printed, in a block of code that it cannot leave. */
export function foreignOutput(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(runs.reduce((longest, run) => Math.max(longest, run + 1), 3));
  return `${fence}text\n${withoutSecrets(text).trim()}\n${fence}`;
}

function withoutEffectsOutsideCode(text: string): string {
  const lines = text.split("\n");
  const isCode = new Set<number>();
  let openFence: string | undefined;
  for (const { type, map, markup, level } of markdown().parse(text, {})) {
    if ((type === "fence" || type === "code_block") && map) {
      for (let line = map[0]; line < map[1]; line++) {
        isCode.add(line);
      }
      const isLast = type === "fence" && level === 0 && map[1] === lines.length;
      openFence = isLast && !ends(lines.slice(...map), markup) ? markup : undefined;
    }
  }
  const harmless = lines.map((line, index) => (isCode.has(index) ? line : withoutEffects(line)));
  return [...harmless, ...(openFence === undefined ? [] : [openFence])].join("\n");
}

/** Whether the lines of a fence end with the line that closes it. */
function ends(lines: readonly string[], markup: string): boolean {
  const last = lines.length > 1 ? (lines.at(-1) ?? "").trim() : "";
  return last.startsWith(markup) && last.replaceAll(markup.charAt(0), "") === "";
}

/** Breaks links to issues, closing words, mentions, references, and markup that hides or encloses. */
function withoutEffects(text: string): string {
  return withoutSecrets(text)
    .replaceAll(linkToIssue, withoutBackReference)
    .replaceAll(closingWord, `$1${invisible}$2`)
    .replaceAll(/@(?=[\p{L}\p{N}])/gu, `@${invisible}`)
    .replaceAll(/#(?=\d)/g, `#${invisible}`)
    .replaceAll(/\b(gh)(?=\\?-\d)/gi, `$1${invisible}`)
    .replaceAll(/<(?=[a-z/!?])/gi, `<${invisible}`)
    .replaceAll(/\[(?=\^[^\s\]]+\])/g, `[${invisible}`)
    .replaceAll(characterReference, `&${invisible}`);
}

/** References to characters of which names, numbers and markup can be made; the common others stay. */
const characterReference =
  /&(?=#\d{1,7};|#x[\da-f]{1,6};|(?!(?:amp|gt|quot|apos|nbsp|shy|copy|reg|trade|times|middot|bull|hellip|[mn]dash|[lr](?:arr|[sd]quo|aquo));)[a-z][a-z\d]*;)/gi;

const linkToIssue =
  /(?<![\w.-])([\w.-]+)((?::\d+)?\/[\w.-]+\/[\w.-]+\/(?:issues|pull|discussions)\/)(?=\d)/gi;

/** GitHub has a host of its own for links that shall leave no trace at the other end. */
function withoutBackReference(link: string, host: string, path: string): string {
  if (/^(?:www\.)?github\.com$/i.test(host)) {
    return `redirect.github.com${path}`;
  }
  return /^redirect\.github\.com$/i.test(host) ? link : `${link}${invisible}`;
}

const closingWord =
  /\b([cfrd])((?:lose[sd]?|ix(?:e[sd])?|esolve[sd]?|uplicate of)\b:?\s+(?=#|gh-|https?:|[\w.-]+\/[\w.-]+#))/gi;

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
