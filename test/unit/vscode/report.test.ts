import assert from "node:assert/strict";
import MarkdownIt from "markdown-it";
import { planReport } from "../../../src/vscode/report";
import { outlineOf, plan, stored } from "./editor/planFixture";

const [first, second] = outlineOf(
  "## Phase 1: Build\n\nBuild it now.\n\n## Phase 2: Test\n\nTest it now.\n",
).phases;
assert.ok(first && second);

function report(title: string, error: string): string {
  assert.ok(first && second);
  const failed = stored(second, { status: "failed", error_message: error, attempts: 2 });
  return planReport({
    plan: { ...plan, title },
    phases: [stored(first, { status: "completed", attempts: 1 }), failed],
    failures: new Map(),
    waiting: "Phase 2 failed",
    now: "2026-03-01T10:00:00.000Z",
  });
}

describe("a plan's status as Markdown", () => {
  it("is a heading, a table of the phases, and the errors", () => {
    const text = report("Release", "step 1 exited with code 3");
    assert.match(text, /^## Release\n\n1 of 2 phases completed · Phase 2 failed · 2026-/);
    assert.match(text, /\| 1 \| Build \| ✅ completed \|/);
    assert.match(text, /\| 2 \| Test \| ❌ failed \|.*\| 2 \| step 1 exited with code 3 \|/);
    assert.match(text, /### Phase 2: Test\n\n```text\nstep 1 exited with code 3\n```\n/);
  });

  it("cannot be broken by what is in it, and calls nobody", () => {
    const text = report("A | <b> [x](y) @team #12", "````\n| <img src=x> | ```");
    const html = new MarkdownIt({ html: true }).render(text);
    assert.doesNotMatch(html, /<b>|<img|<a /);
    assert.doesNotMatch(text, /@team|#12/);
    assert.equal(html.match(/<tr>/g)?.length, 3);
  });
});
