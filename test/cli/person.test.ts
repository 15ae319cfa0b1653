import assert from "node:assert/strict";
import { planText, useWorkspace } from "../support/workspace";

describe("phases that wait for a person", () => {
  const workspace = useWorkspace();

  const approval = planText("Release", [
    { sh: "true" },
    { title: "Approve", lines: ["Runner: manual", "", "Look at the release."] },
    { sh: "touch shipped" },
  ]);

  it("without a terminal run exits with 4 and names done; done lets run go on", async () => {
    workspace().write("plan.md", approval);
    const { stdout } = await workspace().expect(4, ["run", "plan.md", "--yes"]);
    assert.match(stdout, /^Waiting for a person: Phase 2\.$/m);
    assert.match(stdout, /^ {2}phase-hopper done 1\.2 && phase-hopper run plan\.md /m);
    const done = await workspace().expect(0, ["done", "1.2", "--note", "looks good"]);
    assert.equal(done.stdout, "Phase 2 is completed. `phase-hopper run` goes on with it.\n");
    const show = await workspace().expect(0, ["show", "1.2"]);
    assert.match(show.stdout, /looks good/);
    await workspace().expect(0, ["run", "plan.md"]);
    await workspace().wrote("shipped");
  });

  it("fail blocks what depends on the phase, with the note as the reason", async () => {
    workspace().write("plan.md", approval);
    await workspace().expect(4, ["run", "plan.md", "--yes"]);
    await workspace().expect(0, ["fail", "1.2", "--note", "wrong version"]);
    const [, failed, blocked] = await workspace().phases();
    assert.deepEqual([failed?.status, failed?.error_message], ["failed", "wrong version"]);
    assert.equal(blocked?.error_message, "Phase 2 failed: wrong version");
    await workspace().expect(1, ["run", "plan.md"]);
  });

  it("a manual phase that is done is verified before it counts", async () => {
    workspace().write(
      "plan.md",
      planText("Verified", [{ lines: ["Runner: manual"], verify: "test -e proof" }]),
    );
    await workspace().expect(4, ["run", "plan.md"]);
    await workspace().expect(0, ["done", "1.1"]);
    await workspace().expect(1, ["run", "plan.md"]);
    assert.equal((await workspace().phases())[0]?.reason, "verify");
    workspace().write("proof", "");
    await workspace().expect(0, ["retry", "1.1"]);
    await workspace().expect(4, ["run", "plan.md"]);
    await workspace().expect(0, ["done", "1.1"]);
    await workspace().expect(0, ["run", "plan.md"]);
  });

  it("a checkpoint pauses the plan until it is resumed", async () => {
    workspace().write(
      "plan.md",
      planText("Checked", [
        { lines: ["Checkpoint: read the report"], sh: "true" },
        { sh: "touch after" },
      ]),
    );
    const { stdout } = await workspace().expect(4, ["run", "plan.md", "--yes"]);
    assert.match(stdout, /^Checkpoint after Phase 1: read the report\.$/m);
    assert.match(stdout, /^ {2}phase-hopper resume 1 && phase-hopper run plan\.md /m);
    assert.equal(workspace().read("after"), "");
    await workspace().expect(0, ["resume", "1"]);
    await workspace().expect(0, ["run", "plan.md"]);
    await workspace().wrote("after");
  });

  it("on a terminal a phase can be done whose runner is not configured any more", async () => {
    workspace().write("plan.md", planText("Handed on", [{ lines: ["Runner: a-friend"] }]));
    workspace().write(
      "runners.json",
      JSON.stringify({ runners: { "a-friend": { kind: "manual" } } }),
    );
    await workspace().expect(4, ["run", "plan.md", "--config", "runners.json"]);
    const cli = workspace().onTerminal(["run"]);
    await cli.shows("d Phase 1 Step 1 is done");
    cli.press("d");
    await cli.shows("Note:");
    cli.press("\r");
    assert.equal(await cli.ended, 0);
  });

  it("on a terminal the person says done, with a note, in the live view", async () => {
    workspace().write("plan.md", approval);
    const cli = workspace().onTerminal(["run", "plan.md", "--yes"]);
    await cli.shows("waiting for a person: Phase 2");
    cli.press("d");
    await cli.shows("Phase 2 Approve is done. Note:");
    cli.press("fnie\u{7f}\u{7f}\u{7f}ine");
    await cli.shows("Note: fine");
    cli.press("\r");
    assert.equal(await cli.ended, 0);
    await workspace().wrote("shipped");
    const show = await workspace().expect(0, ["show", "1.2"]);
    assert.match(show.stdout, /"note":"fine"/);
  });

  it("on a terminal a key pressed by mistake can be taken back", async () => {
    workspace().write("plan.md", approval);
    const cli = workspace().onTerminal(["run", "plan.md", "--yes"]);
    await cli.shows("f it failed");
    cli.press("f");
    await cli.shows("Phase 2 Approve failed. Note:");
    cli.press("\u{1b}");
    await cli.shows("d Phase 2 Approve is done");
    cli.press("f");
    await cli.shows("Phase 2 Approve failed. Note:");
    cli.press("no good\r");
    assert.equal(await cli.ended, 1);
    assert.equal((await workspace().phases())[1]?.error_message, "no good");
  });

  it("on a terminal a checkpoint and a pause are ended by r", async () => {
    workspace().write(
      "plan.md",
      planText("Checked", [{ lines: ["Checkpoint: look"], sh: "true" }, { sh: "true" }]),
    );
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    await workspace().expect(0, ["pause"]);
    const cli = workspace().onTerminal(["run", "plan.md"]);
    await cli.shows("paused by you");
    await cli.shows("r resume");
    cli.press("r");
    await cli.shows("checkpoint after Phase 1: look");
    await cli.shows("r resume the plan");
    cli.press("r");
    assert.equal(await cli.ended, 0);
  });
});
