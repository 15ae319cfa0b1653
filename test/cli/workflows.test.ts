import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { systemClock } from "../../src/core/base/clock";
import { silentLogger } from "../../src/core/base/log";
import { createHopper } from "../../src/core/hopper";
import { currentMachine } from "../../src/core/ownership/machine";
import { currentUser, openStateFolder } from "../../src/core/ownership/stateFolder";
import { builtInRunners } from "../../src/core/runner/presets";
import { builtAssets } from "../support/assets";
import { eventually } from "../support/eventually";
import { planText, useWorkspace } from "../support/workspace";

describe("phases that wait for an outside program", () => {
  const workspace = useWorkspace();

  const plan = (): string =>
    planText("Outside", [{ lines: ["Runner: external"] }, { sh: "touch next" }]);

  /** Writes to the outside program's file as Python does, which closes it then. */
  function python(database: string, ...statements: readonly string[]): void {
    const script =
      "import sqlite3, sys\n" +
      "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n" +
      "for statement in sys.argv[2:]: connection.execute(statement)";
    execFileSync("python3", ["-c", script, database, ...statements]);
  }

  for (const mode of ["WAL", "DELETE"]) {
    it(`go on when its file says so (${mode}), and the next starts within seconds`, async () => {
      const database = workspace().outside("workflow_history.db");
      workspace().write("plan.md", plan());
      await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
      const [phase] = await workspace().phases();
      const id = phase?.queue_id ?? "";
      python(
        database,
        `PRAGMA journal_mode = ${mode}`,
        "CREATE TABLE workflow_history (queue_id TEXT, adw_id TEXT, status TEXT, created_at TEXT, end_time TEXT)",
        `INSERT INTO workflow_history VALUES ('${id}', 'old', 'completed', '2999', '2999')`,
      );
      const run = workspace().start(["run", "--workflow-history", database]);
      await eventually("it waits", () => run.output().includes("Phase 1 Step 1: started"));
      // From then on what is in the file counts.
      await eventually("it knows what was there before", () =>
        readFileSync(workspace().hopperFile("queue.journal"), "utf8").includes(database),
      );
      const row = `'${id}', 'adw-1', 'running', '2026-03-01', NULL`;
      python(database, `INSERT INTO workflow_history VALUES (${row})`);
      const change = "status = 'completed', end_time = '2026', created_at = datetime()";
      python(database, `UPDATE workflow_history SET ${change} WHERE adw_id = 'adw-1'`);
      const writtenAt = Date.now();
      assert.equal((await run.ended).code, 0);
      const [first, second] = await workspace().phases();
      assert.equal(first?.adw_id, "adw-1");
      const wait = Date.parse(second?.started_at ?? "") - writtenAt;
      console.log(
        `      from the end of the outside program to the next phase's start: ${wait} ms`,
      );
      const beside = readdirSync(workspace().outside("."));
      assert.deepEqual(
        beside.filter((name) => name.startsWith("workflow_history")),
        ["workflow_history.db"],
      );
    });
  }

  it("are reported on with a token, which is printed alone", async () => {
    workspace().write("plan.md", plan());
    const run = workspace().start(["run", "plan.md", "--yes"]);
    await eventually("it waits", () => run.output().includes("Phase 1 Step 1: started"));
    run.child.kill("SIGTERM");
    await run.ended;
    const { stdout } = await workspace().expect(0, ["token", "1.1"]);
    assert.match(stdout, /^[0-9a-f]{64}\n$/);
    const again = await workspace().expect(0, ["token", "1.1", "--json"]);
    assert.match(again.stdout, /"token":"[0-9a-f]{64}"/);
    assert.doesNotMatch(again.stdout, new RegExp(stdout.trim()));
    const refused = await workspace().expect(1, ["token", "1.2"]);
    assert.match(refused.stderr, /Phase 2 is queued, not running/);
  });

  for (const [command, isUp] of [
    ["run", "Phase 1 Step 1: started"],
    ["serve", "Ctrl-C ends it"],
  ] as const) {
    it(`are left to whoever took the queue over while \`${command}\` did not answer`, async () => {
      workspace().write("plan.md", plan());
      await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
      const run = workspace().start([command]);
      await eventually("it is up", () => run.output().includes(isUp));
      await eventually(
        "the phase waits",
        async () => (await workspace().statuses())[0] === "running",
      );
      run.child.kill("SIGSTOP");
      // As from another container, which shares the files and not the lock.
      const user = { ...currentUser(), env: workspace().environment(), name: "somebody" };
      const hopper = await createHopper({
        workspace: workspace().path,
        program: "cli",
        version: "test",
        assets: builtAssets,
        clock: systemClock,
        logger: silentLogger,
        state: openStateFolder(user),
        machine: { ...currentMachine(user), pidNamespace: "pid:[1]", networkNamespace: "net:[1]" },
        environment: {},
        runners: () => builtInRunners,
        maxConcurrentPhases: () => 1,
        takeOver: true,
      });
      const files = (): string[] =>
        ["queue.db", "queue.journal", "owner.json"].map((name) =>
          readFileSync(workspace().hopperFile(name), "latin1"),
        );
      const before = files();
      run.child.kill("SIGCONT");
      const { code, stdout, stderr } = await run.ended;
      assert.equal(code, 3, stderr);
      assert.match(stdout + stderr, /Another process has taken over the queue/);
      assert.deepEqual(files(), before);
      await hopper.stop();
    });
  }
});
