import assert from "node:assert/strict";
import { linkPhase } from "../../../src/core/queue/workflowChanges";
import { CoordinatorBench } from "./support/coordinatorBench";
import { settled } from "./support/settled";

describe("workflow history", () => {
  let bench: CoordinatorBench;

  beforeEach(async () => {
    bench = await CoordinatorBench.open();
  });

  afterEach(async () => {
    await bench.close();
  });

  /** Two external phases of issues 11 and 12, the first of them running. */
  function begin(): void {
    bench.enqueue({ number: 1, runner: "external" }, { number: 2, runner: "external" });
    link(1, 11);
    link(2, 12);
    bench.outside.read();
    bench.coordinator.start();
  }

  function link(phase: number, issueNumber: number): void {
    bench.queue.note((change) => linkPhase(change, bench.id(phase), { issueNumber }));
  }

  it("completes a phase whose workflow says so, and starts the next", () => {
    begin();
    bench.outside.read({ issueNumber: 11, status: "completed" });
    assert.equal(bench.statuses(), "1 completed, 2 running");
    const [attempt] = bench.queue.attempts(bench.id(1));
    assert.deepEqual(attempt?.evidence, { reported: "completed", workflow: "file:1" });
  });

  it("fails a phase with the workflow's own message", () => {
    begin();
    bench.outside.read({ issueNumber: 11, status: "failed", errorMessage: "no budget left" });
    assert.equal(bench.phase(1).reason, "reported");
    assert.equal(bench.phase(1).error_message, "no budget left");
    assert.equal(bench.phase(2).status, "blocked");
  });

  it("matches by phase, by ADW or by issue, and a row that names a phase is about that one alone", () => {
    begin();
    bench.outside.read({ queueId: bench.id(2), issueNumber: 11, status: "completed" });
    assert.equal(bench.statuses(), "1 running, 2 queued");
    bench.queue.note((change) => linkPhase(change, bench.id(1), { adwId: "adw-7" }));
    bench.outside.read({ adwId: "adw-7", status: "completed" });
    assert.equal(bench.phase(1).status, "completed");
    bench.outside.read(
      { adwId: "adw-7", status: "completed" },
      { queueId: bench.id(2), status: "completed" },
    );
    assert.equal(bench.phase(2).status, "completed");
  });

  it("ignores rows that were there at the claim, until they change", () => {
    bench.enqueue({ number: 1, runner: "external" });
    link(1, 11);
    const old = { issueNumber: 11, status: "failed", createdAt: "2999-01-01" } as const;
    bench.outside.read(old);
    bench.coordinator.start();
    bench.outside.read(old);
    assert.equal(bench.statuses(), "1 running");
    bench.outside.read({ ...old, status: "completed" });
    assert.equal(bench.statuses(), "1 completed");
  });

  it("takes what a file holds for old that was not read since before the claim", () => {
    bench.enqueue({ number: 1, runner: "external" });
    link(1, 11);
    bench.outside.change();
    bench.coordinator.start();
    bench.outside.read({ issueNumber: 11, status: "failed" });
    assert.equal(bench.statuses(), "1 running");
    bench.outside.read(
      { issueNumber: 11, status: "failed" },
      { issueNumber: 11, status: "completed" },
    );
    assert.equal(bench.statuses(), "1 completed");
  });

  it("takes nothing for old because of a reading from before the claim", async () => {
    begin();
    bench.outside.change();
    await bench.reports.reportWorkflow({ queueId: bench.id(1), status: "completed" });
    assert.equal(bench.statuses(), "1 completed, 2 running");
    // Looks at what was read last, to which this phase's old row had not come yet.
    await bench.reports.addWorkflow({ adwId: "of something else", status: "running" });
    bench.outside.read({ issueNumber: 12, status: "failed" });
    assert.equal(bench.statuses(), "1 completed, 2 running");
    bench.outside.read({ issueNumber: 12, status: "completed" });
    assert.equal(bench.statuses(), "1 completed, 2 completed");
  });

  it("remembers over a restart of the host what was there at the claim", async () => {
    bench.enqueue({ number: 1, runner: "external" });
    link(1, 11);
    bench.outside.read({ issueNumber: 11, status: "failed" });
    bench.coordinator.start();
    await bench.restart();
    bench.outside.read({ issueNumber: 11, status: "failed" });
    assert.equal(bench.statuses(), "1 running");
    await bench.restart();
    bench.outside.read(
      { issueNumber: 11, status: "failed" },
      { issueNumber: 11, status: "completed" },
    );
    assert.equal(bench.statuses(), "1 completed");
  });

  it("follows the newest of several rows, in whatever form their times are", () => {
    begin();
    const running = { issueNumber: 11, status: "running" } as const;
    const failed = { issueNumber: 11, status: "failed" } as const;
    bench.outside.read(
      { ...failed, createdAt: "2026-03-01T10:00:00Z" },
      { ...running, createdAt: "2026-03-01 11:00:00" },
    );
    assert.equal(bench.phase(1).status, "running");
    bench.outside.read(
      { ...running, createdAt: 1_772_362_800 },
      { ...failed, createdAt: "2026-03-01T10:59:59Z" },
    );
    assert.equal(bench.phase(1).status, "running");
    bench.outside.read(
      { ...running, createdAt: 1_772_362_800 },
      { ...failed, createdAt: "2026-03-01T12:00:00+01:00" },
    );
    assert.equal(bench.phase(1).status, "failed");
  });

  it("notes the ADW that works on a phase", () => {
    begin();
    bench.outside.read({ issueNumber: 11, adwId: "adw-9" });
    assert.equal(bench.phase(1).adw_id, "adw-9");
    assert.equal(bench.phase(1).status, "running");
  });

  it("marks a ready phase running when a row comes, and lets that row alone decide", () => {
    bench.queue.setPaused(true);
    bench.enqueue({ number: 1, runner: "external" });
    link(1, 11);
    bench.outside.read({ issueNumber: 11, status: "completed" });
    assert.equal(bench.statuses(), "1 ready");
    const old = { issueNumber: 11, status: "completed" } as const;
    bench.outside.read(old, { issueNumber: 11, createdAt: "2026-03-01" });
    assert.equal(bench.statuses(), "1 running");
    bench.outside.read(
      old,
      { issueNumber: 11, createdAt: "2026-03-01" },
      { issueNumber: 11, status: "failed", createdAt: "2026-03-02" },
    );
    assert.equal(bench.statuses(), "1 running");
    bench.outside.read(old, { issueNumber: 11, status: "completed" });
    assert.equal(bench.statuses(), "1 completed");
  });

  it("marks a phase running whose row is there at the first reading since it became ready", () => {
    bench.queue.setPaused(true);
    bench.outside.read();
    bench.enqueue({ number: 1, runner: "external" });
    bench.outside.read({ queueId: bench.id(1), createdAt: "2026-03-01" });
    assert.equal(bench.statuses(), "1 running");
    bench.outside.read({ queueId: bench.id(1), createdAt: "2026-03-01", status: "completed" });
    assert.equal(bench.statuses(), "1 completed");
  });

  it("hears for an attempt what came since its phase became ready", () => {
    begin();
    bench.queue.setPaused(true);
    bench.outside.read({ issueNumber: 11, status: "completed" });
    assert.equal(bench.statuses(), "1 completed, 2 ready");
    // Somebody writes, and before that is read the queue goes on.
    bench.outside.change();
    bench.queue.setPaused(false);
    assert.equal(bench.statuses(), "1 completed, 2 running");
    bench.outside.read(
      { issueNumber: 11, status: "completed" },
      { issueNumber: 12, status: "failed" },
    );
    assert.equal(bench.statuses(), "1 completed, 2 failed");
  });

  it("does not start what waits for other phases", () => {
    begin();
    bench.outside.read({ issueNumber: 12 });
    assert.equal(bench.statuses(), "1 running, 2 queued");
  });

  it("goes on with the other phases when one of them is in trouble", () => {
    bench.enqueue({ number: 1, runner: "external" });
    bench.enqueue({ number: 1, runner: "external" });
    bench.queue.note((change) => linkPhase(change, bench.id(1, 1), { issueNumber: 11 }));
    bench.queue.note((change) => linkPhase(change, bench.id(1, 2), { issueNumber: 12 }));
    bench.outside.read();
    bench.coordinator.start();
    const { attempt_id: id } = bench.queue.attempts(bench.id(1, 1))[0] ?? { attempt_id: "" };
    bench.queue.note((change) =>
      change.run("UPDATE attempts SET workflows = 'nonsense' WHERE attempt_id = ?", [id]),
    );
    bench.outside.read(
      { issueNumber: 11, status: "completed" },
      { issueNumber: 12, status: "completed" },
    );
    bench.outside.read(
      { issueNumber: 11, status: "completed" },
      { issueNumber: 12, status: "completed" },
    );
    assert.equal(bench.statuses(), "1 running, 1 completed");
    assert.equal(bench.logged.filter((line) => line.includes("was not followed")).length, 1);
  });

  it("ends at the phase's deadline, after which a workflow changes nothing", async () => {
    bench.enqueue(
      { number: 1, runner: "external", timeout: 60 },
      { number: 2, runner: "external" },
    );
    link(1, 11);
    bench.outside.read();
    bench.coordinator.start();
    bench.clock.advance(60_000);
    await settled();
    assert.equal(bench.phase(1).reason, "timeout");
    bench.outside.read({ issueNumber: 11, status: "completed" });
    assert.equal(bench.statuses(), "1 failed, 2 blocked");
  });

  it("verifies what a workflow completed", async () => {
    bench.enqueue({ number: 1, runner: "external", verify: true });
    link(1, 11);
    bench.outside.read();
    bench.coordinator.start();
    bench.outside.read({ issueNumber: 11, status: "completed" });
    bench.outside.read({ issueNumber: 11, status: "completed" });
    assert.equal(bench.statuses(), "1 running");
    bench.runner.end(1);
    await settled();
    assert.equal(bench.statuses(), "1 completed");
    assert.deepEqual(bench.logged, []);
  });
});
