import assert from "node:assert/strict";
import { codesAndLines, parse } from "./planFixture";

/** Title, first and last line of each phase. */
function extents(text: string): [string, number, number][] {
  return parse(text).phases.map(({ title, startLine, endLine }) => [title, startLine, endLine]);
}

describe("a phase", () => {
  it("runs to the next phase, at whatever level", () => {
    assert.deepEqual(extents("# Phase 1: A\nx\n\n### Phase 2: B\ny\n## Phase 3: C\n"), [
      ["A", 0, 2],
      ["B", 3, 4],
      ["C", 5, 5],
    ]);
  });

  it("runs to the next heading of its own or a shallower level", () => {
    assert.deepEqual(extents("## Phase 1: A\nx\n## Other\n### Phase 2: B\n#### Sub\n# Top\nz\n"), [
      ["A", 0, 1],
      ["B", 3, 4],
    ]);
  });

  it("does not end at headings in lists, quotes, code or comments", () => {
    const body = "> # Quoted\n\n- # Listed\n\n```\n# Code\n```\n\n<!--\n# Comment\n-->\n\nx\n";
    assert.deepEqual(extents(`## Phase 1: A\n${body}`), [["A", 0, 13]]);
  });

  it("has a content that is trimmed and holds everything below the heading", () => {
    const text = "Phase 1: A\n---\n\n\n  Text  \n\n### Sub\n\n- item\n\n---\n\n\n## Phase 2: B\n";
    const { phases } = parse(text);
    assert.deepEqual(
      phases.map(({ content, instructions }) => [content, instructions]),
      [
        ["Text  \n\n### Sub\n\n- item\n\n---", "Text  \n\n### Sub\n\n- item\n\n---"],
        ["", ""],
      ],
    );
  });

  it("says little with fewer than ten characters", () => {
    const problems = (content: string) =>
      codesAndLines(parse(`## Phase 1: A\n${content}`).problems);
    assert.deepEqual(problems("123456789"), ["little-content 0"]);
    assert.deepEqual(problems("1234567890"), []);
    assert.deepEqual(problems("😀😀😀😀😀"), ["little-content 0"]);
  });
});

describe("the text outside all phases", () => {
  it("is the context, front matter aside", () => {
    const text =
      "---\nkey: value\n---\n# Plan\n\nIntro\n\n## Phase 1: A\nx\n## Between\ny\n## Phase 2: B\nz\n# After\n\nend\n\n";
    assert.equal(parse(text).context, "# Plan\n\nIntro\n\n## Between\ny\n\n# After\n\nend");
  });

  it("is empty where phases are all there is", () => {
    assert.equal(parse("\n\n## Phase 1: A\nx\n").context, "");
  });

  it("is a problem only between two phases, once for all its headings", () => {
    const text =
      "# Plan\n## Intro\n## Phase 1: A\n\nEnough to do.\n\n## X\n\n### Y\n\n## Z\n\n## Phase 2: B\n\nEnough to do.\n## Notes\n";
    const { problems } = parse(text);
    assert.deepEqual(
      problems.map(({ code, startLine, endLine }) => [code, startLine, endLine]),
      [["section-between-phases", 6, 11]],
    );
  });
});

describe("the title of a plan", () => {
  const title = (text: string, fileName?: string) =>
    parse(text, fileName === undefined ? {} : { fileName }).title;

  it("is its first level-1 heading that is no phase, as plain text", () => {
    assert.equal(
      title("# Phase 1: A\n\n## Sub\n\n# The *great* [plan](x.md)\n\n# Other\n"),
      "The great plan",
    );
    assert.equal(title("Plan\n====\n"), "Plan");
    assert.equal(title("#\n\n# Plan\n"), "Plan");
    assert.equal(title("# Phase Dependencies\n\n## Phase 1: A\n"), "Phase Dependencies");
  });

  it("is else the file's name, without folders and extension", () => {
    const text = "> # Quoted\n\n## Phase 1: A\n";
    assert.equal(title(text, "docs/plans/my.great-plan.md"), "my.great-plan");
    assert.equal(title(text, "C:\\plans\\plan.markdown"), "plan");
    assert.equal(title(text, "PLAN"), "PLAN");
    assert.equal(title(text, ".md"), ".md");
    assert.equal(title(text), "Plan");
  });
});
