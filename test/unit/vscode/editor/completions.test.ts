import assert from "node:assert/strict";
import { type Completion, completions } from "../../../../src/vscode/editor/completions";
import { outlineOf, runners } from "./planFixture";

/** Completions at the bar in the text. */
function at(text: string): readonly Completion[] {
  const [before = ""] = text.split("|");
  const lines = text.replace("|", "").split("\n");
  const line = before.split("\n").length - 1;
  const column = before.length - before.lastIndexOf("\n") - 1;
  return completions({
    ...{ lines, line, column, runners },
    phases: outlineOf(text.replace("|", "")).phases,
  });
}
const labels = (text: string): string[] => at(text).map(({ label }) => label);

const others = "## Phase 1: Build\n\nText text.\n\n## Phase 2: Test\n\nText text.\n\n";

describe("completions in a plan", () => {
  it("are the properties that a phase does not have yet", () => {
    assert.deepEqual(labels(`${others}## Phase 3: X\n|`), [
      "Depends on",
      "Runner",
      "Timeout",
      "Retries",
      "Checkpoint",
    ]);
    assert.deepEqual(labels(`${others}## Phase 3: X\nTimeout: 5m\n\n- |`), [
      "Depends on",
      "Runner",
      "Retries",
      "Checkpoint",
    ]);
    assert.deepEqual(labels(`${others}## Phase 3: X\nre|`), ["Retries"]);
    assert.equal(at(`## Phase 1: X\n- Ru|`)[0]?.from, 2);
    assert.equal(
      at(`## Phase 1: X\nRu|`).find(({ label }) => label === "Runner")?.insert,
      "Runner: ",
    );
  });

  it("are the plan's other phases behind Depends on, each once", () => {
    assert.deepEqual(labels(`${others}## Phase 3: X\nDepends on: |`), [
      "Phase 1",
      "Phase 2",
      "none",
    ]);
    const second = at(`${others}## Phase 3: X\nDepends on: Phase 1, |`);
    assert.deepEqual(
      second.map(({ label }) => label),
      ["Phase 2"],
    );
    assert.equal(second[0]?.from, "Depends on: Phase 1, ".length);
    assert.deepEqual(labels(`${others}## Phase 3: X\nDepends on: Phase 2 and |`), ["Phase 1"]);
    assert.equal(at(`${others}## Phase 3: X\nDepends on: |`)[0]?.detail, "Build");
  });

  it("are the configured runners, and values for the others", () => {
    assert.deepEqual(labels("## Phase 1: X\n**Runner**: |"), ["shell", "manual", "claude"]);
    assert.ok(labels("## Phase 1: X\nTimeout: |").includes("30m"));
    assert.ok(labels("## Phase 1: X\nRetries: |").includes("2"));
    assert.deepEqual(labels("## Phase 1: X\nCheckpoint: |"), []);
  });

  it("are none in prose, in other sections and behind the properties", () => {
    assert.deepEqual(labels("# Title\n\n|"), []);
    assert.deepEqual(labels("## Notes\n|"), []);
    assert.deepEqual(labels("## Phase 1: X\n\nSome text.\n|"), []);
    assert.deepEqual(labels("## Phase 1: X\n\nSome text|"), []);
    assert.deepEqual(labels("## Phase 1: X\nfrom here: |"), []);
    assert.deepEqual(labels("```sh\necho\n|\n```"), []);
  });
});
