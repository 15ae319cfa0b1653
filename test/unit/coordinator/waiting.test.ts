import assert from "node:assert/strict";
import { isoNow } from "../../../src/core/base/clock";
import { whatItWaitsFor } from "../../../src/core/coordinator/waiting";
import { localTime } from "../../../src/core/protocol/words/duration";
import { CoordinatorBench, runners } from "./support/coordinatorBench";

describe("what the queue waits for", () => {
  let bench: CoordinatorBench;

  beforeEach(async () => {
    bench = await CoordinatorBench.open();
  });

  afterEach(async () => {
    await bench.close();
  });

  function waiting(planId?: string): string {
    const { kind, text } = whatItWaitsFor(bench.queue, {
      now: isoNow(bench.clock),
      trouble: bench.coordinator.trouble,
      ...(planId !== undefined && { planId }),
    });
    return `${kind}: ${text}`;
  }

  it("is nothing when there is nothing, or all is completed", () => {
    assert.equal(waiting(), "completed: all phases are completed");
    bench.enqueue({ number: 1 });
    bench.coordinator.start();
    bench.runner.end(1);
    assert.equal(waiting(), "completed: all phases are completed");
  });

  it("is the running phase, named with its plan where there are several", () => {
    bench.enqueue({ number: 1 });
    bench.coordinator.start();
    assert.equal(waiting(), "running: Phase 1 running");
    bench.enqueue({ number: 1 });
    assert.equal(waiting(), "running: Phase 1 of Plan 1 running");
  });

  it("is of a plan that another one keeps from starting what runs there", () => {
    bench.enqueue({ number: 1 }, { number: 2 });
    const second = bench.enqueue({ number: 1 });
    bench.coordinator.start();
    assert.equal(waiting(second), "running: waiting for Phase 1 of Plan 1");
    bench.runner.end(1);
    assert.equal(waiting(second), "running: waiting for Phase 2 of Plan 1");
    bench.runner.end(2);
    assert.equal(waiting(second), "running: Phase 1 running");
  });

  it("is of such a plan the person whose turn it is there", () => {
    bench.enqueue({ number: 1 });
    const second = bench.enqueue({ number: 1, runner: "manual" }, { number: 2, dependsOn: [] });
    bench.coordinator.start();
    assert.equal(waiting(second), "person: waiting for a person: Phase 1");
  });

  it("is what runs before what waits for a person, and both are said", () => {
    bench.maxConcurrent = 2;
    bench.enqueue({ number: 1, runner: "manual" }, { number: 2, dependsOn: [] });
    bench.coordinator.start();
    assert.equal(waiting(), "running: Phase 2 running; Phase 1 for a person to do");
  });

  it("is the running phase of a paused queue, with the pause", () => {
    bench.enqueue({ number: 1 });
    bench.coordinator.start();
    bench.queue.setPaused(true, "paused by you");
    assert.equal(waiting(), "running: paused by you; Phase 1 running");
  });

  it("is a person for a manual phase, and a workflow for an external one", () => {
    bench.enqueue({ number: 1, runner: "manual" }, { number: 2, runner: "external" });
    bench.coordinator.start();
    assert.equal(waiting(), "person: waiting for a person: Phase 1");
    bench.coordinator.report(bench.id(1), "completed");
    assert.equal(waiting(), "workflow: waiting for the workflow of Phase 2");
  });

  it("stays a person's or workflow's turn when the runner is missing from the configuration", async () => {
    bench.enqueue({ number: 1, runner: "manual" }, { number: 2, runner: "external", verify: true });
    bench.coordinator.start();
    bench.runners = new Map();
    await bench.restart();
    assert.equal(waiting(), "person: waiting for a person: Phase 1");
    bench.runners = runners;
    bench.coordinator.start();
    bench.coordinator.report(bench.id(1), "completed");
    bench.runners = new Map();
    assert.equal(waiting(), "workflow: waiting for the workflow of Phase 2");
    bench.coordinator.report(bench.id(2), "completed");
    assert.equal(waiting(), "running: Phase 2 running", "its verify blocks run");
  });

  it("is a person's resume while the queue or the plan is paused", () => {
    const plan = bench.enqueue({ number: 1 });
    bench.queue.setPaused(true, "paused by you");
    assert.equal(waiting(), "paused: paused by you");
    bench.queue.setPaused(false);
    bench.queue.setPlanPaused(plan, "checkpoint after Phase 0: look");
    assert.equal(waiting(), "paused: checkpoint after Phase 0: look");
  });

  it("is the running phase of a paused plan, with the pause", () => {
    const plan = bench.enqueue({ number: 1, runner: "manual" }, { number: 2 });
    bench.coordinator.start();
    bench.queue.setPlanPaused(plan, "paused by you");
    assert.equal(waiting(plan), "person: paused by you; waiting for a person: Phase 1");
    bench.coordinator.report(bench.id(1), "completed");
    assert.equal(waiting(plan), "paused: paused by you");
  });

  it("is the next automatic retry", async () => {
    bench.enqueue({ number: 1, retries: 1 });
    bench.coordinator.start();
    bench.runner.end(1, { outcome: "exit" });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    // In the time of whoever reads it.
    const due = bench.queue.nextRetryAt(isoNow(bench.clock)) ?? "";
    assert.equal(waiting(), `retry: Phase 1 is tried again at ${localTime(due).slice(11)}`);
  });

  it("is somebody's retry after a failure", async () => {
    const plan = bench.enqueue({ number: 1 }, { number: 2 });
    bench.enqueue({ number: 1, runner: "manual" });
    bench.coordinator.start();
    bench.runner.end(1, { outcome: "exit" });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    assert.equal(waiting(plan), "failed: Phase 1 failed", "beside the plan's title");
    assert.equal(waiting(), "person: waiting for a person: Phase 1 of Plan 2");
  });

  it("is space on a full disk", () => {
    bench.enqueue({ number: 1 });
    bench.diskError = "ENOSPC";
    bench.coordinator.start();
    assert.match(waiting(), /^trouble: .*the disk is full/);
  });
});
