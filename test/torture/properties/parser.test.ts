import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePlan } from "../../../src/core/plan/parsePlan";
import type { ParsedPlan } from "../../../src/core/protocol/plan";
import { builtInRunners } from "../../../src/core/runner/presets";
import { figure, rounds, seed } from "../support/extent";

/** Lines of which plans are made, and lines that look like them. */
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom("#", "##", "###", "####", " ##", "> ##", "- ##"),
        fc.constantFrom("Phase", "phase", "PHASE", "**Phase**", "Phases"),
        fc.constantFrom("1", "2", "3", "One", "IV", "B7", "", "N", "2.1"),
        fc.constantFrom(":", " -", " —", "", ".", ")"),
        fc.constantFrom("Setup", "", "`x`", "a [b](c)"),
      )
      .map(([level, word, id, mark, title]) => `${level} ${word} ${id}${mark} ${title}`),
  },
  fc.constantFrom(
    "Depends on: Phase 1",
    "Depends on: none",
    "- Runner: shell",
    "**Timeout**: 45m",
    "Retries: 2",
    "Checkpoint: look",
    "Timeout: soon",
    "Depends on: 9",
  ),
  fc.constantFrom(
    "```sh",
    "```",
    "~~~",
    "```sh verify",
    "`````",
    "<!--",
    "-->",
    "---",
    "===",
    "- item",
    "> quote",
    "    indented",
    "",
    "",
    "\t",
    "\\",
    "[a]: b.md",
  ),
  fc.constantFrom(
    "see docs/a.md",
    "refer to `x.md` and y.md",
    "mentioned in [z](z.md)",
    "from ../../etc/passwd.md",
  ),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 30 }),
);
const plan = fc.array(line, { maxLength: 40 }).map((lines) => lines.join("\n"));

const parse = (text: string): ParsedPlan =>
  parsePlan(text, { runners: builtInRunners, fileName: "plan.md" });
const runs = rounds({ whole: 20_000, part: 1_500 });

describe("the parser, of any text,", () => {
  it("never throws, and points at lines that there are", () => {
    fc.assert(
      fc.property(fc.oneof(plan, fc.string({ unit: "binary", maxLength: 500 })), (text) => {
        const { phases, problems } = parse(text);
        const last = text.split(/\r\n|\n|\r/).length - 1;
        for (const { startLine, endLine } of [...phases, ...problems]) {
          assert.ok(0 <= startLine && startLine <= endLine && endLine <= last);
        }
        assert.deepEqual(
          phases.map(({ number }) => number),
          phases.map(({ number }) => number).sort((a, b) => a - b),
        );
      }),
      { seed, numRuns: runs },
    );
    figure("parser", `${runs} texts; 0 exceptions, 0 lines outside the text`);
  });

  it("reads the same whether it has a byte order mark and CR LF or not", () => {
    fc.assert(
      fc.property(plan, (text) => {
        const plain = text.replaceAll("\r", "").replaceAll("\uFEFF", "");
        const other = `\uFEFF${plain.replaceAll("\n", "\r\n")}`;
        assert.deepEqual(parse(other), parse(plain));
      }),
      { seed, numRuns: runs },
    );
  });

  it("reads the same again, and no phase changes by text behind the last", () => {
    fc.assert(
      fc.property(plan, (text) => {
        const once = parse(text);
        assert.deepEqual(parse(text), once);
        // Behind a heading of the highest level that ends whatever is open.
        const open = /```|~~~|<!--|<[a-z!?/]/i.test(text) || text.trim() === "";
        if (open) {
          return;
        }
        const { phases } = parse(`${text}\n\n# Appendix\n\nMore.\n`);
        assert.deepEqual(
          phases.map(({ number, title, startLine, content }) => [
            number,
            title,
            startLine,
            content,
          ]),
          once.phases.map(({ number, title, startLine, content }) => [
            number,
            title,
            startLine,
            content,
          ]),
        );
      }),
      { seed, numRuns: runs },
    );
  });
});
