import assert from "node:assert/strict";
import { parse } from "./planFixture";

/** Parses headings with a body each. */
function plan(...headings: string[]) {
  return parse(headings.map((heading) => `## ${heading}\n\nDo what it says.\n\n`).join(""));
}

function numbers(...headings: string[]): [string, number][] {
  return plan(...headings).phases.map(({ label, number }) => [label, number]);
}

function codes(...headings: string[]): string[] {
  return plan(...headings).problems.map(({ code }) => code);
}

describe("the number of a phase", () => {
  it("is the one written, in digits or as a word", () => {
    assert.deepEqual(numbers("Phase 1: A", "Phase Two: B", "Phase 03: C"), [
      ["1", 1],
      ["Two", 2],
      ["03", 3],
    ]);
  });

  it("is known as a word from one to twenty", () => {
    const words =
      "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen " +
      "sixteen seventeen eighteen nineteen twenty";
    const found = numbers(...words.split(" ").map((word) => `Phase ${word}: X`));
    assert.deepEqual(
      found.map(([, number]) => number),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it("is the position where no id is written", () => {
    assert.deepEqual(numbers("Phase 1: A", "Phase: B", "Phase 3: C"), [
      ["1", 1],
      ["", 2],
      ["3", 3],
    ]);
  });

  for (const id of ["2.1", "B7", "PROJ-3", "N", "IV", "99999999999999999999"]) {
    it(`is the position of every phase if an id is ${id}`, () => {
      assert.deepEqual(numbers("Phase 5: A", `Phase ${id}: B`, "Phase 1: C"), [
        ["5", 1],
        [id, 2],
        ["1", 3],
      ]);
      assert.deepEqual(codes("Phase 5: A", `Phase ${id}: B`, "Phase 1: C"), []);
    });
  }

  it("counts from 0 in a plan that begins with Phase 0", () => {
    assert.deepEqual(numbers("Phase 0: A", "Phase: B", "Phase 2: C"), [
      ["0", 0],
      ["", 1],
      ["2", 2],
    ]);
    assert.deepEqual(numbers("Phase 0: A", "Phase N: B"), [
      ["0", 0],
      ["N", 1],
    ]);
    assert.deepEqual(codes("Phase 0: A", "Phase 1: B"), []);
  });

  it("orders the phases, whatever the order of the document", () => {
    assert.deepEqual(numbers("Phase 2: B", "Phase 3: C", "Phase 1: A"), [
      ["1", 1],
      ["2", 2],
      ["3", 3],
    ]);
  });

  it("may not be out of order without a warning for each phase that is", () => {
    assert.deepEqual(codes("Phase 3: C", "Phase 1: A", "Phase 2: B"), [
      "out-of-order",
      "out-of-order",
    ]);
  });

  it("may not be missing or taken, also where it is a position", () => {
    assert.deepEqual(codes("Phase 1: A", "Phase 3: C"), ["missing-phase"]);
    assert.deepEqual(codes("Phase 0: A", "Phase 2: C"), ["missing-phase"]);
    assert.deepEqual(codes("Phase 3: C", "Phase 4: D"), ["missing-phase"]);
    assert.deepEqual(codes("Phase 2: A", "Phase: B"), ["missing-phase", "duplicate-number"]);
  });
});
