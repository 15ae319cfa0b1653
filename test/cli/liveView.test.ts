import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { type CliOnTerminal, planText, until, useWorkspace } from "../support/workspace";

describe("the live view", () => {
  const workspace = useWorkspace();

  const wide = planText(
    "A release with a title in 日本語 that is far too long for one line of it",
    [
      { title: "Build 日本語のタイトル", sh: "echo one; echo two" },
      {
        title:
          "Publish a title that certainly does not fit into forty columns, nor into eighty of them",
        sh: `printf 'working \\r 50 %% of 日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語\\n'; touch up; ${until("go")}`,
      },
      { title: "Check", sh: "echo it is broken; exit 3" },
      { title: "Ship", sh: "true" },
    ],
  );

  for (const columns of [120, 80, 40]) {
    it(`shows each phase in one line of ${columns} columns, and the end in full`, async () => {
      workspace().write("plan.md", wide);
      const cli = workspace().onTerminal(["run", "plan.md", "--yes"], { columns });
      await cli.shows("Phase 2 running");
      await cli.shows("│  50 % of 日本語");
      assertShows(cli, [/✓ 1 {2}Build 日本語/, /⠋|⠙|⠹|⠸|⠼|⠴|⠦|⠧|⠇|⠏/, /○ 3 {2}Check +queued/]);
      assert.equal(cli.screen.wraps, 0, cli.screen.text);
      workspace().write("go", "");
      assert.equal(await cli.ended, 1);
      assertShows(cli, [
        /✓ 1 {2}Build .* completed/,
        /✗ 3 {2}Check +failed/,
        /⊘ 4 {2}Ship +blocked/,
        /│ it is broken/,
        /2 completed, 1 failed, 1 blocked/,
        /phase-hopper retry 1\.3 &&/,
      ]);
      assert.doesNotMatch(cli.screen.text, /queued|running/);
    });
  }

  it("shows a window of a long plan around what runs", async () => {
    const phases = Array.from({ length: 300 }, (_, index) => ({
      sh: index === 149 ? `touch up; ${until("go")}` : "true",
      lines: index === 149 || index === 0 ? ["Depends on: none"] : [],
    }));
    phases[0] = { sh: "false", lines: [] };
    workspace().write("plan.md", planText("Long", phases));
    const cli = workspace().onTerminal(["run", "plan.md", "--yes"], { rows: 20 });
    await workspace().wrote("up");
    await cli.shows("Phase 150 running");
    assertShows(cli, [
      /↑ \d+ more: .*blocked/,
      /150 {2}Step 150 +running/,
      /↓ \d+ more: \d+ queued/,
    ]);
    assert.ok(cli.screen.lines.length <= 22, cli.screen.text);
    workspace().write("go", "");
    assert.equal(await cli.ended, 1);
    assertShows(cli, [/300 phases|phases: phase-hopper list 1/, /✗ Phase 1 Step 1 failed/]);
  });

  it("survives being resized, to hardly anything too", async () => {
    workspace().write("plan.md", planText("Resized", [{ sh: `touch up; ${until("go")}` }]));
    const cli = workspace().onTerminal(["run", "plan.md", "--yes"]);
    await cli.shows("Phase 1 running");
    for (const [columns, rows] of [
      [30, 10],
      [5, 2],
      [200, 60],
      [80, 30],
    ] as const) {
      const before = cli.bytes().length;
      cli.resize(columns, rows);
      // It draws on, whatever the size.
      await new Promise<void>((resolve) => {
        const look = setInterval(() => {
          if (cli.bytes().length > before) {
            clearInterval(look);
            resolve();
          }
        }, 10);
      });
    }
    workspace().write("go", "");
    assert.equal(await cli.ended, 0);
  });

  it("gives the terminal back as it was: cursor shown, no raw mode, nothing left", async () => {
    workspace().write("plan.md", planText("Clean", [{ sh: "true" }]));
    const cli = workspace().onTerminal(["run", "plan.md", "--yes"]);
    assert.equal(await cli.ended, 0);
    const bytes = cli.bytes();
    assert.ok(bytes.lastIndexOf("\u{1b}[?25h") > bytes.lastIndexOf("\u{1b}[?25l"));
    assert.doesNotMatch(cli.screen.text, /Ctrl-C/);
  });

  it("is not drawn where a terminal cannot, or nobody looks on", async () => {
    workspace().write("plan.md", planText("Plain", [{ sh: "true" }]));
    for (const environment of [{ TERM: "dumb" }, { CI: "true" }]) {
      const cli = workspace().onTerminal(["run", "plan.md", "--yes"], { environment });
      assert.equal(await cli.ended, 0);
      assertShows(cli, [/Phase 1 Step 1: started\nPhase 1 Step 1: completed in/]);
    }
  });

  it("shows the blocks and asks before it runs them; no runs nothing", async () => {
    workspace().write("plan.md", planText("Asked", [{ title: "Danger", sh: "touch ran" }]));
    const no = workspace().onTerminal(["run", "plan.md"]);
    await no.shows("Run these blocks with the shell?");
    assertShows(no, [/Phase 1 Danger {2}sh \(line 5\)\n {4}touch ran/]);
    no.press("what\r");
    no.press("n\r");
    assert.equal(await no.ended, 130);
    assert.deepEqual(await workspace().phases(), []);

    const runner = workspace().onTerminal(["enqueue", "plan.md"]);
    await runner.shows("Run these blocks");
    runner.press("r\r");
    await runner.shows("manual");
    await runner.shows("Runner (nothing to leave):");
    runner.press("nobody\rmanual\r");
    assert.equal(await runner.ended, 0);
    const { stdout } = await workspace().expect(0, ["show", "1.1"]);
    assert.match(stdout, /^runner +manual$/m);
  });

  it("lets a plan of an agent choose its runner where no block could be run", async () => {
    workspace().write("plan.md", planText("Agent", [{ lines: ["Write the documents."] }]));
    const config = { runners: { echo: { kind: "command", argv: ["cat"], prompt: "stdin" } } };
    writeFileSync(workspace().file("runners.json"), JSON.stringify(config));
    const cli = workspace().onTerminal(["run", "plan.md", "--config", "runners.json"]);
    await cli.shows("choose a runner");
    cli.press("echo\r");
    assert.equal(await cli.ended, 0);
  });
});

function assertShows(cli: CliOnTerminal, patterns: readonly RegExp[]): void {
  for (const pattern of patterns) {
    assert.match(cli.screen.text, pattern);
  }
}
