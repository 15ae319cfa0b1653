import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { answer, errorAnswer, runLine } from "../support/answers";
import { planText, until, useWorkspace } from "../support/workspace";

describe("phase-hopper run", () => {
  const workspace = useWorkspace();

  it("runs three phases in order and exits with 0", async () => {
    workspace().write(
      "plan.md",
      planText("Three", [
        { title: "Setup", sh: "echo 1 >> ledger" },
        { title: "Build", sh: "echo 2 >> ledger" },
        { title: "Test", sh: "echo 3 >> ledger" },
      ]),
    );
    const { stdout, stderr } = await workspace().expect(0, ["run", "plan.md", "--yes"]);
    assert.equal(workspace().read("ledger"), "1\n2\n3\n");
    assert.deepEqual(
      stdout.split("\n").map((line) => line.replace(/\d+\.\d+s/, "TIME")),
      [
        "Plan 1 Three: 3 phases, 1 ready, 2 queued",
        "Phase 1 Setup: started",
        "Phase 1 Setup: completed in TIME",
        "Phase 2 Build: started",
        "Phase 2 Build: completed in TIME",
        "Phase 3 Test: started",
        "Phase 3 Test: completed in TIME",
        "3 completed (TIME)",
        "",
      ],
    );
    assert.equal(stderr, "");
    assert.deepEqual(await workspace().statuses(), ["completed", "completed", "completed"]);
  });

  it("blocks what depends on a failed phase, says why, and exits with 1", async () => {
    workspace().write(
      "plan.md",
      planText("Failing", [
        { title: "Setup", sh: "true" },
        { title: "Build", sh: "echo it is broken; exit 3" },
        { title: "Test", sh: "touch never" },
        { title: "Ship", sh: "touch never" },
      ]),
    );
    const { stdout } = await workspace().expect(1, ["run", "plan.md", "--yes"]);
    assert.match(stdout, /^Phase 2 Build: failed after .*exited with code 3: it is broken$/m);
    assert.match(stdout, /^Phases 3 and 4: blocked$/m);
    assert.match(stdout, /^ {2}│ it is broken$/m);
    assert.match(stdout, /phase-hopper retry 1\.2 && phase-hopper run plan\.md/);
    const [, failed, blocked, also] = await workspace().phases();
    assert.equal(failed?.reason, "exit");
    assert.equal(blocked?.status, "blocked");
    assert.match(blocked.error_message ?? "", /^Phase 2 failed: /);
    assert.match(also?.error_message ?? "", /^Phase 2 failed: /);
    assert.equal(workspace().read("never"), "");
  });

  it("exits with 1 on a failed plan, runs nothing of it and names retry", async () => {
    workspace().write("plan.md", planText("Failing", [{ sh: "echo x >> ledger; exit 1" }]));
    await workspace().expect(1, ["run", "plan.md", "--yes"]);
    const { stdout } = await workspace().expect(1, ["run", "plan.md", "--yes"]);
    assert.match(stdout, /phase-hopper retry 1\.1/);
    assert.equal(workspace().read("ledger"), "x\n");
  });

  it("runs both sides of a diamond at once with --max-concurrent 2", async () => {
    const meet = (mine: string, other: string): string => `touch ${mine}; ${until(other)}`;
    workspace().write(
      "plan.md",
      planText("Diamond", [
        { sh: "true" },
        { lines: ["Depends on: 1"], sh: meet("left", "right") },
        { lines: ["Depends on: 1"], sh: meet("right", "left") },
        { lines: ["Depends on: 2, 3"], sh: "test -e left && test -e right" },
      ]),
    );
    await workspace().expect(0, ["run", "plan.md", "--yes", "--max-concurrent", "2"]);
  });

  it("completes a phase only when its verify block passes", async () => {
    workspace().write(
      "plan.md",
      planText("Verified", [
        { sh: "echo right > result", verify: "grep -q right result" },
        { sh: "echo wrong > result", verify: "grep right result" },
      ]),
    );
    await workspace().expect(1, ["run", "plan.md", "--yes"]);
    const [passed, failed] = await workspace().phases();
    assert.equal(passed?.status, "completed");
    assert.equal(failed?.status, "failed");
    assert.equal(failed.reason, "verify");
  });

  it("stops a phase that runs longer than its time-out", async () => {
    workspace().write("plan.md", planText("Slow", [{ lines: ["Timeout: 1s"], sh: "sleep 600" }]));
    const { stdout } = await workspace().expect(1, ["run", "plan.md", "--yes"]);
    assert.match(stdout, /Phase 1 Step 1: failed after .*ran longer than 1s/);
    assert.equal((await workspace().phases())[0]?.reason, "timeout");
  });

  it("tries a phase with retries again by itself", async () => {
    workspace().write(
      "plan.md",
      planText("Flaky", [
        { lines: ["Retries: 1"], sh: "echo x >> ledger; test $(wc -l < ledger) = 2" },
        { sh: "true" },
      ]),
    );
    const { stdout } = await workspace().expect(0, ["run", "plan.md", "--yes"]);
    assert.match(stdout, /^Phase 1 Step 1: failed, tried again in \d/m);
    assert.doesNotMatch(stdout, /blocked/);
    assert.equal((await workspace().phases())[0]?.attempts, 2);
  });

  it("enqueues a finished plan again", async () => {
    workspace().write("plan.md", planText("Again", [{ sh: "echo x >> ledger" }]));
    await workspace().expect(0, ["run", "plan.md", "--yes"]);
    await workspace().expect(0, ["run", "plan.md", "--yes"]);
    assert.equal(workspace().read("ledger"), "x\nx\n");
    assert.deepEqual(
      (await workspace().phases()).map(({ plan_number }) => plan_number),
      [1, 2],
    );
  });

  it("enqueues a second copy of an unfinished plan with --again", async () => {
    workspace().write("plan.md", planText("Twice", [{ sh: "echo $HOPPER_PLAN >> ledger" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    await workspace().expect(0, ["run", "plan.md", "--yes", "--again"]);
    assert.deepEqual(await workspace().statuses(), ["ready", "completed"]);
    await workspace().expect(0, ["run"]);
    assert.deepEqual(await workspace().statuses(), ["completed", "completed"]);
  });

  it("goes on with one plan only when one is named, with everything otherwise", async () => {
    workspace().write("a.md", planText("A", [{ sh: "echo a >> ledger" }]));
    workspace().write("b.md", planText("B", [{ sh: "echo b >> ledger" }]));
    await workspace().expect(0, ["enqueue", "a.md", "--yes"]);
    await workspace().expect(0, ["enqueue", "b.md", "--yes", "--priority", "urgent"]);
    await workspace().expect(0, ["run", "a.md"]);
    assert.equal(workspace().read("ledger"), "a\n");
    await workspace().expect(0, ["run"]);
    assert.equal(workspace().read("ledger"), "a\nb\n");
  });

  it("recognises a plan by its real path, and finds the queue from a folder below", async () => {
    workspace().write("docs/plan.md", planText("Deep", [{ sh: "pwd >> ledger" }]));
    await workspace().expect(0, ["enqueue", "docs/plan.md", "--yes"]);
    mkdirSync(workspace().file("links"));
    symlinkSync(workspace().file("docs/plan.md"), workspace().file("links/plan.md"));
    await workspace().expect(0, ["run", "plan.md"], { folder: workspace().file("links") });
    assert.equal(workspace().read("ledger"), `${workspace().path}\n`);
    assert.equal((await workspace().phases()).length, 1);
  });

  it("prints an event per line, each once and in order, with --json", async () => {
    workspace().write("plan.md", planText("Json", [{ sh: "true" }, { sh: "exit 1" }]));
    const { stdout, stderr } = await workspace().expect(1, ["run", "plan.md", "--yes", "--json"]);
    assert.equal(stderr, "");
    const lines = stdout.trimEnd().split("\n");
    const events = lines.map((line) => answer(runLine, line));
    assert.deepEqual(
      events.map((event) =>
        event.type === "phase_changed"
          ? `Phase ${event.phase_number} ${event.from_status} ${event.to_status}`
          : event.type,
      ),
      [
        "plan_enqueued",
        "phase_enqueued",
        "phase_enqueued",
        "run_started",
        "Phase 1 ready running",
        "Phase 1 running completed",
        "Phase 2 queued ready",
        "Phase 2 ready running",
        "Phase 2 running failed",
        "run_waiting",
        "run_finished",
      ],
    );
    const ids = events.flatMap((event) => ("event_id" in event ? [event.event_id] : []));
    assert.deepEqual(
      ids,
      Array.from({ length: 8 }, (_, index) => index + 1),
    );
    assert.deepEqual(events.at(-1), {
      type: "run_finished",
      exit_code: 1,
      waiting: { kind: "failed", text: "Phase 2 failed" },
    });
  });

  it("prints what the phases print with --output", async () => {
    workspace().write("plan.md", planText("Echo", [{ sh: "printf 'one\\ntwo\\nthree'" }]));
    const { stdout } = await workspace().expect(0, ["run", "plan.md", "--yes", "--output"]);
    assert.match(stdout, /started\n1\.1 \| one\n1\.1 \| two\n1\.1 \| three\nPhase 1/);
  });

  it("does not run blocks of a plan without a runner when there is nobody to ask", async () => {
    workspace().write("plan.md", planText("Unasked", [{ sh: "touch never" }]));
    const { stderr, stdout } = await workspace().expect(2, ["run", "plan.md"]);
    assert.match(stderr, /^error: plan\.md names no runner.*--yes.*--runner NAME/);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
    assert.equal(stdout, "");
    assert.deepEqual(await workspace().phases(), []);
    await workspace().expect(0, ["run", "plan.md", "--runner", "shell"]);
  });

  it("asks nothing when the plan names its runners", async () => {
    workspace().write("plan.md", planText("Named", [{ lines: ["Runner: shell"], sh: "true" }]));
    await workspace().expect(0, ["run", "plan.md"]);
  });

  it("takes runners from the file named with --config, and never from the workspace", async () => {
    const config = { runners: { greet: { kind: "command", argv: ["cat"], prompt: "stdin" } } };
    workspace().write("runners.json", JSON.stringify(config));
    workspace().write(
      "plan.md",
      planText("Configured", [{ lines: ["Runner: greet", "", "Say hello."] }]),
    );
    const { stderr } = await workspace().expect(2, ["run", "plan.md"]);
    assert.match(stderr, /plan\.md:\d+: error: .*greet.*\[unknown-runner\]/);
    await workspace().expect(0, ["run", "plan.md", "--config", "runners.json"]);
    const { stdout } = await workspace().expect(0, ["log", "1.1"]);
    assert.match(stdout, /Say hello\./);
  });

  it("stores nothing of a plan with errors", async () => {
    workspace().write("plan.md", "## Phase 1: A\n\nDepends on: 7\n\n```sh\ntrue\n```\n");
    const { stderr } = await workspace().expect(2, ["run", "plan.md", "--yes"]);
    assert.match(stderr, /^plan\.md:\d+: error: .*\[unknown-dependency\]$/m);
    const { stdout } = await workspace().expect(2, ["run", "plan.md", "--yes", "--json"]);
    const { error } = answer(errorAnswer, stdout);
    assert.equal(error.kind, "invalidPlan");
    assert.equal(error.problems?.[0]?.code, "unknown-dependency");
    assert.deepEqual(await workspace().phases(), []);
  });

  it("goes on when the output of a phase cannot be read, and says so", async () => {
    const find = 'output=$(echo .hopper/attempts/*/1/output.log); rm "$output"';
    const blocks = {
      folder: 'mkdir "$output"',
      link: 'ln -s /dev/zero "$output"',
    };
    for (const [name, sh] of Object.entries(blocks)) {
      const file = `${name}.md`;
      workspace().write(file, planText(name, [{ sh: `${find}\n${sh}\nexit 7` }]));
      const { stdout } = await workspace().expect(1, ["run", file, "--yes", "--output"]);
      assert.match(
        stdout,
        /^ {2}│ \(the output in .* cannot be read: it is not a regular file\)$/m,
      );
      assert.match(stdout, /^1\.1 \| \(the output in .* cannot be read/m);
      assert.match(stdout, /failed after .*exited with code 7/);
      rmSync(workspace().hopperFile(""), { recursive: true });
      const onTerminal = workspace().onTerminal(["run", file, "--yes"]);
      assert.equal(await onTerminal.ended, 1);
      assert.match(onTerminal.screen.text, /cannot be read: it is not a\s+regular file/);
      rmSync(workspace().hopperFile(""), { recursive: true });
    }
  });

  it("ends with 1 and says why when the workspace folder is removed under it", async () => {
    const folder = workspace().file("removed");
    const go = workspace().file("go");
    workspace().write(
      "removed/plan.md",
      planText("Removed", [
        { sh: `touch ${workspace().file("up")}; ${until(go)}` },
        { sh: "true" },
      ]),
    );
    const cli = workspace().start(["run", "plan.md", "--yes"], { folder });
    await workspace().wrote("up");
    rmSync(folder, { recursive: true });
    const { code, stdout, stderr } = await cli.ended;
    assert.equal(code, 1, stdout + stderr);
    assert.match(stdout, /^The workspace folder .* was removed or moved away/im);
    const lines = stderr.trimEnd().split("\n");
    assert.equal(new Set(lines).size, lines.length, stderr);
    assert.equal(existsSync(folder), false);
    workspace().write("go", "");
  });
});
