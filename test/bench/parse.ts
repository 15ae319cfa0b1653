import MarkdownIt from "markdown-it";
import type { Runners } from "../../src/core/protocol/runners";
import { parsePlan } from "../../src/core/plan/parsePlan";
import { inTurn, median as medianOf } from "./measure";

const runners: Runners = new Map([["shell", { kind: "shell" }]]);
const runs = 7;
const kilobyte = 1024;

/** Each fills a line of 10 KB with what has made Markdown parsers and regexes super-linear. */
const hostileLines: Readonly<Record<string, (length: number) => string>> = {
  "opening brackets": (length) => "[".repeat(length),
  "brackets in a heading": (length) => `# Phase 1: ${"[".repeat(length)}`,
  "images in a heading": (length) => `# Phase 1: ${"![".repeat(length / 2)}`,
  "links in a heading": (length) => `# Phase 1: ${"[a](".repeat(length / 4)}`,
  "emphasis in a heading": (length) => `# Phase 1: ${"*a **b ".repeat(length / 7)}`,
  "backticks in a heading": (length) => `# Phase 1: ${backticks(length)}`,
  "comments in a heading": (length) => `# Phase 1: ${"<!--".repeat(length / 4)}`,
  "tags in a heading": (length) => `# Phase 1: ${"<a b='".repeat(length / 6)}`,
  "entities in a heading": (length) => `# Phase 1: ${"&amp;".repeat(length / 5)}`,
  "spaces in a heading": (length) =>
    `# Phase 1 ${" ".repeat(length / 2)}:${" ".repeat(length / 2)}x`,
  "an id without end": (length) => `# Phase ${"a-".repeat(length / 2)}`,
  "a tag without end": (length) => `# Phase 1 ${"(".repeat(length)}`,
  spaces: (length) => " ".repeat(length),
  "closing hashes": (length) => `# ${" #".repeat(length / 2)}x`,
  quotes: (length) => ">".repeat(length),
  stars: (length) => "*".repeat(length),
  "list items": (length) => "- ".repeat(length / 2),
  "comment openings": (length) => "<!--".repeat(length / 4),
  "a dependency list": (length) => `# Phase 1: A\nDepends on: ${"1 and ".repeat(length / 6)}`,
  "a dependency of brackets": (length) => `# Phase 1: A\nDepends on: ${"[".repeat(length)}`,
  "open quotes in a dependency": (length) => `# Phase 1: A\nDepends on: ${"“".repeat(length)}`,
  "a property of spaces": (length) => `# Phase 1: A\nRunner${" ".repeat(length)}: x`,
  "a time-out of digits": (length) => `# Phase 1: A\nTimeout: ${"1h ".repeat(length / 3)}`,
  "words for documents": (length) => `# Phase 1: A\n${"see ".repeat(length / 4)}`,
  "articles after a word": (length) => `# Phase 1: A\nsee ${"the also ".repeat(length / 9)}`,
  "open documents": (length) => `# Phase 1: A\n${"see `a ".repeat(length / 7)}`,
  "open links": (length) => `# Phase 1: A\n${"see [a](b ".repeat(length / 10)}`,
  "brackets after a word": (length) => `# Phase 1: A\n${"see [[[[".repeat(length / 8)}`,
  "many documents": (length) => `# Phase 1: A\nsee ${"a.md, ".repeat(length / 6)}`,
  "stars after a word": (length) => `# Phase 1: A\nsee${"*".repeat(length)}`,
};

/** Measures the parser: whole plans, how its time grows, and lines made to be slow. */
export async function benchParse(): Promise<string[]> {
  const cold = measure(plan(kilobyte));
  const bare = await besideBareParser();
  const sizes = [0.5, 1, 2];
  const times = sizes.map((megabytes) => median(plan(megabytes * kilobyte * 0.999)));
  const plans = sizes.map((size, index) => `parse ${size} MB: ${format(times[index])}`);
  const ratios = sizes.slice(1).map((size, index) => {
    const ratio = (times[index + 1] ?? 0) / (times[index] ?? 1);
    return `parse ${sizes[index]} to ${size} MB: x${ratio.toFixed(2)}`;
  });
  const lines = Object.entries(hostileLines).map(([name, build]) => {
    const [time = 0, half = 0, whole = 0] = [10, 30, 60].map((size) =>
      median(build(size * kilobyte)),
    );
    // Below a millisecond a ratio measures the machine.
    return { name, time, ratio: whole < 1 ? 0 : whole / half };
  });
  const slowest = lines.reduce((a, b) => (b.time > a.time ? b : a));
  const steepest = lines.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  return [
    `parse 1 MB, first time: ${format(cold)}`,
    bare,
    ...plans,
    ...ratios,
    `parse the slowest 10 KB line: ${format(slowest.time)} (${slowest.name})`,
    `parse 30 to 60 KB, the steepest line: x${steepest.ratio.toFixed(2)} (${steepest.name})`,
  ];
}

/** Our parser beside the CommonMark parser that it builds on, in turn on the same megabyte. */
async function besideBareParser(): Promise<string> {
  const text = plan(kilobyte);
  const megabytes = Buffer.byteLength(text) / 1e6;
  const blocks = new MarkdownIt("commonmark");
  blocks.core.ruler.enableOnly(["normalize", "block"]);
  const whole = new MarkdownIt("commonmark");
  const times = await inTurn(runs, {
    ours: () => Promise.resolve(measure(text)),
    blocks: () => Promise.resolve(measureParsing(blocks, text)),
    whole: () => Promise.resolve(measureParsing(whole, text)),
  });
  const [ours = 0, block = 0, all = 0] = [times["ours"], times["blocks"], times["whole"]];
  const speed = (time: number): string => `${((megabytes / time) * 1000).toFixed(0)} MB/s`;
  return (
    `parser: ${speed(ours)}; bare markdown-it ${speed(all)}, its block pass alone ${speed(block)}; ` +
    `time ${(ours / block).toFixed(1)} times that of the block pass`
  );
}

function measureParsing(parser: InstanceType<typeof MarkdownIt>, text: string): number {
  const start = performance.now();
  parser.parse(text, {});
  return performance.now() - start;
}

/** A plan as people write it: prose, lists, blocks and references, about a kilobyte per section. */
function plan(kilobytes: number): string {
  const phases = Math.min(500, Math.floor(kilobytes));
  const sections = Math.floor(kilobytes / phases);
  const parts = Array.from({ length: phases }, (_, index) => {
    const heading = `## Phase ${index + 1}: Step *${index + 1}* of \`many\`\n\nRetries: 1\n\n`;
    return heading + section.repeat(sections);
  });
  return `# A long plan\n\n${parts.join("")}`;
}

const section = `### Tasks

- [ ] T001 Create the schema, see docs/design.md and [the API](docs/api.md)
${"- [ ] T002 [P] Create the `module` that keeps the books in src/library/books/shelf.ts\n".repeat(3)}
${"Some **prose** about what is to be done, with a [link](http://example.com/x) and more words. ".repeat(4)}

> A quote that says something about it.

\`\`\`sh
${"npm run build -- --verbose\n".repeat(4)}\`\`\`

`;

/** Runs of backticks of different lengths, none of which closes another. */
function backticks(length: number): string {
  let text = "";
  for (let count = 1; text.length < length; count += 1) {
    text += `${"`".repeat(count)} `;
  }
  return text.slice(0, length);
}

function median(text: string): number {
  return medianOf(Array.from({ length: runs }, () => measure(text)));
}

function measure(text: string): number {
  const start = performance.now();
  parsePlan(text, { runners, defaultRunner: "shell" });
  return performance.now() - start;
}

function format(milliseconds = 0): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;
}
