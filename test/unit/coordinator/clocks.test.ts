import assert from "node:assert/strict";
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

  describe("clocks", () => {
    it("stop an attempt that takes longer than its time-out", async () => {
      bench.enqueue({ number: 1, timeout: 90 });
      bench.coordinator.start();
      bench.clock.advance(89_999);
      await settled();
      assert.equal(bench.statuses(), "1 running");
      bench.clock.advance(1);
      await settled();
      assert.equal(bench.phase(1).reason, "timeout");
      assert.equal(bench.phase(1).error_message, "ran longer than 1m 30s");
      assert.equal(bench.runner.of(1).stops, 1);
    });

    it("let an exit record that is there count before the time-out", async () => {
      bench.enqueue({ number: 1, timeout: 90 });
      bench.coordinator.start();
      bench.clock.advance(89_500);
      bench.runner.endSilently(1);
      bench.clock.advance(500);
      await settled();
      assert.equal(bench.statuses(), "1 completed");
    });

    it("stop an agent that is silent for a quarter of an hour, and no shell", async () => {
      bench.maxConcurrent = 2;
      bench.enqueue({ number: 1, runner: "agent" }, { number: 2, dependsOn: [] });
      bench.coordinator.start();
      for (let minute = 0; minute < 14; minute++) {
        bench.clock.advance(60_000);
      }
      bench.runner.of(1).output = 10;
      for (let minute = 0; minute < 14; minute++) {
        bench.clock.advance(60_000);
      }
      await settled();
      assert.equal(bench.statuses(), "1 running, 2 running");
      bench.clock.advance(120_000);
      await settled();
      assert.equal(bench.phase(1).reason, "idle");
      assert.equal(bench.phase(2).status, "running");
    });

    it("do not take it for an agent's silence that the host itself, or the machine, stood still", async () => {
      bench.enqueue({ number: 1, runner: "agent", timeout: 0 });
      bench.coordinator.start();
      bench.clock.advance(14 * 60_000);
      bench.clock.hang(50 * 60_000);
      bench.clock.advance(10_000);
      await settled();
      assert.equal(bench.statuses(), "1 running");
      bench.clock.advance(60_000);
      await settled();
      assert.equal(bench.phase(1).reason, "idle");
    });

    it("never run out for a phase with no time-out", async () => {
      bench.enqueue({ number: 1, timeout: 0 });
      bench.coordinator.start();
      bench.clock.advance(3 * 3_600_000);
      await settled();
      assert.equal(bench.statuses(), "1 running");
    });

    it("end an external phase at its deadline of a day", async () => {
      bench.enqueue({ number: 1, runner: "external" });
      bench.coordinator.start();
      bench.clock.advance(86_399_000);
      assert.equal(bench.statuses(), "1 running");
      bench.clock.advance(1000);
      await settled();
      assert.equal(bench.phase(1).reason, "timeout");
    });
  });
});
