import assert from "node:assert/strict";
import { onlyPhase, parse } from "./planFixture";

const body = "\n\nDo what this phase is about.\n";

/** Heading, label, title. */
const accepted: readonly (readonly [string, string, string])[] = [
  ["## Phase 1: Setup", "1", "Setup"],
  ["# Phase One - Setup", "One", "Setup"],
  ["## Phase 1 — Build", "1", "Build"],
  ["## Phase 1 – Build", "1", "Build"],
  ["## Phase 1 -- Build", "1", "Build"],
  ["## Phase 1 | Build", "1", "Build"],
  ["## Phase 1) Build", "1", "Build"],
  ["## Phase 1. Build", "1", "Build"],
  ["## Phase 1.Build", "1", "Build"],
  ["## Phase 1-Build", "1", "Build"],
  ["## Phase 1:Build", "1", "Build"],
  ["### Phase: Review", "", "Review"],
  ["### Phase - Review", "", "Review"],
  ["## Phase: 2 reviews", "", "2 reviews"],
  ["## **Phase 1**: Ship", "1", "Ship"],
  ["## **Phase** *1*: `Ship` [it](x.md) now ![there](y.png)", "1", "Ship it now there"],
  ["## [Phase 1](#one): Ship", "1", "Ship"],
  ["## Ph**ase** 1: Ship", "1", "Ship"],
  ["## P&#104;ase 1: Fish &amp; chips", "1", "Fish & chips"],
  ["## Pha<!-- -->se 1: Ship <b>it</b> <!-- id: 7 -->", "1", "Ship it"],
  ["## Phase 1: \\*Stars\\* and under_scores", "1", "*Stars* and under_scores"],
  ["## Phase 1 (infra): Hosts", "1", "Hosts"],
  ["## Phase 1 (a (nested) tag): Hosts", "1", "Hosts"],
  ["## Phase (draft): Hosts", "", "Hosts"],
  ["## Phase 1 (infra)", "1", "Phase 1 (infra)"],
  ["## Phase 1: (infra) Hosts", "1", "(infra) Hosts"],
  ["Phase 1: X\n-----", "1", "X"],
  ["Phase 1: X\n=====", "1", "X"],
  ["Phase 1: X\nand Y\n=====", "1", "X and Y"],
  ["## Phase 1 :  Foo", "1", "Foo"],
  ["## Phase 1", "1", "Phase 1"],
  ["## Phase 1:", "1", "Phase 1"],
  ["## Phase:", "", "Phase 1"],
  ["## Phase 1: Foo ##", "1", "Foo"],
  ["## PHASE ONE: y", "ONE", "y"],
  ["##   phase\u00a01:\u00a0y", "1", "y"],
  ["## Phase 1 Setup", "1", "Setup"],
  ["## Phase 1 (infra) Setup", "1", "Setup"],
  ["## Phase N: Polish", "N", "Polish"],
  ["## Phase IV - Ship", "IV", "Ship"],
  ["## Phase xii: Ship", "xii", "Ship"],
  ["## Phase 2.1: Ship", "2.1", "Ship"],
  ["## Phase 2.1. Ship", "2.1", "Ship"],
  ["## Phase B7: Ship", "B7", "Ship"],
  ["## Phase PROJ-3: Ship", "PROJ-3", "Ship"],
  ["## Phase PROJ-A-3: Ship", "PROJ-A-3", "Ship"],
  ["## Phase v2.0-rc1 - Ship", "v2.0", "rc1 - Ship"],
  ["## Phase 1/2: Ship", "1/2", "Ship"],
  ["## Phase #1: Ship", "#1", "Ship"],
  ["## Phase 3+: Ship", "3+", "Ship"],
  ["## Phase 1️⃣: Ship", "1️⃣", "Ship"],
  ["## Phase ß: Ship", "ß", "Ship"],
  ["   #### Phase 1: Ship", "1", "Ship"],
];

/** Headings that may have been meant as a phase, so that somebody is told. */
const lookAlikes = [
  "## Phase Dependencies",
  "## Phase Review",
  "## Phase",
  "## Phase (draft) Hosts",
  "## Phase MIXED ids",
  `## Phase ${"x".repeat(40)}1: no id is as long`,
  "## Phase Mix: ids",
  "## Phase IIII: no numeral",
  "## Phase 1's goals",
  "## Phase1: Setup",
  "## Phase-1: Setup",
  "##### Phase 1: too deep",
];

const rejected = [
  "## Phases overview",
  "## Phased rollout",
  "## Phase-out plan",
  "## Phase_out plan",
  "## Phase's end",
  "## The Phase 1",
  "## 1. Phase 1: x",
  "## ~~Phase 1: dropped~~",
  "Phase 1: x",
  "> ## Phase 1",
  "- ## Phase 1",
  "1. Text\n\n   ## Phase 1: x",
  "```\n## Phase 1: x\n```",
  "~~~\n## Phase 1: x\n~~~",
  "    ## Phase 1: x",
  "<!--\n\n## Phase 1: x\n\n-->",
  "<div>\n## Phase 1: x\n</div>",
  "\\## Phase 1: x",
  "##Phase 1: x",
  "####### Phase 1: x",
];

describe("a heading", () => {
  for (const [heading, label, title] of accepted) {
    it(`is a phase: ${JSON.stringify(heading)}`, () => {
      const plan = parse(heading + body);
      const phase = onlyPhase(plan);
      assert.deepEqual([phase.label, phase.title, phase.number], [label, title, 1]);
      assert.deepEqual(plan.problems, []);
    });
  }

  for (const heading of lookAlikes) {
    it(`only looks like a phase: ${JSON.stringify(heading)}`, () => {
      const { phases, problems } = parse(`## Phase 0: Real${body}${heading}${body}`);
      assert.deepEqual(
        phases.map(({ title }) => title),
        ["Real"],
      );
      assert.deepEqual(
        problems.map(({ code, severity, startLine }) => [code, severity, startLine]),
        [["looks-like-phase", "information", 3]],
      );
    });
  }

  for (const heading of rejected) {
    it(`is no phase: ${JSON.stringify(heading)}`, () => {
      const { phases, problems } = parse(heading + body);
      assert.deepEqual(phases, []);
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["no-phase"],
      );
    });
  }
});

describe("of several headings with one id", () => {
  /** Titles of the phases in a document of these headings, and the number of look-alikes. */
  const outcome = (...headings: string[]) => {
    const { phases, problems } = parse(headings.map((heading) => heading + body).join("\n"));
    const codes = problems.map(({ code }) => code);
    return {
      titles: phases.map(({ title }) => title),
      lookAlikes: codes.filter((code) => code === "looks-like-phase").length,
      duplicates: codes.filter((code) => code === "duplicate-number").length,
    };
  };

  it("the shallowest is the phase, wherever it stands", () => {
    const expected = { titles: ["A", "B"], lookAlikes: 2, duplicates: 0 };
    assert.deepEqual(
      outcome("## Phase 1: A", "### Phase 2: Details", "#### Phase Two: More", "## Phase 2: B"),
      expected,
    );
  });

  it("two of the shallowest level are both phases, which is an error", () => {
    const expected = { titles: ["A", "B"], lookAlikes: 0, duplicates: 1 };
    assert.deepEqual(outcome("## Phase 1: A", "## Phase 1: B"), expected);
    assert.deepEqual(outcome("## Phase N: A", "## Phase n: B"), expected);
    assert.deepEqual(outcome("## Phase 01: A", "## Phase One: B"), expected);
    const untitled = { titles: ["Phase 1", "A"], lookAlikes: 0, duplicates: 1 };
    assert.deepEqual(outcome("## Phase 1", "## Phase 1: A"), untitled);
  });

  it("one without a separator is none, if the id is taken", () => {
    const expected = { titles: ["A"], lookAlikes: 1, duplicates: 0 };
    assert.deepEqual(outcome("## Phase 1: A", "### Phase 1 Complete When:"), expected);
    assert.deepEqual(outcome("## Phase 1: A", "## Phase 1 Complete When:"), expected);
    assert.deepEqual(outcome("## Phase 1 A", "## Phase 1 Complete When:"), expected);
    assert.deepEqual(outcome("## Phase 1 A", "### Phase 1 Complete When:"), expected);
    assert.deepEqual(outcome("# Phase 1 of the great plan", "## Phase 1: A"), expected);
  });

  it("headings without an id are all phases", () => {
    const expected = { titles: ["A", "A"], lookAlikes: 0, duplicates: 0 };
    assert.deepEqual(outcome("## Phase: A", "## Phase: A"), expected);
    assert.deepEqual(outcome("## Phase: A", "### Phase: A"), expected);
  });
});
