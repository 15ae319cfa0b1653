import assert from "node:assert/strict";
import { parsePlan } from "../../../src/core/plan/parsePlan";
import { builtInRunners } from "../../../src/core/runner/presets";
import { type PreviewFacts, previewItems } from "../../../src/vscode/enqueue/previewItems";

function preview(text: string, others: Partial<PreviewFacts> = {}) {
  const runner = others.runner ?? "shell";
  const plan = parsePlan(text, { runners: builtInRunners, defaultRunner: runner });
  return previewItems({
    plan,
    runners: builtInRunners,
    runner,
    unsaved: false,
    trusted: true,
    ...others,
  });
}

const good = [
  "# Release",
  "## Phase 1: Build",
  "```sh",
  "npm ci",
  "npm test",
  "```",
  "## Phase 2: Look",
  "Runner: manual",
  "",
  "Look at the result with care.",
].join("\n");

describe("the preview of a plan", () => {
  it("offers the enqueue first, then the runner, then the phases in their order", () => {
    const items = preview(good);
    assert.deepEqual(
      items.map(({ label }) => label),
      [
        "$(run-all) Enqueue 2 Phases",
        "$(server-process) Runner: shell",
        "2 Phases",
        "1: Build",
        "2: Look",
      ],
    );
    assert.deepEqual(items[0]?.action, { kind: "enqueue" });
  });

  it("shows what each phase runs, what it waits for, and a runner of its own", () => {
    const [build, look] = preview(good).slice(3);
    assert.equal(build?.detail, "npm ci ⏎ npm test");
    assert.equal(build.description, "");
    assert.equal(look?.description, "after Phase 1 · manual");
    assert.match(look.detail ?? "", /Look at the result/);
  });

  it("shows the very command of a runner that is one", () => {
    const runner = preview(good, { runner: "claude" })[1];
    assert.match(runner?.detail ?? "", /claude -p --output-format stream-json/);
  });

  it("cannot enqueue a plan with errors, and leads to their lines", () => {
    const items = preview("## Phase 1: A\n\nNothing to run.\n\n## Phase 3: B\n\nNothing either.\n");
    assert.ok(items.every(({ action }) => action.kind !== "enqueue"));
    assert.match(items[0]?.label ?? "", /Not enqueued: the plan has \d errors/);
    const problems = items.filter(({ description }) => description?.startsWith("line "));
    assert.ok(problems.length >= 2);
    assert.ok(problems.every(({ action }) => action.kind === "goTo"));
  });

  it("of a text without phases says what is missing", () => {
    const items = preview("# Notes\n\nNothing here.\n");
    assert.match(items[0]?.label ?? "", /Not enqueued/);
    assert.ok(items.some(({ label }) => label.startsWith("$(error) ")));
  });

  it("enqueues nothing in an untrusted workspace, and says why", () => {
    const [first] = preview(good, { trusted: false });
    assert.match(first?.label ?? "", /not trusted/);
    assert.deepEqual(first?.action, { kind: "trust" });
  });

  it("says that changes which are not saved are enqueued", () => {
    assert.match(preview(good, { unsaved: true })[0]?.detail ?? "", /not saved/);
  });
});
