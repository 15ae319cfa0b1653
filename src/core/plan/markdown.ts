import MarkdownIt, { type Env, type StateBlock, type Token } from "markdown-it";

/** A heading of the document itself: none in a list or block quote. Lines are 0-based, inclusive. */
export interface Heading {
  readonly level: number;
  /** The heading's text as written; see {@link Outline.plainText}. */
  readonly markup: string;
  /** Whether a line of `=` or `-` below the text makes it a heading. */
  readonly underlined: boolean;
  readonly startLine: number;
  readonly endLine: number;
}

/** A fenced block, in lists too but in no block quote: a quote only quotes. */
export interface Fence {
  readonly info: string;
  /** Without the indentation of the fence and of what contains it. */
  readonly source: string;
  readonly startLine: number;
  readonly endLine: number;
  /** False if the fence runs to the end of what contains it. */
  readonly closed: boolean;
}

/** Text that is neither code nor HTML, as written; its lines are the document's. */
export interface Prose {
  readonly markup: string;
  readonly startLine: number;
}

/** What a plan needs to know of a Markdown document, each list in the document's order. */
export interface Outline {
  readonly headings: readonly Heading[];
  readonly fences: readonly Fence[];
  readonly prose: readonly Prose[];
  /** Emphasis, code and links reduced to their text, entities decoded, HTML removed. */
  readonly plainText: (markup: string) => string;
  /** The address that a link reference definition gives to `label`. */
  readonly referenceTarget: (label: string) => string | undefined;
}

/** Deeper than people nest; each list counts twice. */
const maxDepth = 64;

/** Markup behind this many characters of a line is left as it is; it costs a microsecond each. */
const maxMarkup = 2_000;

/**
 * Only blocks are parsed: headings, fences, comments and quotes are all blocks, and inline parsing
 * of a whole document would cost several times as much.
 */
const blockParser = new MarkdownIt("commonmark", { maxNesting: 2 * maxDepth });
blockParser.core.ruler.enableOnly(["normalize", "block"]);
blockParser.block.ruler.before("code", "too_deep", skipTooDeep);

/** For single lines; its lower limit of nesting bounds what a row of brackets costs. */
const inlineParser = new MarkdownIt("commonmark");

/** Reads the document whose lines these are, as CommonMark. */
export function readOutline(lines: readonly string[]): Outline {
  const env: Env = {};
  // With a line end behind the last line too, a fence's content tells whether it was closed.
  const tokens = blockParser.parse(`${lines.join("\n")}\n`, env);
  const outline = {
    headings: new Array<Heading>(),
    fences: new Array<Fence>(),
    prose: new Array<Prose>(),
    plainText: (markup: string) => toPlainText(markup, env),
    referenceTarget: (label: string) =>
      env.references?.[inlineParser.utils.normalizeReference(label)]?.href,
  };
  let quoteDepth = 0;
  let opening: Token | undefined;
  for (const token of tokens) {
    switch (token.type) {
      case "blockquote_open":
      case "blockquote_close":
        quoteDepth += token.nesting;
        break;
      case "heading_open":
        opening = token.level === 0 ? token : undefined;
        break;
      case "inline":
        if (opening) {
          outline.headings.push(toHeading(opening, token.content));
        }
        opening = undefined;
        outline.prose.push({ markup: token.content, startLine: linesOf(token).startLine });
        break;
      case "fence":
        if (quoteDepth === 0) {
          outline.fences.push(toFence(token));
        }
    }
  }
  return outline;
}

/**
 * Skips what is nested too deep, to the end of its container. The parser's own limit would skip to
 * the end of the document instead, and every phase below would be lost.
 */
function skipTooDeep(state: StateBlock, startLine: number, endLine: number): boolean {
  if (state.level < maxDepth) {
    return false;
  }
  let line = startLine + 1;
  while (line < endLine && (state.isEmpty(line) || isInside(state, line))) {
    line += 1;
  }
  state.line = line;
  return true;
}

function isInside(state: StateBlock, line: number): boolean {
  return (state.sCount[line] ?? 0) >= state.blkIndent;
}

function toHeading(opening: Token, markup: string): Heading {
  const underlined = !opening.markup.startsWith("#");
  return { level: Number(opening.tag.slice(1)), markup, underlined, ...linesOf(opening) };
}

function toFence({ info, content, map }: Token): Fence {
  const lines = linesOf({ map });
  // Of a closed one the content is all lines but two.
  const closed = content.split("\n").length === lines.endLine - lines.startLine;
  return { info, source: content, closed, ...lines };
}

function linesOf({ map }: Pick<Token, "map">): { startLine: number; endLine: number } {
  const [startLine, afterLine] = map ?? [0, 0];
  return { startLine, endLine: afterLine - 1 };
}

function toPlainText(markup: string, env: Env): string {
  if (!/[\\`*_[\]<&!\n]/.test(markup)) {
    return markup.trim();
  }
  const tokens: Token[] = [];
  inlineParser.inline.parse(markup.slice(0, maxMarkup), inlineParser, env, tokens);
  return `${textOf(tokens)}${markup.slice(maxMarkup)}`.trim();
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map(textOfToken).join("");
}

function textOfToken(token: Token): string {
  switch (token.type) {
    case "text":
    case "text_special":
    case "code_inline":
      return token.content;
    case "image":
      return textOf(token.children ?? []);
    case "softbreak":
    case "hardbreak":
      return " ";
    default:
      return "";
  }
}
