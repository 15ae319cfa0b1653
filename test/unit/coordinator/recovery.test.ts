import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CoordinatorBench, runners } from "./support/coordinatorBench";
import type { FakeAttempt } from "./support/fakeRunner";
import { settled } from "./support/settled";

describe("coordinator", () => {
  let bench: CoordinatorBench;

  beforeEach(async () => {
    bench = await CoordinatorBench.open();
  });

  afterEach(async () => {
    await bench.close();
  });

  describe("recovery", () => {
    it("settles an attempt that ended while no host was there", async () => {
      bench.enqueue({ number: 1 }, { number: 2 });
      bench.coordinator.start();
      bench.runner.endSilently(1);
      await bench.restart();
      assert.equal(bench.statuses(), "1 completed, 2 ready");
    });

    it("watches a running attempt again without starting it again", async () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      await bench.restart();
      assert.equal(bench.statuses(), "1 running");
      assert.deepEqual(bench.runner.calls, []);
      bench.runner.endSilently(1);
      bench.clock.advance(1000);
      assert.equal(bench.statuses(), "1 completed");
    });

    it("starts an attempt that was announced but never taken", async () => {
      bench.enqueue({ number: 1 });
      bench.runner.onLaunch = (attempt) => {
        delete attempt.started;
        attempt.alive = false;
      };
      bench.coordinator.start();
      await bench.restart();
      assert.deepEqual(bench.runner.calls, ["launch 1"]);
      assert.equal(bench.queue.attempts(bench.id(1)).length, 1, "it is the same attempt");
    });

    it("calls such an attempt interrupted after a restart of the machine", async () => {
      bench.enqueue({ number: 1 });
      bench.runner.onLaunch = (attempt) => {
        delete attempt.started;
        attempt.alive = false;
        attempt.preparedInBoot = "boot-0";
      };
      bench.coordinator.start();
      await bench.restart();
      assert.deepEqual(
        bench.runner.calls.filter((call) => call.startsWith("launch")),
        [],
      );
      assert.equal(bench.phase(1).reason, "interrupted");
    });

    it("calls an attempt interrupted whose wrapper died, after sweeping up", async () => {
      bench.enqueue({ number: 1 }, { number: 2 });
      bench.coordinator.start();
      bench.runner.of(1).alive = false;
      await bench.restart();
      await settled();
      assert.equal(bench.statuses(), "1 failed, 2 blocked");
      assert.equal(bench.phase(1).reason, "interrupted");
      assert.equal(bench.runner.of(1).stops, 1);
    });

    it("finishes a stop that was cut off", async () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      bench.queue.requestStop(bench.queue.openAttempts()[0]?.attempt_id ?? "", "timeout");
      await bench.restart();
      await settled();
      assert.equal(bench.phase(1).reason, "timeout");
      assert.equal(bench.runner.of(1).stops, 1);
    });

    describe("of verify blocks that a person's report began", () => {
      beforeEach(() => {
        bench.enqueue({ number: 1, runner: "manual", verify: true }, { number: 2 });
        bench.coordinator.start();
      });

      /** Reports Phase 1 as done; its verify blocks are sent, and nobody takes them. */
      function reportUntaken(): FakeAttempt {
        bench.runner.onLaunch = (attempt) => {
          delete attempt.started;
          attempt.alive = false;
        };
        bench.coordinator.report(bench.id(1), "completed");
        return bench.runner.of(1);
      }

      it("sends them again when nobody took them in this boot", async () => {
        reportUntaken();
        await bench.restart();
        assert.deepEqual(bench.runner.calls, ["launch 1"]);
        bench.runner.end(1);
        assert.equal(bench.statuses(), "1 completed, 2 ready");
      });

      it("calls them interrupted when they were prepared in another boot", async () => {
        reportUntaken().preparedInBoot = "boot-0";
        await bench.restart();
        await settled();
        assert.ok(!bench.runner.calls.includes("launch 1"));
        assert.equal(bench.phase(1).reason, "interrupted");
      });

      it("makes them anew where their folder is half made", async () => {
        const { folder } = reportUntaken().request;
        bench.runner.attempts.delete(folder);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, "verify-1.sh"), "tru");
        await bench.restart();
        assert.deepEqual(bench.runner.calls, ["prepare 1", "launch 1"]);
        assert.equal(existsSync(folder), false, "the half was removed first");
        bench.runner.end(1);
        assert.equal(bench.statuses(), "1 completed, 2 ready");
      });

      it("finishes a stop of them that was cut off", async () => {
        bench.coordinator.report(bench.id(1), "completed");
        bench.queue.requestStop(bench.queue.openAttempts()[0]?.attempt_id ?? "", "cancelled");
        await bench.restart();
        await settled();
        assert.deepEqual(bench.runner.calls, ["stop 1"]);
        assert.equal(bench.phase(1).reason, "cancelled");
      });

      it("calls them lost when their files went after they had been started", async () => {
        bench.coordinator.report(bench.id(1), "completed");
        bench.clock.advance(1000);
        bench.runner.attempts.clear();
        await bench.restart();
        await settled();
        assert.equal(bench.phase(1).reason, "lost");
      });
    });

    describe("without the runners of open attempts in the configuration", () => {
      it("leaves a running process its slot, its time-out and its clock without output", async () => {
        bench.enqueue({ number: 1, runner: "agent", timeout: 3000 }, { number: 2, dependsOn: [] });
        bench.enqueue({ number: 1, runner: "agent", timeout: 0 });
        bench.maxConcurrent = 2;
        bench.queue.setPaused(true);
        bench.coordinator.startPhase(bench.id(1));
        bench.coordinator.startPhase(bench.id(1, 2));
        bench.runners = new Map([["shell", { kind: "shell" }]]);
        await bench.restart();
        bench.queue.setPaused(false);
        bench.coordinator.start();
        assert.equal(bench.statuses(), "1 running, 2 ready, 1 running");
        for (let minute = 0; minute < 15; minute++) {
          bench.runner.of(1).output++;
          bench.clock.advance(60_000);
        }
        await settled();
        assert.equal(bench.phase(1).reason, "idle", "the first attempt printed nothing");
        bench.runner.end(1);
        await settled();
        assert.equal(bench.statuses(), "1 failed, 2 running, 1 completed");
      });

      it("goes on waiting for a person or a workflow, up to the deadline", async () => {
        bench.enqueue(
          { number: 1, runner: "manual" },
          { number: 2, dependsOn: [], runner: "review" },
        );
        bench.runners = new Map([...runners, ["review", { kind: "external", timeout: 7200 }]]);
        bench.coordinator.start();
        bench.runners = new Map();
        await bench.restart();
        assert.equal(bench.statuses(), "1 running, 2 running");
        bench.coordinator.report(bench.id(1), "completed");
        bench.clock.advance(7_199_000);
        await settled();
        assert.equal(bench.statuses(), "1 completed, 2 running");
        bench.clock.advance(1000);
        await settled();
        assert.equal(bench.phase(2).reason, "timeout");
      });

      it("fails an attempt whose runner was missing at its claim already", async () => {
        bench.enqueue({ number: 1, runner: "gone" }, { number: 2 });
        const { runner } = bench;
        runner.stop = () => new Promise(() => undefined);
        bench.queue.claim({
          queueId: bench.id(1),
          attemptId: "a",
          attemptNumber: 1,
          runner: "gone",
          command: [],
          startsProcess: false,
        });
        await bench.restart();
        await settled();
        assert.equal(bench.phase(1).reason, "spawn");
        assert.match(bench.phase(1).error_message ?? "", /no runner "gone"/);
      });

      it("fails an attempt whose program was missing at its claim, and starts nothing of it", async () => {
        bench.enqueue({ number: 1 });
        bench.runner.prepareProblem = "zsh is not on PATH";
        bench.runner.stop = () => new Promise(() => undefined);
        bench.coordinator.start();
        assert.equal(bench.statuses(), "1 running");
        await bench.restart();
        await settled();
        assert.equal(bench.phase(1).reason, "spawn");
        assert.ok(!bench.runner.calls.includes("launch 1"));
      });
    });

    it("touches no process of a queue from elsewhere", async () => {
      bench.enqueue({ number: 1 }, { number: 2, dependsOn: [], runner: "manual" });
      bench.coordinator.start();
      await bench.restart({ distrust: true });
      assert.deepEqual(bench.runner.calls, []);
      assert.equal(bench.phase(1).reason, "interrupted");
      assert.equal(bench.phase(2).reason, "interrupted");
    });

    it("gives an overdue attempt a minute after a re-attach", async () => {
      bench.enqueue({ number: 1, timeout: 60 });
      bench.coordinator.start();
      await bench.restart();
      bench.clock.advance(59_999);
      await settled();
      assert.equal(bench.statuses(), "1 running");
      bench.clock.advance(1);
      await settled();
      assert.equal(bench.phase(1).reason, "timeout");
    });
  });
});
