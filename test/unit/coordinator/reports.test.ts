import assert from "node:assert/strict";
import { HopperError } from "../../../src/core/base/errors";
import { CoordinatorBench } from "./support/coordinatorBench";
import { settled } from "./support/settled";

describe("coordinator", () => {
  let bench: CoordinatorBench;

  beforeEach(async () => {
    bench = await CoordinatorBench.open();
  });

  afterEach(async () => {
    await bench.close();
  });

  describe("manual and external phases", () => {
    it("wait for a person, who says done or failed with a note", () => {
      bench.enqueue({ number: 1, runner: "manual" }, { number: 2, runner: "manual" });
      bench.coordinator.start();
      bench.coordinator.report(bench.id(1), "completed", "looks good");
      assert.equal(bench.statuses(), "1 completed, 2 running");
      assert.deepEqual(bench.queue.attempts(bench.id(1))[0]?.evidence, {
        reported: "completed",
        note: "looks good",
      });
      bench.coordinator.report(bench.id(2), "failed", "the door is locked");
      assert.equal(bench.phase(2).reason, "reported");
      assert.equal(bench.phase(2).error_message, "the door is locked");
    });

    it("are verified after they were reported as done", async () => {
      bench.enqueue({ number: 1, runner: "manual", verify: true }, { number: 2 });
      bench.coordinator.start();
      bench.coordinator.report(bench.id(1), "completed");
      assert.equal(bench.statuses(), "1 running, 2 queued");
      assert.match(bench.runner.of(1).request.folder, /verify$/);
      assert.throws(() => bench.coordinator.report(bench.id(1), "completed"), /being verified/);
      bench.runner.end(1, { outcome: "verify", message: "verify failed" });
      await settled();
      assert.equal(bench.phase(1).reason, "verify");
    });

    it("go on being verified after a restart of the host", async () => {
      bench.enqueue({ number: 1, runner: "external", verify: true });
      bench.coordinator.start();
      bench.coordinator.report(bench.id(1), "completed");
      await bench.restart();
      assert.equal(bench.statuses(), "1 running");
      bench.runner.endSilently(1);
      bench.clock.advance(1000);
      assert.equal(bench.statuses(), "1 completed");
    });

    it("have their time-out once more for the verify blocks, from the report on", async () => {
      bench.enqueue({ number: 1, runner: "manual", verify: true, timeout: 600 });
      bench.coordinator.start();
      bench.clock.advance(500_000);
      bench.coordinator.report(bench.id(1), "completed");
      bench.clock.advance(599_000);
      await settled();
      assert.equal(bench.statuses(), "1 running");
      bench.clock.advance(1000);
      await settled();
      assert.equal(bench.phase(1).reason, "timeout");
      assert.equal(bench.runner.of(1).stops, 1);
    });

    it("have an hour for verify blocks where no time-out is given, restarts of the host included", async () => {
      bench.enqueue({ number: 1, runner: "external", verify: true });
      bench.coordinator.start();
      bench.clock.advance(20 * 3_600_000);
      bench.coordinator.report(bench.id(1), "completed");
      bench.clock.advance(1_800_000);
      await bench.restart();
      bench.clock.advance(1_799_000);
      await settled();
      assert.equal(bench.statuses(), "1 running");
      bench.clock.advance(1000);
      await settled();
      assert.equal(bench.phase(1).reason, "timeout");
    });

    it("are not verified by a host that another one took over from", async () => {
      bench.enqueue({ number: 1, runner: "manual", verify: true });
      const takeOver = await bench.heir();
      bench.coordinator.start();
      takeOver();
      assert.throws(() => bench.coordinator.report(bench.id(1), "completed"), { kind: "owned" });
      assert.deepEqual(bench.runner.calls, []);
    });

    it("stay as they were when the verify folder cannot be made", () => {
      bench.enqueue({ number: 1, runner: "manual", verify: true });
      bench.coordinator.start();
      bench.runner.prepareError = new HopperError("storage", "the disk is full");
      assert.throws(() => bench.coordinator.report(bench.id(1), "completed"), /disk is full/);
      bench.runner.prepareError = undefined;
      bench.coordinator.report(bench.id(1), "completed");
      bench.runner.end(1);
      assert.equal(bench.statuses(), "1 completed");
    });

    it("are verified as what they were claimed as, whatever the runner became since", () => {
      bench.enqueue({ number: 1, runner: "manual", verify: true });
      bench.coordinator.start();
      bench.runners = new Map([["manual", { kind: "command", argv: ["agent"], prompt: "stdin" }]]);
      bench.coordinator.report(bench.id(1), "completed");
      assert.equal(bench.runner.of(1).request.definition.kind, "manual");
    });

    it("cannot be settled by hand where a process decides", () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      assert.throws(
        () => bench.coordinator.report(bench.id(1), "completed"),
        /its own process decides/,
      );
    });
  });
});
