import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { answer, checkAnswer, errorAnswer } from "../support/answers";
import { planText, useWorkspace } from "../support/workspace";

describe("phase-hopper check", () => {
  const workspace = useWorkspace();

  it("shows the phases with what they depend on and run, and makes no queue", async () => {
    workspace().write(
      "plan.md",
      planText("Checked", [
        { title: "Setup", sh: "true" },
        { title: "Build", lines: ["Runner: claude", "Timeout: 10m"], verify: "true" },
      ]),
    );
    const { stdout } = await workspace().expect(0, ["check", "plan.md"]);
    assert.deepEqual(stdout.split("\n"), [
      "Checked",
      "  1  Setup  first · sh (line 5)",
      "  2  Build  after 1 · runner claude · verify sh (line 14) · time-out 10m",
      "2 phases, no problems.",
      "",
    ]);
    assert.equal(existsSync(workspace().hopperFile("")), false);
  });

  it("prints problems as a compiler does, and exits with 2 for an error", async () => {
    workspace().write("plan.md", "# P\n\n## Phase 1: A\nDepends on: 1\n\n## Phase Review\n");
    const { stdout } = await workspace().expect(2, ["check", "plan.md"]);
    assert.match(stdout, /^plan\.md:4: error: .+ \[self-dependency\]$/m);
    assert.match(stdout, /^plan\.md:6: note: .+ \[looks-like-phase\]$/m);
    assert.match(stdout, /^1 phase, 1 error, .*1 note\.$/m);
  });

  it("has one JSON shape for good and for bad plans", async () => {
    workspace().write("good.md", planText("Good", [{ lines: ["Retries: 2", "", "See a.md."] }]));
    const { stdout: json } = await workspace().expect(0, ["check", "good.md", "--json"]);
    const good = answer(checkAnswer, json);
    assert.deepEqual(good.phases, [
      {
        number: 1,
        label: "1",
        title: "Step 1",
        content: "Retries: 2\n\nSee a.md.",
        externalDocs: ["a.md"],
        dependsOn: [],
        retries: 2,
        startLine: 2,
        endLine: 6,
      },
    ]);
    workspace().write("bad.md", "# Nothing here\n");
    const { stdout, stderr } = await workspace().expect(2, ["check", "bad.md", "--json"]);
    const bad = answer(checkAnswer, stdout);
    assert.deepEqual(bad.phases, []);
    assert.equal(bad.problems[0]?.code, "no-phase");
    assert.equal(stderr, "");
  });

  it("checks with the runner that --runner names", async () => {
    workspace().write("plan.md", planText("No blocks", [{ lines: ["Write the documents."] }]));
    await workspace().expect(0, ["check", "plan.md"]);
    await workspace().expect(0, ["check", "plan.md", "--runner", "claude"]);
    const { stdout } = await workspace().expect(2, ["check", "plan.md", "--runner", "shell"]);
    assert.match(stdout, /\[no-block\]/);
  });

  it("has that JSON shape for a file that holds no text, too", async () => {
    const files: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
      ["latin1.md", new Uint8Array([0x23, 0x20, 0xe4, 0x0a]), /not UTF-8/],
      ["nul.md", "# A\0\n", /NUL bytes/],
      ["utf16.md", new Uint8Array([0xff, 0xfe, 0x23, 0x00]), /UTF-16/],
      ["large.md", "x\n".repeat(1024 * 1024 + 1), /2 MB/],
    ];
    for (const [name, content, message] of files) {
      writeFileSync(workspace().file(name), content);
      const { stdout, stderr } = await workspace().expect(2, ["check", name, "--json"]);
      const checked = answer(checkAnswer, stdout);
      assert.deepEqual([checked.phases, stderr], [[], ""]);
      assert.match(checked.problems[0]?.message ?? "", message);
      assert.equal((await workspace().call(["check", name])).code, 2);
    }
    mkdirSync(workspace().file("folder.md"));
    const folder = await workspace().expect(2, ["check", "folder.md", "--json"]);
    assert.equal(answer(checkAnswer, folder.stdout).problems[0]?.code, "not-readable");
    const missing = await workspace().expect(2, ["check", "missing.md", "--json"]);
    assert.equal(answer(errorAnswer, missing.stdout).error.kind, "notFound");
  });

  it("says time-outs as they are written", async () => {
    const phases = ["20m", "90s", "1h 30m", "48h"].map((time) => ({
      lines: [`Timeout: ${time}`],
      sh: "true",
    }));
    workspace().write("plan.md", planText("Times", phases));
    const { stdout } = await workspace().expect(0, ["check", "plan.md"]);
    assert.deepEqual(
      [...stdout.matchAll(/time-out (.*)$/gm)].map(([, time]) => time),
      ["20m", "1m 30s", "1h 30m", "48h"],
    );
  });
});
