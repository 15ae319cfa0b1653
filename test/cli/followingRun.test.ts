import assert from "node:assert/strict";
import * as z from "zod";
import { systemClock } from "../../src/core/base/clock";
import { silentLogger } from "../../src/core/base/log";
import { createHopper, type Hopper } from "../../src/core/hopper";
import { currentMachine } from "../../src/core/ownership/machine";
import { currentUser, openStateFolder } from "../../src/core/ownership/stateFolder";
import { builtInRunners } from "../../src/core/runner/presets";
import { builtAssets } from "../support/assets";
import { eventually } from "../support/eventually";
import { planText, type RunningCli, until, useWorkspace } from "../support/workspace";

const runEvent = z.looseObject({
  type: z.string(),
  plan_id: z.string().optional(),
  phase_number: z.number().optional(),
  from_status: z.string().optional(),
  to_status: z.string().optional(),
  exit_code: z.number().optional(),
});

describe("a run of a queue that another process owns", () => {
  const workspace = useWorkspace();

  async function serve(): Promise<RunningCli> {
    const owner = workspace().start(["serve"]);
    await eventually("it serves", () => owner.output().includes("Ctrl-C"));
    return owner;
  }

  async function end(owner: RunningCli): Promise<void> {
    owner.child.kill("SIGINT");
    assert.equal((await owner.ended).code, 130);
  }

  /** A window whose settings say that nothing starts by itself. */
  async function openWindow(): Promise<Hopper> {
    const environment = workspace().environment();
    const user = { ...currentUser(), env: environment, home: environment["HOME"] ?? "" };
    return createHopper({
      workspace: workspace().path,
      program: "vscode",
      version: "test",
      assets: builtAssets,
      clock: systemClock,
      logger: silentLogger,
      state: openStateFolder(user),
      machine: currentMachine(user),
      environment,
      runners: () => builtInRunners,
      maxConcurrentPhases: () => 1,
    });
  }

  it("enqueues the plan through the owner and tells how it goes, line by line", async () => {
    const owner = await serve();
    const first = `echo 1 >> ledger; ${until("go")}`;
    workspace().write("plan.md", planText("Two", [{ sh: first }, { sh: "true" }]));
    const follower = workspace().start(["run", "plan.md", "--yes"]);
    // Or the owner is done with both before it has looked at the first.
    await eventually("it follows", () => follower.output().includes("Plan 1 Two"));
    workspace().write("go", "");
    const { code, stdout, stderr } = await follower.ended;
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^Plan 1 Two: 2 phases, .*\n(Phase 1 Step 1: started\n)?(.*\n)*Phase 2 Step 2: completed in .*\n/,
    );
    assert.match(stdout, /^2 completed \(/m);
    const { pid = 0 } = owner.child;
    assert.equal(
      stderr,
      `The queue is owned by phase-hopper (process ${pid}), which runs its phases; this run follows it.\n`,
    );
    assert.equal(workspace().read("ledger"), "1\n");
    // A finished plan is enqueued again, as without an owner.
    await workspace().expect(0, ["run", "plan.md", "--yes"]);
    assert.deepEqual(await workspace().statuses(), Array(4).fill("completed"));
    await end(owner);
  });

  it("tells the same events as JSON", async () => {
    workspace().write("plan.md", planText("Two", [{ sh: "true" }, { sh: "exit 3" }]));
    const events = async (): Promise<unknown[]> => {
      const { stdout } = await workspace().expect(1, ["run", "plan.md", "--yes", "--json"]);
      return stdout
        .trim()
        .split("\n")
        .map((line) => runEvent.parse(JSON.parse(line)))
        .filter(({ type }) => type !== "notice" && type !== "run_waiting")
        .map(({ type, phase_number, from_status, to_status, exit_code }) => [
          ...[type, phase_number, from_status, to_status, exit_code],
        ]);
    };
    const own = await events();
    await workspace().expect(0, ["remove", "1"]);
    const owner = await serve();
    const followed = await events();
    // How far the owner had come when it was first looked at decides what is told as a change.
    assert.deepEqual(followed.slice(0, 3), own.slice(0, 3));
    assert.deepEqual(followed.at(-1), own.at(-1));
    const known = new Set(own.map((event) => JSON.stringify(event)));
    assert.deepEqual(
      followed.filter((event) => !known.has(JSON.stringify(event))),
      [],
    );
    await end(owner);
  });

  it("ends with 1 and the output of what failed, and says how to try again", async () => {
    const owner = await serve();
    workspace().write("plan.md", planText("Bad", [{ sh: "echo no such thing; exit 3" }]));
    const { stdout } = await workspace().expect(1, ["run", "plan.md", "--yes"]);
    assert.match(stdout, /^✗ Phase 1 Step 1 failed: .*code 3/m);
    assert.match(stdout, /^ {2}│ no such thing$/m);
    assert.match(stdout, /^ {2}phase-hopper retry 1\.1 +tries it again$/m);
    workspace().write("bad.md", planText("Bad", [{ lines: ["Runner: nobody"], sh: "true" }]));
    const refused = await workspace().expect(2, ["run", "bad.md", "--yes"]);
    assert.match(refused.stderr, /^bad\.md:5: error: There is no runner "nobody"/m);
    await end(owner);
  });

  it("ends with 4 where a person must act and there is no terminal", async () => {
    const owner = await serve();
    await workspace().expect(0, ["pause"]);
    workspace().write("plan.md", planText("Held", [{ lines: ["Runner: manual"] }]));
    const paused = await workspace().expect(4, ["run", "plan.md"]);
    assert.match(paused.stdout, /^ {2}phase-hopper resume +goes on$/m);
    await workspace().expect(0, ["resume"]);
    const manual = await workspace().expect(4, ["run", "plan.md"]);
    assert.match(manual.stdout, /^ {2}phase-hopper done 1\.1 +when it is done$/m);
    await workspace().expect(0, ["done", "1.1"]);
    await end(owner);
  });

  it("lets the person at the terminal do what it waits for, through the owner", async () => {
    const owner = await serve();
    await workspace().expect(0, ["pause"]);
    workspace().write("plan.md", planText("Live", [{ lines: ["Runner: manual"] }, { sh: "true" }]));
    const cli = workspace().onTerminal(["run", "plan.md"]);
    await cli.shows("Run these blocks with the shell?");
    cli.press("y\r");
    await cli.shows("paused by you");
    cli.press("r");
    await cli.shows("waiting for a person: Phase 1");
    cli.press("d");
    await cli.shows("Note:");
    cli.press("seen\r");
    assert.equal(await cli.ended, 0);
    assert.match(cli.screen.text, /2 completed/);
    await end(owner);
  });

  it("asks about a plan whose file has changed, as without an owner", async () => {
    const owner = await serve();
    workspace().write("plan.md", planText("Old", [{ sh: until("go") }, { sh: "touch old" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    workspace().write("plan.md", planText("New", [{ sh: "touch new" }]));
    const { stderr } = await workspace().expect(2, ["run", "plan.md", "--yes"]);
    assert.match(stderr, /has changed since it was enqueued as Plan 1: --keep .* --replace/);
    const keep = workspace().onTerminal(["run", "plan.md"]);
    await keep.shows("[k]eep the stored text");
    keep.press("k\r");
    await keep.shows("Phase 1 running");
    workspace().write("go", "");
    assert.equal(await keep.ended, 0);
    await workspace().wrote("old");
    await workspace().expect(0, ["run", "plan.md", "--yes"]);
    await workspace().wrote("new");
    await end(owner);
  });

  it("SIGINT once leaves it to the owner, which goes on with everything", async () => {
    const owner = await serve();
    workspace().write(
      "plan.md",
      planText("Left", [{ sh: `touch up; ${until("go")}` }, { sh: "touch two" }]),
    );
    const follower = workspace().start(["run", "plan.md", "--yes"]);
    await eventually("it follows", () => follower.output().includes("Plan 1 Left"));
    await workspace().wrote("up");
    follower.child.kill("SIGINT");
    const { code, stdout, stderr } = await follower.ended;
    assert.equal(code, 130);
    // As a run of one's own would say, which waits for a second Ctrl-C to cancel what runs.
    assert.doesNotMatch(stderr, /Nothing more is started|Ctrl-C again/);
    assert.match(
      stdout,
      new RegExp(
        `^Left: the queue's owner, phase-hopper \\(process ${owner.child.pid ?? 0}\\), goes on with it\\.\n` +
          " {2}phase-hopper run plan\\.md {2}comes back to it$",
        "m",
      ),
    );
    const cli = workspace().onTerminal(["run", "plan.md"]);
    await cli.shows("Phase 1 running");
    cli.press("\u{3}");
    assert.equal(await cli.ended, 130);
    assert.match(cli.screen.text, /goes on with\s+it/);
    workspace().write("go", "");
    await workspace().wrote("two");
    await end(owner);
  });

  it("goes on as the owner when the one it followed was killed, and runs nothing twice", async () => {
    const owner = await serve();
    workspace().write(
      "plan.md",
      planText("Orphan", [{ sh: `echo 1 >> ledger; ${until("go")}` }, { sh: "echo 2 >> ledger" }]),
    );
    const follower = workspace().start(["run", "plan.md", "--yes"]);
    await workspace().wrote("ledger");
    await eventually("it follows", () => follower.output().includes("Plan 1 Orphan"));
    owner.child.kill("SIGKILL");
    await owner.ended;
    await eventually("it took over", () => follower.errors().includes("as the queue's owner"));
    workspace().write("go", "");
    const { code, stdout } = await follower.ended;
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^Phase 2 Step 2: completed/m);
    assert.equal(workspace().read("ledger"), "1\n2\n");
  });

  it("ends with 3 where the owner is stopped, before or while it is followed", async () => {
    const owner = await serve();
    workspace().write("plan.md", planText("Stopped", [{ sh: `touch up; ${until("go")}` }]));
    const follower = workspace().start(["run", "plan.md", "--yes"]);
    await workspace().wrote("up");
    await eventually("it follows", () => follower.output().includes("Plan 1 Stopped"));
    owner.child.kill("SIGSTOP");
    const { code, stdout } = await follower.ended;
    assert.equal(code, 3);
    assert.match(stdout, /is stopped and does not answer/);
    const { stderr } = await workspace().expect(3, ["run", "plan.md"]);
    assert.match(stderr, /is stopped and does not answer/);
    owner.child.kill("SIGCONT");
    workspace().write("go", "");
    await workspace().expect(0, ["run"]);
    await end(owner);
  });

  it("starts through the owner what that one leaves alone: it runs one plan", async () => {
    workspace().write("held.md", planText("Held", [{ sh: `touch up; ${until("go")}` }]));
    workspace().write("mine.md", planText("Mine", [{ lines: ["Runner: manual"] }, { sh: "true" }]));
    const owner = workspace().start(["run", "held.md", "--yes"]);
    await workspace().wrote("up");
    const follower = workspace().start(["run", "mine.md", "--yes", "--max-concurrent", "3"]);
    await eventually("its phase was started", async () =>
      (await workspace().statuses()).includes("running", 1),
    );
    assert.match(follower.errors(), /--max-concurrent given here changes nothing/);
    assert.equal((await follower.ended).code, 4);
    await workspace().expect(0, ["done", "2.1"]);
    const again = workspace().start(["run", "mine.md"]);
    await eventually("it follows", () => again.output().includes("Plan 2 Mine"));
    workspace().write("go", "");
    assert.deepEqual([(await owner.ended).code, (await again.ended).code], [0, 0]);
    assert.deepEqual(await workspace().statuses(), Array(3).fill("completed"));
  });

  it("starts the phases of a window in which nothing starts by itself, but not under a pause", async () => {
    const window = await openWindow();
    try {
      workspace().write("plan.md", planText("Quiet", [{ sh: "echo 1 >> ledger" }, { sh: "true" }]));
      await window.setPaused(true);
      const paused = await workspace().expect(4, ["run", "plan.md", "--yes"]);
      assert.match(paused.stderr, /owned by VS Code \(process \d+\)/);
      assert.deepEqual(await workspace().statuses(), ["ready", "queued"]);
      await window.setPaused(false);
      await workspace().expect(0, ["run", "plan.md"]);
      assert.equal(workspace().read("ledger"), "1\n");
    } finally {
      await window.stop();
    }
  });
});
