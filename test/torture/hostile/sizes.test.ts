import assert from "node:assert/strict";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { decodePlan } from "../../../src/core/plan/decodePlan";
import { parsePlan } from "../../../src/core/plan/parsePlan";
import { builtInRunners } from "../../../src/core/runner/presets";
import { Dice, oneOf } from "../../support/dice";
import { figure, isWhole, rounds, seed } from "../support/extent";
import { type Pattern, patternsIn } from "./patterns";

/** As long as a line of a plan may be. */
const longest = 64 * 1024;
/** Texts for expressions are longer, so that what grows with the square of them stands out. */
const pumped = 128 * 1024;
/**
 * So many milliseconds of the processor may an expression take for such a text. One that reads each
 * character some times takes 5; one that begins anew from each takes more than 1,000.
 */
const most = 500;
/** By then a thread must have said something, on the busiest machine. */
const patience = 120_000;

/** Only what repeats something without end can take longer than its text. */
const repeats = /[*+]|\{\d+,\}/;

describe("a text that is made to take long", () => {
  it("keeps no regular expression of the source busy", async () => {
    const { patterns: all, unknown } = patternsIn("src", "webview-ui");
    assert.ok(all.length > 100, "the source's expressions are found");
    const patterns = all.filter(({ source }) => repeats.test(source));
    const dice = new Dice(seed);
    const random = rounds({ whole: 40, part: 2 });
    const pump = new Pump();
    let tried = 0;
    const slow: string[] = [];
    for (const pattern of patterns) {
      const texts = [
        ...repeated(pattern),
        ...Array.from({ length: random }, () => randomText(pattern, dice)),
      ];
      tried += texts.length;
      const found = await pump.slowText(pattern, texts);
      if (found !== undefined) {
        slow.push(
          `${pattern.place}: /${pattern.source}/ with ${JSON.stringify(found.slice(0, 20))}…`,
        );
      }
    }
    await pump.end();
    assert.deepEqual(slow, []);
    figure(
      "G10 regular expressions",
      `${patterns.length} of ${all.length} that repeat something, ${tried} texts of ${pumped / 1024} KB; ` +
        `${slow.length} that grow faster than their text; not tried: ` +
        `${unknown.length} made of what only a run tells`,
    );
  });

  it("is refused, or parsed in no time that anybody waits for", () => {
    const parse = (text: string) => parsePlan(text, { runners: builtInRunners });
    const megabyte = 1024 * 1024;
    const heading = "## Phase 1: x\n\n```sh\ntrue\n```\n";
    const refused: Readonly<Record<string, string>> = {
      "10 MB": heading + "x\n".repeat(5 * megabyte),
      "a line of 1 MB": `${heading}${"x".repeat(megabyte)}\n`,
      "100,000 phases": Array.from({ length: 100_000 }, (_, i) => `# Phase ${i + 1}: x`).join("\n"),
      "1,001 phases": Array.from({ length: 1001 }, (_, i) => `# Phase ${i + 1}: x`).join("\n"),
    };
    for (const [name, text] of Object.entries(refused)) {
      const { phases, problems } = parse(text);
      assert.deepEqual([phases.length, problems[0]?.severity], [0, "error"], name);
    }
    const line = longest - 1;
    const deep: Readonly<Record<string, string>> = {
      "a list 10,000 deep": Array.from(
        { length: 10_000 },
        (_, i) => `${" ".repeat(Math.min(i, 90))}- x`,
      ).join("\n"),
      "quotes 30,000 deep": ">".repeat(line),
      brackets: "[".repeat(line),
      links: "[a](".repeat(line / 4),
      emphasis: "*a **b ".repeat(line / 7),
      "back ticks": Array.from({ length: 300 }, (_, i) => "`".repeat(i)).join(" "),
      entities: "&#x41;".repeat(line / 6),
      comments: "<!-- ".repeat(line / 5),
      references: "[a]: <b\n".repeat(20_000),
      documents: "see a.md and ".repeat(line / 13),
      dependencies: `Depends on: ${"Phase 1, ".repeat(6_000)}`,
      headings: "# ".repeat(line / 2),
      tables: `${"|".repeat(line / 2)}\n${"|-".repeat(line / 4)}\n`,
    };
    for (const [name, text] of Object.entries(deep)) {
      const { phases } = parse(`${heading}\n${text}\n`);
      assert.equal(phases.length, 1, name);
    }
    const bytes: readonly Uint8Array[] = [
      Buffer.from([0xff, 0xfe, 0x23, 0x00, 0x20, 0x00]),
      Buffer.from([0xfe, 0xff, 0x00, 0x23]),
      Buffer.from([0xc3, 0x28, 0xa0, 0xff]),
      Buffer.from([0xef, 0xbb, 0xbf]),
      Buffer.alloc(1000),
    ];
    for (const some of bytes) {
      try {
        parse(decodePlan(Buffer.from(some)));
      } catch (error) {
        assert.match(String(error), /UTF-8|UTF-16|text/i);
      }
    }
    figure(
      "G11 sizes and depths",
      `${Object.keys(refused).length} refused, ${Object.keys(deep).length} parsed, ${bytes.length} odd encodings; 0 exceptions, 0 that do not come back`,
    );
  });
});

/** The thread in which expressions run. */
class Pump {
  private worker = newWorker();

  /** The first of the texts that takes too long, or never comes back; undefined where none does. */
  async slowText(pattern: Pattern, texts: readonly string[]): Promise<string | undefined> {
    let slow: string | undefined;
    let last = -1;
    const isDone = await new Promise<boolean>((resolve) => {
      let timer = setTimeout(() => resolve(false), patience);
      this.worker.removeAllListeners("message");
      this.worker.on("message", (said: { index: number; milliseconds: number } | undefined) => {
        clearTimeout(timer);
        if (said === undefined) {
          resolve(true);
          return;
        }
        last = said.index;
        if (said.milliseconds > most) {
          slow = texts[last];
          resolve(false);
          return;
        }
        timer = setTimeout(() => resolve(false), patience);
      });
      this.worker.postMessage({ ...pattern, texts });
    });
    if (isDone) {
      return undefined;
    }
    await this.worker.terminate();
    this.worker = newWorker();
    return slow ?? texts[last + 1] ?? "";
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

function newWorker(): Worker {
  return new Worker(join(__dirname, "pumpWorker.cjs"));
}

/** What gets in the way of expressions that two of their parts can take. */
const units = [
  "a ",
  " a",
  "[[",
  "](",
  "a:",
  "- ",
  "~ ",
  "**",
  "1.",
  "a.",
  "\n ",
  " \n",
  "\t ",
  "_-",
];

/** Each character that the expression names, and some that its classes may, on and on. */
function repeated({ source }: Pattern): string[] {
  const characters = new Set(`${source} a1\t\n`);
  const starts = isWhole ? ["", "- ", "`"] : [""];
  return [...characters, ...units].flatMap((unit) =>
    starts.map((start) => `${start}${unit.repeat(pumped / unit.length)}\u0000`),
  );
}

/** Pieces of the expression itself, and of what it may be about, many times, and an end that does not fit. */
function randomText({ source }: Pattern, dice: Dice): string {
  const literals = source.match(/[A-Za-z0-9#:,."'`|_/-]+/g) ?? ["a"];
  const pieces = [
    ...literals,
    " ",
    "\t",
    "a",
    "1",
    "-",
    "`",
    "'",
    "(",
    "[",
    "\\",
    "a ",
    " a",
    "\n",
    ",",
  ];
  const unit = Array.from({ length: 1 + dice.below(3) }, () => oneOf(dice, pieces) ?? "").join("");
  const start = dice.below(2) === 0 ? "" : (oneOf(dice, literals) ?? "");
  return `${start}${unit.repeat(Math.ceil(pumped / Math.max(1, unit.length)))}\u0000`;
}
