import assert from "node:assert/strict";
import {
  changesOf,
  type PlanMarks,
  planMarks,
  storedText,
} from "../../../../src/vscode/editor/planMarks";
import { changesInWords } from "../../../../src/vscode/editor/phaseLenses";
import { mayBePlan } from "../../../../src/vscode/editor/planText";
import { outlineOf, plan, stored } from "./planFixture";

const before = `# Plan

Some context.

## Phase 1: A

Do this first of all.

## Phase 2: B
Timeout: 5m

Do that afterwards.

## Phase 3: C

Do the last thing.
`;

/** What is shown when the text before is enqueued and the file now says `text`. */
function marksOf(text: string, completed: readonly number[] = []): PlanMarks {
  const phases = outlineOf(before).phases.map((phase) =>
    stored(phase, completed.includes(phase.number) ? { status: "completed" } : {}),
  );
  const { context } = outlineOf(before);
  return planMarks(outlineOf(text), { plan: { ...plan, source_sha256: before }, context, phases });
}

describe("a plan's file beside the queue", () => {
  it("differs in nothing right after it was enqueued", () => {
    const marks = marksOf(before);
    assert.deepEqual(changesOf(marks), {
      differing: [],
      moved: [],
      added: [],
      removed: [],
      renumbered: [],
      frame: { title: false, context: false },
    });
    assert.equal(changesInWords(marks), "");
    assert.deepEqual(
      marks.marks.map(({ written, phase }) => [written.startLine, phase?.phase_number]),
      [
        [4, 1],
        [8, 2],
        [13, 3],
      ],
    );
    assert.equal(storedText(before, marks), before);
  });

  it("says which unstarted phases have another text, and is silent about finished ones", () => {
    const text = before
      .replace("Do that", "Do something else")
      .replace("Do this", "Do not do this");
    const { differing } = changesOf(marksOf(text, [1]));
    assert.deepEqual(
      differing.map(({ written }) => written.number),
      [2],
    );
  });

  it("says what is new and what is gone, also when everything is renumbered", () => {
    const text = before
      .replace("## Phase 3: C", "## Phase 4: C")
      .replace("## Phase 2: B", "## Phase 2: New\n\nA new thing to be done.\n\n## Phase 3: B");
    const more = changesOf(marksOf(text));
    assert.deepEqual(
      [more.differing.length, more.added.map(({ written }) => written.title), more.removed.length],
      [0, ["New"], 0],
    );
    const less = changesOf(marksOf(before.replace(/## Phase 2[^]*(?=## Phase 3)/, "")));
    assert.deepEqual(
      less.removed.map(({ phase_data }) => phase_data.title),
      ["B"],
    );
  });

  it("shows the file as it is stored, so that a comparison has only what differs", () => {
    const text = before
      .replace("Do that afterwards.", "Do something else.\nAnd more.")
      .replace("## Phase 3: C", "## Phase 3: New\n\nSomething quite new.\n\n## Phase 4: C")
      .replace("Some context", "Other context");
    assert.equal(storedText(text, marksOf(text)), before);
  });

  it("differs in its context and its title, which are shown as they are stored", () => {
    const text = before.replace("# Plan\n\nSome", "# Plans\n\nOther\n\nand more");
    const marks = marksOf(`---\nkey: value\n---\n\n${text}\n# Appendix\n\nMore.\n`);
    assert.equal(changesInWords(marks), "the title differs, the context differs");
    assert.equal(
      storedText(`---\nkey: value\n---\n\n${text}\n# Appendix\n\nMore.\n`, marks),
      `---\nkey: value\n---\n\n${before}\n\n`,
    );
  });

  it("differs in the order of its phases, which are shown under their stored numbers", () => {
    const text = before
      .replace("## Phase 1: A\n\nDo this first of all.\n", "@")
      .replace(
        "## Phase 2: B\nTimeout: 5m\n\nDo that afterwards.\n",
        "## Phase 2: A\n\nDo this first of all.\n",
      )
      .replace("@", "## Phase 1: B\nTimeout: 5m\n\nDo that afterwards.\n");
    const marks = marksOf(text);
    assert.deepEqual(
      changesOf(marks).moved.map(({ written }) => written.title),
      ["B", "A", "C"],
    );
    assert.equal(changesInWords(marks), "3 phases differ");
    const shown = storedText(text, marks);
    assert.deepEqual(
      shown.split("\n").filter((line) => line.startsWith("## ")),
      ["## Phase 2: B", "## Phase 1: A", "## Phase 3: C"],
    );
    const finished = changesOf(marksOf(text, [1, 2, 3]));
    assert.deepEqual([finished.moved.length, finished.renumbered.length], [0, 2]);
  });

  it("shows stored titles, and phases that are gone at the end", () => {
    const text = before.replace("Phase 2: B", "Phase 2: Bee").replace(/## Phase 3[^]*/, "");
    const shown = storedText(text, marksOf(text));
    assert.match(shown, /## Phase 2: B\nTimeout: 5m\n\nDo that afterwards\.\n/);
    assert.match(shown, /## Phase 3: C\n\nDo the last thing\.\n$/);
  });

  it("keeps the file's line ends, and headings that are underlined", () => {
    const text = before
      .replace("## Phase 2: B\n", "Phase 2: B\n----------\n")
      .replace("Do that", "Do it")
      .replaceAll("\n", "\r\n");
    const shown = storedText(text, marksOf(text));
    assert.match(shown, /Phase 2: B\r\n----------\r\nTimeout: 5m\r\n\r\nDo that afterwards\.\r\n/);
  });

  it("speaks of the plan at its title, else at its first phase", () => {
    assert.equal(planMarks(outlineOf(before), undefined).titleLine, 0);
    const untitled = "Text.\n\n## Phase 1: A\n\nDo it.\n";
    assert.equal(planMarks(outlineOf(untitled), undefined).titleLine, 2);
  });
});

describe("a Markdown text", () => {
  for (const text of [
    "## Phase 1: A",
    "text\n\n   # phase two - b",
    "## **Phase 3**: Ship",
    "Phase 5: X\n----------",
    "\r\n#### Phase: Review\r\n",
    "## **P**hase 1: A",
    '## <a id="one"></a> Phase 1: A',
    "## ![](icon.png) Phase 1: A",
    "## <!-- first --> Phase 1: A",
    "## &nbsp;Phase 1: A",
    "## \u00a0Phase 1: A",
    "<b>Phase 1</b>: A\n=====",
  ]) {
    it(`may be a plan, and is one: ${JSON.stringify(text)}`, () => {
      assert.ok(mayBePlan(text));
      assert.equal(outlineOf(text).phases.length, 1);
    });
  }
  for (const text of [
    "# A readme",
    "We go on in phases.",
    "> ## Phase 1: quoted",
    "##### x",
    "",
    "## A & <b>B</b> phase",
  ]) {
    it(`is not worth a look: ${JSON.stringify(text)}`, () => assert.ok(!mayBePlan(text)));
  }

  it("is looked at in a time that grows with its length", () => {
    // What backtracks on such a line does not come back.
    const line = `${"![![](x)<<a>[&amp;".repeat(5_000)}\n`;
    assert.ok(!mayBePlan(line.repeat(3)));
  });
});
