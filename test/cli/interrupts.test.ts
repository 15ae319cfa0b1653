import assert from "node:assert/strict";
import { eventually } from "../support/eventually";
import { planText, until, useWorkspace } from "../support/workspace";

describe("interrupting a run", () => {
  const workspace = useWorkspace();

  const waiting = planText("Waiting", [
    { title: "Wait", sh: `echo 1 >> ledger; touch up; ${until("go")}` },
    { sh: "echo 2 >> ledger" },
  ]);

  async function endPhase(): Promise<void> {
    workspace().write("go", "");
    await workspace().expect(0, ["run", "plan.md"]);
    assert.equal(workspace().read("ledger"), "1\n2\n");
    assert.equal((await workspace().phases())[0]?.attempts, 1);
  }

  it("SIGINT once leaves the phase running, says how to come back, exits with 130", async () => {
    workspace().write("plan.md", waiting);
    const { child, ended } = workspace().start(["run", "plan.md", "--yes"]);
    await workspace().wrote("up");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 130);
    assert.match(stderr, /Nothing more is started\. Phase 1 goes on in the background/);
    assert.match(stdout, /^ {2}phase-hopper run plan\.md {2}comes back to it$/m);
    assert.deepEqual(await workspace().statuses(), ["running", "queued"]);
    await endPhase();
  });

  it("Ctrl-C once on a terminal does the same", async () => {
    workspace().write("plan.md", waiting);
    const cli = workspace().onTerminal(["run", "plan.md", "--yes"]);
    await cli.shows("Phase 1 running");
    await workspace().wrote("up");
    cli.press("\u{3}");
    await cli.shows("Phase 1 goes on in the background");
    assert.equal(await cli.ended, 130);
    assert.match(cli.screen.text, /phase-hopper run plan\.md {2}comes back to it/);
    await endPhase();
  });

  it("a phase that ends after Ctrl-C is not run again, and the plan counts as gone on", async () => {
    workspace().write(
      "plan.md",
      planText("One", [{ sh: `touch up; ${until("go")}; echo 1 >> ledger` }]),
    );
    const { child, ended } = workspace().start(["run", "plan.md", "--yes"]);
    await workspace().wrote("up");
    child.kill("SIGTERM");
    await ended;
    workspace().write("go", "");
    await workspace().wrote("ledger");
    await workspace().expect(0, ["run", "plan.md"]);
    assert.equal(workspace().read("ledger"), "1\n");
    assert.equal((await workspace().phases()).length, 1);
  });

  it("Ctrl-C twice cancels what runs and leaves no process", async () => {
    workspace().write("plan.md", planText("Waiting", [{ sh: "touch up; sleep 600" }]));
    const cli = workspace().onTerminal(["run", "plan.md", "--yes"]);
    await workspace().wrote("up");
    await cli.shows("Phase 1 running");
    cli.press("\u{3}");
    await cli.shows("Ctrl-C again within a moment cancels it");
    cli.press("\u{3}");
    assert.equal(await cli.ended, 130);
    assert.deepEqual(workspace().processes(), []);
    assert.equal((await workspace().phases())[0]?.reason, "cancelled");
  });

  it("SIGINT twice does the same without a terminal", async () => {
    workspace().write("plan.md", planText("Waiting", [{ sh: "touch up; sleep 600" }]));
    const { child, errors, ended } = workspace().start(["run", "plan.md", "--yes"]);
    await workspace().wrote("up");
    child.kill("SIGINT");
    await eventually("it has heard", () => errors().includes("Ctrl-C again"));
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    assert.equal(code, 130);
    assert.match(stdout, /Phase 1 Step 1: failed after .*: cancelled by you/);
    assert.deepEqual(workspace().processes(), []);
  });

  it("Ctrl-C while nothing runs ends at once", async () => {
    workspace().write("plan.md", planText("Manual", [{ lines: ["Runner: manual"] }]));
    const cli = workspace().onTerminal(["run", "plan.md"]);
    await cli.shows("waiting for a person");
    cli.press("\u{3}");
    assert.equal(await cli.ended, 130);
    assert.doesNotMatch(cli.screen.text, /in the background/);
  });

  it("Ctrl-C at a question ends it without enqueuing anything", async () => {
    workspace().write("plan.md", planText("Asked", [{ sh: "touch never" }]));
    const cli = workspace().onTerminal(["run", "plan.md"]);
    await cli.shows("Run these blocks with the shell?");
    cli.press("\u{3}");
    assert.equal(await cli.ended, 130);
    assert.deepEqual(await workspace().phases(), []);
  });

  it("SIGTERM and SIGHUP leave at once, with everything durable", async () => {
    const codes = { SIGTERM: 143, SIGHUP: 129 } as const;
    workspace().write("plan.md", waiting);
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    for (const signal of ["SIGTERM", "SIGHUP"] as const) {
      const { child, ended } = workspace().start(["run", "plan.md"]);
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await workspace().wrote("up");
      child.kill(signal);
      assert.equal((await ended).code, codes[signal]);
    }
    await endPhase();
  });

  it("a closed pipe leaves as Ctrl-C does", async () => {
    // Phase 2 waits, too: a plan that the first run saw complete would be a new one to the second.
    workspace().write(
      "plan.md",
      planText("Waiting twice", [
        { sh: `touch up; ${until("go")}; echo 1 >> ledger` },
        { sh: `${until("on")}; echo 2 >> ledger` },
      ]),
    );
    const { child, ended } = workspace().start(["run", "plan.md", "--yes"]);
    await workspace().wrote("up");
    child.stdout.destroy();
    workspace().write("go", "");
    const { code, stderr } = await ended;
    assert.deepEqual([code, stderr], [130, ""]);
    workspace().write("on", "");
    await workspace().expect(0, ["run", "plan.md"]);
    assert.equal(workspace().read("ledger"), "1\n2\n");
  });
});
