import assert from "node:assert/strict";
import type { ParsedPlan } from "../../../src/core/protocol/plan";
import { codesAndLines, onlyPhase, parse, readFixture } from "./planFixture";

const text = readFixture("styles/top-level.md");

describe("the file of a plan", () => {
  it("may have a byte order mark and any line ends", () => {
    const expected = parse(text);
    assert.equal(expected.phases.length, 3);
    assert.deepEqual(parse(`\uFEFF${text}`), expected);
    assert.deepEqual(parse(text.replaceAll("\n", "\r\n")), expected);
    assert.deepEqual(parse(text.replaceAll("\n", "\r")), expected);
    let line = 0;
    assert.deepEqual(parse(text.replaceAll("\n", () => (line++ % 2 ? "\n" : "\r\n"))), expected);
  });

  it("may end without a line end", () => {
    assert.deepEqual(parse(text.trimEnd()), parse(text));
    assert.equal(parse("## Phase 1: A\n```sh\ntrue\n```").phases[0]?.blocks[0]?.endLine, 3);
  });

  it("may be empty", () => {
    const none: ParsedPlan = { title: "Plan", context: "", phases: [], problems: [] };
    for (const empty of ["", "\n", "\uFEFF", "---\n---\n"]) {
      const { problems, ...plan } = parse(empty);
      assert.deepEqual({ ...plan, problems: [] }, none);
      assert.deepEqual(codesAndLines(problems), ["no-phase 0"]);
    }
  });

  it("may hold NUL characters", () => {
    assert.equal(parse("## Phase 1: A\0B\n").phases[0]?.title, "A\uFFFDB");
  });
});

describe("front matter", () => {
  const body = "\n## Phase 1: A\n\nDo what it says.\n";
  const startLines = (plan: string) => parse(plan).phases.map(({ startLine }) => startLine);

  it("is no part of the plan, and keeps the lines' numbers", () => {
    for (const end of ["---", "---  ", "..."]) {
      const plan = parse(`---\ntitle: x\n# Phase 1: comment\n\n${end}\n${body}`);
      assert.deepEqual([plan.context, onlyPhase(plan).startLine], ["", 6]);
      assert.deepEqual(plan.problems, []);
    }
    assert.deepEqual(startLines(`\uFEFF---\r\nPhase 1: x\r\n---\r\n${body}`), [4]);
  });

  it("begins at the first line and is closed, or is none", () => {
    assert.deepEqual(startLines(`---\n${body}`), [2]);
    assert.deepEqual(startLines(`\n---\nPhase 1: B\n---\n`), [2]);
    assert.deepEqual(startLines(`----\nPhase 1: B\n---\n`), [1]);
  });
});

describe("a text made to be hard on a parser", () => {
  const after = "\n\n## Phase 1: A\n\nDo what it says.\n";

  it("keeps the phases below a list of ten thousand levels", () => {
    const oneLine = "- ".repeat(10_000);
    const deep = Array.from({ length: 600 }, (_, index) => `${"  ".repeat(index)}- x`).join("\n");
    for (const hard of [oneLine, deep, `${oneLine}\n\n  text`, `> ${"> ".repeat(10_000)}x`]) {
      const plan = parse(hard + after);
      assert.equal(onlyPhase(plan).title, "A");
      assert.deepEqual(plan.problems, []);
    }
  });

  it("runs blocks in lists as deep as people nest them", () => {
    const levels = Array.from({ length: 12 }, (_, index) => `${"  ".repeat(index)}- x`).join("\n");
    const indent = "  ".repeat(12);
    const list = `${levels}\n\n${indent}\`\`\`sh\n${indent}true\n${indent}\`\`\`\n`;
    const [block] = onlyPhase(parse(`## Phase 1: A\n\n${list}`)).blocks;
    assert.equal(block?.source, "true\n");
  });

  for (const [name, hard] of Object.entries({
    brackets: "[".repeat(40_000),
    images: "![".repeat(20_000),
    "open links": "[a](".repeat(15_000),
    spaces: " ".repeat(60_000),
    quotes: ">".repeat(60_000),
    stars: "*".repeat(60_000),
    "stars and underscores": "*a_ ".repeat(15_000),
    "comment openings": "<!--".repeat(15_000),
    "comment openings in text": `x${"<!--".repeat(15_000)}`,
    "open tags": "x <a b='".repeat(8_000),
    entities: "&amp;".repeat(12_000),
    hashes: `# ${" #".repeat(30_000)}x`,
    "list items": "- ".repeat(30_000),
    "many lines of brackets": `${"[".repeat(99)}\n`.repeat(10_000),
    "many lines of quotes": "> > > > x\ny\n".repeat(20_000),
    "many comments": "<!--\n\n-->\n".repeat(50_000),
    "many references": "[a]: /b\n".repeat(50_000),
  })) {
    const closed = name.startsWith("comment openings") ? `${hard}\n-->` : hard;
    it(`is only text: ${name}`, () => {
      assert.deepEqual(parse(closed + after).phases.length, 1);
    });

    it(`is only text in a heading, a property and prose: ${name}`, () => {
      const line = hard.replaceAll("\n", " ").slice(0, 60_000);
      const plan = parse(
        `## Phase 1: ${line}\nDepends on: ${line}\nRunner: ${line}\nTimeout: ${line}\n\nsee ${line}\n`,
      );
      assert.equal(plan.phases.length, 1);
      assert.ok(plan.problems.length >= 3);
      assert.ok(plan.problems.every(({ message }) => message.length < 400));
    });
  }

  it("is refused when it has one line of a megabyte, or ten megabytes of lines", () => {
    assert.deepEqual(codesAndLines(parse("x".repeat(2 ** 20) + after).problems), [
      "line-too-long 0",
    ]);
    assert.deepEqual(codesAndLines(parse("xxxxxxxxx\n".repeat(2 ** 20)).problems), [
      "file-too-large 0",
    ]);
  });

  it("is refused when it has a hundred thousand phases", () => {
    const phases = Array.from({ length: 100_000 }, (_, index) => `# Phase ${index + 1}\n`);
    assert.deepEqual(codesAndLines(parse(phases.join("")).problems), ["too-many-phases 1000"]);
  });
});

describe("a plan in the style of a task list", () => {
  const plan = parse(readFixture("styles/task-list.md"), { defaultRunner: "agent" });

  it("has the phases that a person sees", () => {
    assert.equal(plan.title, "Tasks: Bookshelf");
    assert.deepEqual(
      plan.phases.map(({ number, label, title, dependsOn, externalDocs }) => ({
        number,
        label,
        title,
        dependsOn,
        externalDocs,
      })),
      [
        {
          number: 1,
          label: "1",
          title: "Setup (Shared Infrastructure)",
          dependsOn: [],
          externalDocs: ["docs/lint.md"],
        },
        {
          number: 2,
          label: "2",
          title: "Foundational (Blocking Prerequisites)",
          dependsOn: [1],
          externalDocs: ["docs/schema.md"],
        },
        {
          number: 3,
          label: "3",
          title: "User Story 1 - [Borrow a book] (Priority: P1) 🎯 MVP",
          dependsOn: [2],
          externalDocs: [],
        },
        {
          number: 4,
          label: "4",
          title: "User Story 2 - Bring it back (Priority: P2)",
          dependsOn: [3],
          externalDocs: [],
        },
        {
          number: 5,
          label: "N",
          title: "Polish & Cross-Cutting Concerns",
          dependsOn: [4],
          externalDocs: [],
        },
      ],
    );
    assert.ok(plan.phases.every((phase) => !("checkpoint" in phase)));
    assert.equal(plan.phases[2]?.blocks[0]?.source, "npm run borrow\n");
  });

  it("gives what stands before and after the phases as context", () => {
    assert.match(plan.context, /^# Tasks: Bookshelf\n\n\*\*Input\*\*/);
    assert.match(plan.context, /\n\n## Dependencies & Execution Order\n\n### Phase Dep/);
    assert.match(plan.context, /- Commit after each task$/);
    assert.doesNotMatch(plan.context, /description:/);
  });

  it("has no problem but the heading that looks like a phase", () => {
    assert.deepEqual(codesAndLines(plan.problems), ["looks-like-phase 115"]);
  });
});

describe("a plan whose phases are its top level", () => {
  const plan = parse(text, { fileName: "plans/library.md", defaultRunner: "shell" });

  it("has the phases with all that is in them", () => {
    assert.deepEqual([plan.title, plan.context], ["library", ""]);
    const [first, second, third] = plan.phases;
    assert.deepEqual(
      [first?.title, first?.runner, first?.timeout, first?.startLine, first?.endLine],
      ["Lay the foundation", "agent", 5_400, 0, 20],
    );
    assert.deepEqual(first?.blocks, [
      { language: "bash", source: "npm init -y\n", startLine: 13, endLine: 15 },
    ]);
    const { content, instructions, ...rest } = second ?? {};
    assert.deepEqual(rest, {
      number: 2,
      label: "2",
      title: "Build the parser",
      externalDocs: ["docs/grammar.md"],
      dependsOn: [1],
      retries: 2,
      checkpoint: "look at the parser's output",
      blocks: [],
      verify: [{ language: "sh", source: "npm test\n", startLine: 33, endLine: 35 }],
      startLine: 21,
      endLine: 40,
    });
    assert.match(content ?? "", /^- \*\*Depends on:\*\* Phase 1\n/);
    assert.match(instructions ?? "", /^## Overview\n\n.*\n\n## Verify\n\n\nThat is all\.\n\n---$/);
    assert.deepEqual([third?.startLine, third?.endLine], [41, 43]);
  });

  it("asks for blocks where the chosen runner needs them", () => {
    assert.deepEqual(codesAndLines(plan.problems), ["no-block 21", "no-block 41"]);
  });
});
