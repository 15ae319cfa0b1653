import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { answer, errorAnswer, listAnswer } from "../support/answers";
import { eventually } from "../support/eventually";
import { planText, type RunningCli, until, useWorkspace } from "../support/workspace";

describe("one owner and its followers", () => {
  const workspace = useWorkspace();

  /** A run that holds the queue until `go` is written. */
  async function startOwner(): Promise<RunningCli> {
    workspace().write(
      "held.md",
      planText("Held", [{ sh: `touch up; ${until("go")}` }, { sh: "true" }]),
    );
    const owner = workspace().start(["run", "--yes", "held.md"]);
    await workspace().wrote("up");
    return owner;
  }

  async function endOwner(owner: RunningCli, code = 0): Promise<void> {
    workspace().write("go", "");
    assert.equal((await owner.ended).code, code);
  }

  it("lets the second of two runs that start at once go through the first, and runs all once", async () => {
    workspace().write("plan.md", planText("Once", [{ sh: `echo x >> ledger; ${until("go")}` }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const both = [workspace().start(["run", "plan.md"]), workspace().start(["run", "plan.md"])];
    await eventually("one follows the other", () =>
      both.some(({ errors }) => errors().includes("this run follows it")),
    );
    workspace().write("go", "");
    const codes = (await Promise.all(both.map(({ ended }) => ended))).map(({ code }) => code);
    assert.deepEqual(codes, [0, 0]);
    assert.equal(workspace().read("ledger"), "x\n");
  });

  it("shows a follower everything, and who owns it, without writing", async () => {
    const owner = await startOwner();
    const list = await workspace().expect(0, ["list"]);
    assert.match(
      list.stdout,
      new RegExp(
        `^Owned by phase-hopper \\(process ${owner.child.pid ?? 0}\\), which goes on with Plan 1 only\\.$`,
        "m",
      ),
    );
    assert.match(list.stdout, /● 1\.1 +Step 1 +running/);
    const show = await workspace().expect(0, ["show", "1.1"]);
    assert.match(show.stdout, /^Owned by phase-hopper/m);
    assert.doesNotMatch((await workspace().expect(0, ["list", "--json"])).stdout, /Owned by/);
    // Stopped, so that whatever changed was not written by the owner itself.
    owner.child.kill("SIGSTOP");
    const before = filesOf(workspace().hopperFile(""));
    for (const args of [["list"], ["show", "1.1"], ["log", "1.1"], ["check", "held.md"]]) {
      await workspace().expect(0, args);
    }
    assert.deepEqual(filesOf(workspace().hopperFile("")), before);
    owner.child.kill("SIGCONT");
    await endOwner(owner);
  });

  it("sends a follower's commands to the owner, which acts on them at once", async () => {
    const owner = await startOwner();
    workspace().write(
      "more.md",
      planText("More", [{ lines: ["Runner: manual"] }, { sh: "true" }, { sh: "true" }]),
    );
    const enqueued = await workspace().expect(0, ["enqueue", "more.md", "--yes"]);
    assert.match(
      enqueued.stdout,
      /^Plan 2 More is enqueued with 3 phases\. .* goes on with Plan 1 only; after that, `phase-hopper run`/,
    );
    assert.equal((await workspace().expect(0, ["start", "2.1"])).stdout, "Phase 1 was started.\n");
    await workspace().expect(0, ["done", "2.1", "--note", "by a follower"]);
    await workspace().expect(0, ["skip", "2.2"]);
    await workspace().expect(0, ["pause"]);
    assert.deepEqual(await workspace().statuses(), [
      "running",
      "queued",
      "completed",
      "completed",
      "ready",
    ]);
    workspace().write("go", "");
    const paused = await owner.ended;
    assert.equal(paused.code, 4);
    assert.match(paused.stdout, /^Queue: paused \(paused by you\)$/m);
    await workspace().expect(0, ["resume"]);
    await workspace().expect(0, ["run"]);
    assert.deepEqual(new Set(await workspace().statuses()), new Set(["completed"]));
  });

  it("leaves it to the owner which runners there are", async () => {
    const runners = { runners: { "a-helper": { kind: "shell" } } };
    workspace().write("runners.json", JSON.stringify(runners));
    workspace().write(
      "held.md",
      planText("Held", [{ lines: ["Runner: a-helper"], sh: `touch up; ${until("go")}` }]),
    );
    const owner = workspace().start(["run", "held.md", "--config", "runners.json"]);
    await workspace().wrote("up");
    workspace().write(
      "helped.md",
      planText("Helped", [{ lines: ["Runner: a-helper"], sh: "true" }]),
    );
    workspace().write("plain.md", planText("Plain", [{ sh: "true" }]));
    workspace().write("bad.md", planText("Bad", [{ lines: ["Runner: nobody"], sh: "true" }]));
    await workspace().expect(0, ["enqueue", "helped.md"]);
    await workspace().expect(0, ["enqueue", "plain.md", "--runner", "a-helper"]);
    const { stderr } = await workspace().expect(2, ["enqueue", "bad.md", "--yes"]);
    assert.match(stderr, /^bad\.md:5: error: There is no runner "nobody"\. .*a-helper/m);
    assert.match(stderr, /^error: bad\.md has 1 error, so nothing was enqueued/m);
    const json = await workspace().expect(2, ["enqueue", "bad.md", "--yes", "--json"]);
    const { kind, problems } = answer(errorAnswer, json.stdout).error;
    assert.equal(kind, "invalidPlan");
    assert.deepEqual(
      problems?.map(({ code }) => code),
      ["unknown-runner"],
    );
    assert.deepEqual(
      (await workspace().phases()).map(({ runner }) => runner),
      ["a-helper", "a-helper", "a-helper"],
    );
    await endOwner(owner);
  });

  it("cancels through the owner, which goes on with what is left to do", async () => {
    const owner = await startOwner();
    const { stdout } = await workspace().expect(0, ["cancel", "1.1"]);
    assert.match(stdout, /^Phase 1 was cancelled\. `phase-hopper retry 1\.1` makes it ready again/);
    const { code, stdout: said } = await owner.ended;
    assert.equal(code, 1);
    assert.match(said, /^Phase 1 Step 1: failed after .*: cancelled by you$/m);
    await workspace().expect(0, ["retry", "1.1"]);
    workspace().write("go", "");
    await workspace().expect(0, ["run"]);
  });

  it("follows commands of followers in the live view, too", async () => {
    workspace().write("plan.md", planText("Live", [{ lines: ["Runner: manual"] }, { sh: "true" }]));
    const cli = workspace().onTerminal(["run", "plan.md", "--yes"]);
    await cli.shows("waiting for a person: Phase 1");
    await workspace().expect(0, ["pause"]);
    await workspace().expect(0, ["done", "1.1"]);
    await cli.shows("paused by you");
    await workspace().expect(0, ["resume"]);
    assert.equal(await cli.ended, 0);
  });

  it("says that an owner does not answer, and takes over from it when told to", async () => {
    const owner = await startOwner();
    owner.child.kill("SIGSTOP");
    const { stderr } = await workspace().expect(3, ["pause"]);
    assert.match(stderr, /is stopped and does not answer/);
    assert.match((await workspace().expect(0, ["list"])).stdout, /stopped and does not answer/);
    workspace().write("go", "");
    await workspace().expect(0, ["run", "--take-over"]);
    assert.equal((await owner.ended).signal, "SIGKILL");
  });

  it("runs nothing of a queue that another user made, before it is adopted", async () => {
    workspace().write("plan.md", planText("Foreign", [{ sh: "touch ran" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const stranger = { environment: { XDG_STATE_HOME: workspace().outside("other-state") } };
    for (const args of [["run"], ["run", "plan.md"], ["start", "1.1"], ["pause"]]) {
      const { stderr } = await workspace().expect(3, args, stranger);
      assert.match(stderr, /was not made by you.*phase-hopper list.*--adopt/);
    }
    assert.deepEqual(await workspace().statuses(stranger), ["ready"]);
    assert.equal(existsSync(workspace().file("ran")), false);
    await workspace().expect(0, ["run", "--adopt"], stranger);
    assert.equal(existsSync(workspace().file("ran")), true);
    await workspace().expect(0, ["run"], stranger);
  });

  it("asks on a terminal before it adopts a queue that another user made", async () => {
    workspace().write("plan.md", planText("Foreign", [{ sh: "touch ran" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const stranger = { environment: { XDG_STATE_HOME: workspace().outside("other-state") } };
    for (const args of [
      ["run"],
      ["run", "plan.md"],
      ["pause"],
      ["enqueue", "plan.md", "--again"],
    ]) {
      for (const no of ["\r", "n\r", "\u0003"]) {
        const cli = workspace().onTerminal(args, stranger);
        await cli.shows("Adopt this queue? (y/N)");
        assert.match(cli.screen.text, /was not made by you on this\s+machine/);
        assert.match(cli.screen.text, /1 plan with 1 phase; the newest was enqueued on .*\s+from/);
        cli.press(no);
        assert.equal(await cli.ended, 130);
      }
    }
    // --yes answers another question.
    const yes = workspace().onTerminal(["run", "plan.md", "--yes"], stranger);
    await yes.shows("Adopt this queue? (y/N)");
    yes.press("maybe\r");
    yes.press("y\r");
    assert.equal(await yes.ended, 0);
    assert.equal(existsSync(workspace().file("ran")), true);
    await workspace().expect(0, ["pause"], stranger);
  });

  it("adopts for a state command, too, once the person says so", async () => {
    workspace().write("plan.md", planText("Foreign", [{ sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const stranger = { environment: { XDG_STATE_HOME: workspace().outside("other-state") } };
    const cli = workspace().onTerminal(["skip", "1.1"], stranger);
    await cli.shows("Adopt this queue? (y/N)");
    cli.press("y\r");
    assert.equal(await cli.ended, 0);
    await workspace().expect(0, ["run"], stranger);
  });

  it("refuses a foreign queue before anything else is asked where nobody can be", async () => {
    workspace().write("plan.md", planText("Foreign", [{ sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const stranger = { environment: { XDG_STATE_HOME: workspace().outside("other-state") } };
    workspace().write("other.md", planText("Other", [{ sh: "true" }]));
    for (const args of [
      ["run", "other.md"],
      ["enqueue", "other.md"],
      ["run", "--yes", "other.md"],
    ]) {
      const { stderr } = await workspace().expect(3, args, stranger);
      assert.match(stderr, /--adopt makes it yours/);
    }
  });

  it("shows a foreign queue, says that it is one, and makes nothing in the user's folder", async () => {
    workspace().write("plan.md", planText("Foreign", [{ sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const other = workspace().outside("other-state");
    const stranger = { environment: { XDG_STATE_HOME: other } };
    const { stdout } = await workspace().expect(0, ["list"], stranger);
    assert.match(stdout, /1\.1 +Step 1 +ready/);
    assert.match(stdout, /was not made by you on this machine/);
    assert.match(stdout, /phase-hopper run --adopt/);
    const json = await workspace().expect(0, ["list", "--json"], stranger);
    assert.equal(answer(listAnswer, json.stdout).foreign, true);
    assert.equal(existsSync(other), false);
    assert.doesNotMatch((await workspace().expect(0, ["list"])).stdout, /not made by you/);
    await workspace().expect(0, ["remove", "1"]);
    const empty = await workspace().expect(0, ["list"], stranger);
    assert.match(empty.stdout, /Nothing is enqueued.*not made by you.*run --adopt/s);
  });

  it("says that the owner goes on where it starts phases of all plans", async () => {
    workspace().write("held.md", planText("Held", [{ sh: `touch up; ${until("go")}` }]));
    await workspace().expect(0, ["enqueue", "held.md", "--yes"]);
    const owner = workspace().start(["run"]);
    await workspace().wrote("up");
    workspace().write("more.md", planText("More", [{ sh: "true" }]));
    const { stdout } = await workspace().expect(0, ["enqueue", "more.md", "--yes"]);
    assert.match(stdout, /Its owner, phase-hopper \(process \d+\), goes on with it\.$/m);
    assert.match(
      (await workspace().expect(0, ["list"])).stdout,
      new RegExp(`^Owned by phase-hopper \\(process ${owner.child.pid ?? 0}\\)\\.$`, "m"),
    );
    await endOwner(owner);
    assert.deepEqual(await workspace().statuses(), ["completed", "completed"]);
  });

  it("says of each command whether its owner, which runs one plan, goes on with it", async () => {
    workspace().write("other.md", planText("Other", [{ sh: "exit 1" }]));
    await workspace().expect(1, ["run", "other.md", "--yes"]);
    workspace().write(
      "held.md",
      planText("Held", [{ sh: `touch up; ${until("go")}` }, { sh: "true" }]),
    );
    const owner = workspace().start(["run", "--yes", "held.md"]);
    await workspace().wrote("up");
    const notThis = /goes on with Plan 2 only; after that, `phase-hopper run` starts the rest\.\n$/;
    assert.match((await workspace().expect(0, ["retry", "1.1"])).stdout, notThis);
    assert.match((await workspace().expect(0, ["skip", "1.1"])).stdout, notThis);
    assert.match((await workspace().expect(0, ["resume"])).stdout, notThis);
    const its = /Its owner, .*, goes on with it\.\n$/;
    assert.match((await workspace().expect(0, ["skip", "2.2"])).stdout, its);
    await endOwner(owner);
  });

  it("carries out commands that come at the same moment, all of them", async () => {
    workspace().write("plan.md", planText("First", [{ sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const commands = Array.from({ length: 8 }, (_, index) =>
      index % 4 === 3
        ? [index === 3 ? "pause" : "resume"]
        : ["enqueue", "plan.md", "--yes", "--again"],
    );
    for (let round = 1; round <= 3; round++) {
      const results = await Promise.all(commands.map((args) => workspace().call(args)));
      assert.deepEqual(
        results.map(({ code, stderr }) => [code, stderr]),
        commands.map(() => [0, ""]),
      );
      assert.equal((await workspace().phases()).length, 1 + 6 * round);
    }
  });

  it("lets a run wait for a command that has the queue for a moment", async () => {
    workspace().write("plan.md", planText("First", [{ sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const calls = [["resume"], ["run"], ["resume"], ["resume"]];
    const results = await Promise.all(calls.map((args) => workspace().call(args)));
    assert.deepEqual(
      results.map(({ code, stderr }) => [code, stderr]),
      calls.map(() => [0, ""]),
    );
  });

  it("a copied workspace comes up paused, with open attempts interrupted", async () => {
    const owner = await startOwner();
    const copy = workspace().outside("copy");
    cpSync(workspace().path, copy, { recursive: true });
    const inCopy = { folder: copy };
    const { stdout } = await workspace().expect(1, ["run"], inCopy);
    assert.match(stdout, /interrupted/);
    const [phase] = await workspace().phases(inCopy);
    assert.equal(phase?.reason, "interrupted");
    await workspace().expect(0, ["retry", "1.1"], inCopy);
    const held = await workspace().expect(4, ["run"], inCopy);
    assert.match(held.stdout, /copied from another folder/);
    assert.deepEqual(await workspace().statuses(inCopy), ["ready", "queued"]);
    assert.deepEqual(await workspace().statuses(), ["running", "queued"]);
    await endOwner(owner);
  });

  it("leaves no owner.json and no endpoint behind", async () => {
    workspace().write("plan.md", planText("Plan", [{ sh: "true" }]));
    await workspace().expect(0, ["run", "plan.md", "--yes"]);
    assert.equal(existsSync(workspace().hopperFile("owner.json")), false);
    assert.deepEqual(readdirSync(workspace().outside("state/phase-hopper/endpoints")), []);
    assert.equal(readFileSync(workspace().hopperFile(".gitignore"), "utf8").trim(), "*");
  });

  it("goes on without a word after an owner was killed", async () => {
    const owner = await startOwner();
    owner.child.kill("SIGKILL");
    await owner.ended;
    assert.doesNotMatch((await workspace().expect(0, ["list"])).stdout, /Owned by/);
    workspace().write("go", "");
    const { stderr } = await workspace().expect(0, ["run"]);
    assert.equal(stderr, "");
    await eventually("nobody is left", () => workspace().processes().length === 0);
  });
});

/** Each file below a folder, with what is in it. */
function filesOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path, "base64")]),
  );
}
