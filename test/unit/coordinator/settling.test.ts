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

  describe("settling", () => {
    it("stops whoever is left of a failed attempt before it settles it", async () => {
      bench.enqueue({ number: 1 }, { number: 2 });
      bench.coordinator.start();
      const stopped: string[] = [];
      const { runner } = bench;
      const stop = runner.stop.bind(runner);
      runner.stop = (folder) => {
        stopped.push(bench.statuses());
        return stop(folder);
      };
      runner.end(1, { outcome: "exit", message: "exited with code 3", exitCode: 3 });
      await settled();
      assert.deepEqual(stopped, ["1 running, 2 queued"]);
      assert.equal(bench.statuses(), "1 failed, 2 blocked");
      assert.equal(bench.phase(1).error_message, "exited with code 3");
    });

    it("stops nobody of an attempt that is another's now, which took the queue over", async () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      const takeOver = await bench.heir();
      takeOver();
      bench.runner.end(1, { outcome: "exit" });
      await settled();
      assert.equal(bench.runner.of(1).stops, 0);
    });

    it("does not stop what outlives a successful attempt", () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      bench.runner.end(1);
      assert.equal(bench.runner.of(1).stops, 0);
    });

    it("notices an end that no hint told within a second", () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      bench.runner.endSilently(1);
      bench.clock.advance(1000);
      assert.equal(bench.statuses(), "1 completed");
    });

    it("fails a phase as interrupted when its wrapper died without a word", async () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      bench.runner.of(1).alive = false;
      bench.clock.advance(1000);
      await settled();
      assert.equal(bench.phase(1).reason, "interrupted");
    });

    it("fails a phase as lost when its files are gone and its process has ended", async () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      bench.clock.advance(1000);
      const attempt = bench.runner.of(1);
      bench.runner.attempts.delete(attempt.request.folder);
      const shadow = { ...attempt, request: { ...attempt.request, folder: "elsewhere" } };
      bench.runner.attempts.set("elsewhere", shadow);
      bench.clock.advance(1000);
      await settled();
      assert.equal(bench.statuses(), "1 running", "its process still lives");
      shadow.alive = false;
      bench.clock.advance(1000);
      await settled();
      assert.equal(bench.phase(1).reason, "lost");
    });

    it("pauses a plan after a phase with a checkpoint until a person resumes it", () => {
      const plan = bench.enqueue({ number: 1, checkpoint: "look at the build" }, { number: 2 });
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      bench.runner.end(1);
      assert.equal(bench.statuses(), "1 completed, 2 ready, 1 running");
      assert.match(bench.queue.plan(plan)?.paused_reason ?? "", /look at the build/);
      bench.runner.end(1);
      bench.queue.setPlanPaused(plan, undefined);
      assert.equal(bench.statuses(), "1 completed, 2 running, 1 completed");
    });
  });

  it("pauses the queue when three phases fail for good within a minute, and starts no fourth", async () => {
    for (let plan = 0; plan < 4; plan++) {
      bench.enqueue({ number: 1 });
    }
    bench.coordinator.start();
    for (let failures = 0; failures < 3; failures++) {
      assert.equal(bench.queue.pausedReason, undefined);
      bench.runner.end(1, { outcome: "exit" });
      await settled();
    }
    assert.match(bench.queue.pausedReason ?? "", /3 phases failed within 60 seconds/);
    assert.equal(bench.statuses(), "1 failed, 1 failed, 1 failed, 1 ready");
  });

  describe("automatic retries", () => {
    it("make a failed phase ready again after a wait, without blocking anything", async () => {
      bench.enqueue({ number: 1, retries: 1 }, { number: 2 });
      bench.coordinator.start();
      bench.runner.end(1, { outcome: "exit", message: "flaky" });
      await settled();
      assert.equal(bench.statuses(), "1 ready, 2 queued");
      assert.ok(bench.phase(1).not_before);
      bench.clock.advance(3999);
      assert.equal(bench.statuses(), "1 ready, 2 queued");
      bench.clock.advance(2001);
      assert.equal(bench.statuses(), "1 running, 2 queued");
      bench.runner.end(1, { outcome: "exit", message: "broken" });
      await settled();
      assert.equal(bench.statuses(), "1 failed, 2 blocked");
      assert.equal(bench.phase(1).attempts, 2);
    });

    it("are counted anew after a person retried", async () => {
      bench.enqueue({ number: 1, retries: 1 });
      bench.coordinator.start();
      for (let attempt = 0; attempt < 2; attempt++) {
        bench.runner.end(1, { outcome: "exit" });
        await settled();
        bench.clock.advance(6000);
      }
      assert.equal(bench.statuses(), "1 failed");
      bench.queue.retry(bench.id(1));
      bench.runner.end(1, { outcome: "exit" });
      await settled();
      assert.equal(bench.statuses(), "1 ready");
    });

    it("do not bring back what a person cancelled", async () => {
      bench.enqueue({ number: 1, retries: 3 });
      bench.coordinator.start();
      await bench.coordinator.cancel(bench.id(1));
      assert.equal(bench.statuses(), "1 failed");
      assert.equal(bench.phase(1).reason, "cancelled");
    });
  });
});
