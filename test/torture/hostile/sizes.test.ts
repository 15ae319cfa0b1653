import assert from "node:assert/strict";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { decodePlan } from "../../../src/core/plan/decodePlan";
import { parsePlan } from "../../../src/core/plan/parsePlan";
import { builtInRunners } from "../../../src/core/runner/presets";
import { Dice, oneOf } from "../../support/dice";
import { figure, rounds, seed } from "../support/extent";
import { type Pattern, patternsIn } from "./patterns";

/** So long may a pattern take for all its texts: what grows faster than its text takes hours. */
const patience = 60_000;
/** As long as a line of a plan may be. */
const longest = 64 * 1024;

describe("a text that is made to take long", () => {
  it("keeps no regular expression of the source busy", async () => {
    const patterns = patternsIn("src");
    assert.ok(patterns.length > 50, "the source's expressions are found");
    const dice = new Dice(seed);
    const texts = rounds({ whole: 40, part: 6 });
    let worker = newWorker();
    for (const pattern of patterns) {
      const done = new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), patience);
        worker.once("message", () => {
          clearTimeout(timer);
          resolve(true);
        });
      });
      worker.postMessage({
        ...pattern,
        texts: [...repeated(pattern), ...Array.from({ length: texts }, () => pump(pattern, dice))],
      });
      const ended = await done;
      if (!ended) {
        await worker.terminate();
        worker = newWorker();
      }
      assert.ok(ended, `${pattern.place}: /${pattern.source}/ does not come back`);
    }
    await worker.terminate();
    figure(
      "G10 regular expressions",
      `${patterns.length} of the source, each named character for 8 KB and ${texts} random pieces for 64 KB; 0 that do not come back`,
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

function newWorker(): Worker {
  return new Worker(join(__dirname, "pumpWorker.cjs"));
}

/** Each character that the expression names, and some that its classes may, on and on. */
function repeated({ source }: Pattern): string[] {
  const characters = new Set(`${source} a1\t\n`);
  return [...characters].map((character) => `${character.repeat(longest / 8)}\u0000`);
}

/** Pieces of the expression itself, and of what it may be about, many times, and an end that does not fit. */
function pump({ source }: Pattern, dice: Dice): string {
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
  return `${start}${unit.repeat(Math.ceil(longest / Math.max(1, unit.length)))}\u0000`;
}
