import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { answer, commandAnswer, enqueueAnswer, errorAnswer } from "../support/answers";
import { eventually } from "../support/eventually";
import { planText, until, useWorkspace } from "../support/workspace";

describe("commands without an owner", () => {
  const workspace = useWorkspace();

  const failing = planText("Failing", [
    { sh: "echo 1 >> ledger; test -e mended" },
    { sh: "echo 2 >> ledger" },
  ]);

  it("retry makes a failed phase ready again, and run goes on with it", async () => {
    workspace().write("plan.md", failing);
    await workspace().expect(1, ["run", "plan.md", "--yes"]);
    workspace().write("mended", "");
    const { stdout } = await workspace().expect(0, ["retry", "1.1"]);
    assert.equal(
      stdout,
      "Phase 1 is ready again; no longer blocked: Phase 2. `phase-hopper run` goes on with it.\n",
    );
    assert.deepEqual(await workspace().statuses(), ["ready", "queued"]);
    assert.equal(workspace().read("ledger"), "1\n");
    await workspace().expect(0, ["run", "plan.md"]);
    assert.equal(workspace().read("ledger"), "1\n1\n2\n");
  });

  it("skip counts a failed phase as completed", async () => {
    workspace().write("plan.md", failing);
    await workspace().expect(1, ["run", "plan.md", "--yes"]);
    await workspace().expect(0, ["skip", "1.1"]);
    const [skipped, next] = await workspace().phases();
    assert.deepEqual([skipped?.status, skipped?.reason], ["completed", "skipped"]);
    assert.equal(next?.status, "ready");
    await workspace().expect(0, ["run", "plan.md"]);
    assert.equal(workspace().read("ledger"), "1\n2\n");
  });

  it("start leaves the attempt to its wrapper, and run goes on from it", async () => {
    workspace().write("plan.md", planText("Started", [{ sh: until("go") }, { sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const { stdout } = await workspace().expect(0, ["start", "1.1"]);
    assert.match(stdout, /^Phase 1 was started\. .*`phase-hopper run`/);
    assert.deepEqual(await workspace().statuses(), ["running", "queued"]);
    assert.ok(workspace().processes().length > 0);
    workspace().write("go", "");
    await workspace().expect(0, ["run", "plan.md"]);
    assert.equal((await workspace().phases())[0]?.attempts, 1);
  });

  it("cancel leaves no process of the phase behind", async () => {
    workspace().write(
      "plan.md",
      planText("Stubborn", [{ sh: "trap '' TERM; (setsid sleep 600 &); touch up; sleep 600" }]),
    );
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    await workspace().expect(0, ["start", "1.1"]);
    await workspace().wrote("up");
    await eventually(
      "both sleeps are there",
      () =>
        workspace()
          .processes()
          .filter(({ command }) => command === "sleep 600").length === 2,
    );
    const { stdout } = await workspace().expect(0, ["cancel", "1.1"]);
    assert.match(stdout, /^Phase 1 was cancelled\. /);
    assert.deepEqual(workspace().processes(), []);
    assert.equal((await workspace().phases())[0]?.reason, "cancelled");
  });

  it("pause keeps phases from being started until resume", async () => {
    workspace().write("plan.md", planText("Paused", [{ sh: "touch done" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    await workspace().expect(0, ["pause"]);
    const { stdout } = await workspace().expect(4, ["run", "plan.md"]);
    assert.match(stdout, /phase-hopper resume && phase-hopper run plan\.md/);
    assert.equal(workspace().read("done"), "");
    await workspace().expect(0, ["resume"]);
    await workspace().expect(0, ["run", "plan.md"]);
    await workspace().wrote("done");
  });

  it("pause of one plan holds only that one", async () => {
    workspace().write("a.md", planText("A", [{ sh: "echo a >> ledger" }]));
    workspace().write("b.md", planText("B", [{ sh: "echo b >> ledger" }]));
    await workspace().expect(0, ["enqueue", "a.md", "--yes"]);
    await workspace().expect(0, ["enqueue", "b.md", "--yes"]);
    await workspace().expect(0, ["pause", "1"]);
    const { stdout } = await workspace().expect(4, ["run"]);
    assert.match(stdout, /phase-hopper resume 1/);
    assert.equal(workspace().read("ledger"), "b\n");
    await workspace().expect(0, ["resume", "1"]);
    await workspace().expect(0, ["run"]);
    assert.equal(workspace().read("ledger"), "b\na\n");
  });

  it("remove takes a phase or a whole plan out of the queue", async () => {
    workspace().write("plan.md", planText("Removed", [{ sh: "true" }, { sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const { stdout } = await workspace().expect(0, ["remove", "1.1"]);
    assert.equal(stdout, "Phase 1 was removed; now blocked: Phase 2.\n");
    assert.deepEqual(await workspace().statuses(), ["blocked"]);
    const dropped = await workspace().expect(0, ["drop-dependencies", "1.2"]);
    assert.match(dropped.stdout, /^Phase 2 no longer depends on Phase 1; it is ready now\./);
    assert.deepEqual(await workspace().statuses(), ["ready"]);
    const none = await workspace().expect(1, ["drop-dependencies", "1.2"]);
    assert.match(none.stderr, /It depends on no phase that was removed; Phase 2 is ready\./);
    await workspace().expect(0, ["remove", "1"]);
    assert.deepEqual(await workspace().phases(), []);

    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    await workspace().expect(0, ["remove", "2.1", "--drop-dependencies"]);
    assert.deepEqual(await workspace().statuses(), ["ready"]);
  });

  it("remove asks on a terminal what becomes of the phases that depend on one", async () => {
    workspace().write("plan.md", planText("Removed", [{ sh: "true" }, { sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const leave = workspace().onTerminal(["remove", "1.1"]);
    await leave.shows("Phase 2 depends on Phase 1 Step 1.");
    leave.press("l\r");
    assert.equal(await leave.ended, 130);
    const drop = workspace().onTerminal(["remove", "1.1"]);
    await drop.shows("[d]rop");
    drop.press("d\r");
    assert.equal(await drop.ended, 0);
    assert.deepEqual(await workspace().statuses(), ["ready"]);
  });

  it("names phases by queue_id as well as by plan and phase", async () => {
    workspace().write("plan.md", planText("Named", [{ sh: "exit 1" }]));
    await workspace().expect(1, ["run", "plan.md", "--yes"]);
    const [phase] = await workspace().phases();
    await workspace().expect(0, ["retry", phase?.queue_id ?? ""]);
    assert.deepEqual(await workspace().statuses(), ["ready"]);
  });

  it("refuses what a phase's status does not allow, and says which it is", async () => {
    workspace().write("plan.md", planText("Refused", [{ sh: "true" }, { sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const refusals = [
      [["retry", "1.1"], "ready"],
      [["start", "1.2"], "queued"],
      [["cancel", "1.1"], "ready"],
      [["done", "1.1"], "ready"],
    ] as const;
    for (const [args, status] of refusals) {
      const { stderr } = await workspace().expect(1, args);
      assert.match(stderr, new RegExp(`^error: .*Phase \\d is ${status}.*\n$`));
    }
  });

  it("answers every command in one shape with --json, errors too", async () => {
    workspace().write("plan.md", planText("Json", [{ sh: "true" }]));
    const { stdout: text } = await workspace().expect(0, ["enqueue", "plan.md", "--yes", "--json"]);
    const enqueued = answer(enqueueAnswer, text);
    assert.equal(enqueued.plan_number, 1);
    assert.equal(enqueued.phases.length, 1);
    for (const args of [["pause"], ["resume"], ["skip", "1.1"], ["remove", "1.1"]]) {
      const { stdout, stderr } = await workspace().expect(0, [...args, "--json"]);
      answer(commandAnswer, stdout);
      assert.equal(stderr, "");
    }
    const { stdout, stderr } = await workspace().expect(2, ["skip", "1.1", "--json"]);
    assert.equal(answer(errorAnswer, stdout).error.kind, "notFound");
    assert.equal(stderr, "");
  });

  it("says what to do in a folder without a queue, and makes none", async () => {
    for (const args of [["run"], ["pause"], ["retry", "1.1"], ["show", "1.1"], ["repair"]]) {
      const { stderr } = await workspace().expect(2, args);
      assert.match(stderr, /^error: There is no queue in .*phase-hopper run PLAN/);
    }
    const { stdout } = await workspace().expect(0, ["list"]);
    assert.match(stdout, /Nothing is enqueued.*\n.*phase-hopper run PLAN\.md/);
    const json = await workspace().expect(0, ["list", "--json"]);
    assert.deepEqual(JSON.parse(json.stdout), { phases: [], total: 0 });
    assert.deepEqual(readdirSync(workspace().path), []);
  });
});
