import assert from "node:assert/strict";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HopperError } from "../../../src/core/base/errors";
import { CoordinatorBench, runners } from "./support/coordinatorBench";
import type { FakeAttempt } from "./support/fakeRunner";

/** Lets promises that wait for nothing but each other finish. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

describe("coordinator", () => {
  let bench: CoordinatorBench;

  beforeEach(async () => {
    bench = await CoordinatorBench.open();
  });

  afterEach(async () => {
    await bench.close();
  });

  describe("starting", () => {
    it("starts nothing before it is told to", () => {
      bench.enqueue({ number: 1 });
      assert.deepEqual(bench.runner.calls, []);
    });

    it("starts each phase when the one before it has ended, in the same turn", () => {
      bench.enqueue({ number: 1 }, { number: 2 }, { number: 3 });
      bench.coordinator.start();
      assert.equal(bench.statuses(), "1 running, 2 queued, 3 queued");
      bench.runner.end(1);
      assert.equal(bench.statuses(), "1 completed, 2 running, 3 queued");
      bench.runner.end(2);
      bench.runner.end(3);
      assert.equal(bench.statuses(), "1 completed, 2 completed, 3 completed");
      assert.deepEqual(bench.runner.calls, [
        "prepare 1",
        "launch 1",
        "prepare 2",
        "launch 2",
        "prepare 3",
        "launch 3",
      ]);
    });

    it("claims a phase durably before its wrapper is started", () => {
      bench.enqueue({ number: 1 });
      const seen: string[] = [];
      bench.runner.onLaunch = () => seen.push(bench.statuses());
      bench.coordinator.start();
      assert.deepEqual(seen, ["1 running"]);
    });

    it("runs no more processes at once than allowed, and fills a slot that becomes free", () => {
      bench.maxConcurrent = 2;
      bench.enqueue(
        { number: 1, dependsOn: [] },
        { number: 2, dependsOn: [] },
        { number: 3, dependsOn: [] },
      );
      bench.coordinator.start();
      assert.equal(bench.statuses(), "1 running, 2 running, 3 ready");
      bench.runner.end(2);
      assert.equal(bench.statuses(), "1 running, 2 completed, 3 running");
    });

    it("gives manual and external phases no slot", () => {
      bench.enqueue(
        { number: 1, dependsOn: [] },
        { number: 2, dependsOn: [], runner: "manual" },
        { number: 3, dependsOn: [], runner: "external" },
        { number: 4, dependsOn: [] },
      );
      bench.coordinator.start();
      assert.equal(bench.statuses(), "1 running, 2 running, 3 running, 4 ready");
    });

    it("starts the phases of one plan alone when it is told so", () => {
      bench.enqueue({ number: 1 });
      const second = bench.enqueue({ number: 1 });
      bench.coordinator.start(second);
      assert.equal(bench.statuses(), "1 ready, 1 running");
    });

    it("starts nothing while the queue is paused, and at once when it goes on", () => {
      bench.enqueue({ number: 1 }, { number: 2 });
      bench.coordinator.start();
      bench.queue.setPaused(true);
      bench.runner.end(1);
      assert.equal(bench.statuses(), "1 completed, 2 ready");
      bench.queue.setPaused(false);
      assert.equal(bench.statuses(), "1 completed, 2 running");
    });

    it("lets a manual start override a pause, but no dependency", () => {
      bench.enqueue({ number: 1 }, { number: 2 });
      bench.queue.setPaused(true);
      assert.throws(
        () => bench.coordinator.startPhase(bench.id(2)),
        /Phase 2 is queued, not ready/,
      );
      bench.coordinator.startPhase(bench.id(1));
      assert.equal(bench.statuses(), "1 running, 2 queued");
    });

    it("lets a manual start wait for a slot as the next one, also while the queue is paused", () => {
      const [one, two, three] = [1, 2, 3].map((number) => ({ number, dependsOn: [] }));
      assert.ok(one && two && three);
      bench.enqueue(one, two, three);
      bench.coordinator.start();
      bench.queue.setPaused(true);
      const { message } = bench.coordinator.startPhase(bench.id(3));
      assert.equal(message, "Phase 3 is next: it starts when one of the 1 running phases ends.");
      assert.equal(bench.statuses(), "1 running, 2 ready, 3 ready");
      bench.runner.end(1);
      assert.equal(bench.statuses(), "1 completed, 2 ready, 3 running");
      bench.runner.end(3);
      assert.equal(bench.statuses(), "1 completed, 2 ready, 3 completed");
    });

    it("starts phases that wait for a slot by hand in the order they were asked for, each once", () => {
      bench.enqueue(...[1, 2, 3, 4].map((number) => ({ number, dependsOn: [] })));
      bench.coordinator.start();
      bench.coordinator.startPhase(bench.id(4));
      bench.coordinator.startPhase(bench.id(3));
      bench.coordinator.startPhase(bench.id(4));
      bench.runner.end(1);
      assert.equal(bench.statuses(), "1 completed, 2 ready, 3 ready, 4 running");
      bench.runner.end(4);
      assert.equal(bench.statuses(), "1 completed, 2 ready, 3 running, 4 completed");
    });

    it("forgets a start by hand when the phase was skipped, or nothing more is to be started", () => {
      bench.enqueue(...[1, 2, 3].map((number) => ({ number, dependsOn: [] })));
      bench.coordinator.start();
      bench.queue.setPaused(true);
      bench.coordinator.startPhase(bench.id(2));
      bench.queue.skip(bench.id(2));
      bench.coordinator.startPhase(bench.id(3));
      bench.coordinator.stopStarting();
      bench.runner.end(1);
      assert.equal(bench.statuses(), "1 completed, 2 completed, 3 ready");
    });

    it("refuses a manual start beyond the slots where nobody stays to start it later", () => {
      bench.enqueue({ number: 1, dependsOn: [] }, { number: 2, dependsOn: [] });
      bench.coordinator.startPhase(bench.id(1));
      assert.throws(
        () => bench.coordinator.startPhase(bench.id(2)),
        (error) => error instanceof HopperError && error.kind === "conflict",
      );
      assert.equal(bench.statuses(), "1 running, 2 ready");
    });

    it("starts a manual phase by hand whatever runs, for it takes no slot", () => {
      bench.enqueue({ number: 1 }, { number: 2, dependsOn: [], runner: "manual" });
      bench.queue.setPaused(true);
      bench.coordinator.startPhase(bench.id(1));
      bench.coordinator.startPhase(bench.id(2));
      assert.equal(bench.statuses(), "1 running, 2 running");
    });

    it("fails a phase whose program is missing, without starting anything", async () => {
      bench.runner.prepareProblem = "zsh is not on PATH";
      bench.enqueue({ number: 1 }, { number: 2 });
      bench.coordinator.start();
      await settled();
      assert.equal(bench.statuses(), "1 failed, 2 blocked");
      assert.equal(bench.phase(1).reason, "spawn");
      assert.equal(bench.phase(2).error_message, "Phase 1 failed: zsh is not on PATH");
      assert.deepEqual(bench.runner.calls.includes("launch 1"), false);
    });

    it("fails a phase whose runner is missing, though every slot is taken", async () => {
      bench.enqueue({ number: 1 }, { number: 2, dependsOn: [], runner: "gone" });
      bench.coordinator.start();
      bench.coordinator.startPhase(bench.id(2));
      await settled();
      assert.equal(bench.phase(2).reason, "spawn");
      assert.match(bench.phase(2).error_message ?? "", /There is no runner "gone"/);
      assert.equal(bench.phase(1).status, "running");
    });

    it("fails a phase that could not be started however often it was sent", async () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      bench.runner.failToStart(1, "nothing took it");
      await settled();
      assert.equal(bench.phase(1).reason, "spawn");
      assert.equal(bench.phase(1).error_message, "nothing took it");
    });
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

  describe("cancelling", () => {
    it("announces the stop durably before anybody is stopped", async () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      const { runner, queue } = bench;
      const stop = runner.stop.bind(runner);
      let requested: string | undefined;
      runner.stop = (folder) => {
        requested = queue.attempts(bench.id(1))[0]?.stop_requested;
        return stop(folder);
      };
      await bench.coordinator.cancel(bench.id(1));
      assert.equal(requested, "cancelled");
      assert.equal(bench.phase(1).reason, "cancelled");
    });

    it("loses against an exit record that was there before", async () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      bench.runner.endSilently(1);
      await assert.rejects(
        bench.coordinator.cancel(bench.id(1)),
        (error) => error instanceof HopperError && error.kind === "conflict",
      );
      assert.equal(bench.statuses(), "1 completed");
    });

    it("counts as cancelled whatever the process answers to the stop", async () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      const { runner } = bench;
      const stop = runner.stop.bind(runner);
      runner.stop = (folder) => {
        runner.endSilently(1);
        return stop(folder);
      };
      await bench.coordinator.cancel(bench.id(1));
      assert.equal(bench.phase(1).reason, "cancelled");
    });
  });

  describe("a cancel that is waited for", () => {
    beforeEach(() => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      bench.runner.stop = () => new Promise(() => undefined);
    });

    it("is refused with the reason when this host ends first, and finished by the next one", async () => {
      const cancelled = bench.coordinator.cancel(bench.id(1));
      const all = bench.coordinator.cancelAll();
      const refused = [cancelled, all].map((promise) =>
        assert.rejects(promise, { kind: "unavailable", message: /finished by whoever opens/ }),
      );
      await bench.restart();
      await Promise.all(refused);
      await settled();
      assert.equal(bench.phase(1).reason, "cancelled");
    });

    it("is refused when nothing can be stored", async () => {
      bench.diskError = "ENOSPC";
      await assert.rejects(bench.coordinator.cancel(bench.id(1)), {
        kind: "storage",
        message: /full/,
      });
      await assert.rejects(bench.coordinator.cancelAll(), { kind: "storage", message: /full/ });
    });
  });

  describe("one attempt's own trouble", () => {
    beforeEach(() => {
      bench.maxConcurrent = 2;
      bench.enqueue(...[1, 2, 3].map((number) => ({ number, dependsOn: [] })));
    });

    it("stops neither the checks of the others nor the starting, and is logged once", () => {
      bench.coordinator.start();
      const { runner } = bench;
      const { folder } = runner.of(1).request;
      const inspect = runner.inspect.bind(runner);
      runner.inspect = (path) => {
        if (path === folder) {
          throw new Error("too many links");
        }
        return inspect(path);
      };
      bench.clock.advance(3000);
      assert.equal(bench.coordinator.trouble, undefined);
      runner.endSilently(2);
      bench.clock.advance(1000);
      assert.equal(bench.statuses(), "1 running, 2 completed, 3 running");
      assert.equal(bench.logged.filter((line) => line.includes("too many links")).length, 1);
      runner.inspect = inspect;
      runner.endSilently(1);
      bench.clock.advance(1000);
      assert.equal(bench.phase(1).status, "completed");
    });

    it("keeps no end from being stored that is known without it", () => {
      bench.coordinator.start();
      bench.runner.outputSize = () => {
        throw new Error("it cannot be looked at");
      };
      bench.runner.end(1);
      assert.equal(bench.statuses(), "1 completed, 2 running, 3 running");
      assert.equal(bench.coordinator.trouble, undefined);
    });

    it("fails its phase alone where the folder for its files is a link", async () => {
      const attempts = join(bench.folder, ".hopper", "attempts");
      mkdirSync(attempts, { recursive: true });
      symlinkSync(bench.folder, join(attempts, bench.id(1)));
      bench.coordinator.start();
      await settled();
      assert.equal(bench.statuses(), "1 failed, 2 running, 3 running");
      assert.equal(bench.phase(1).reason, "spawn");
      assert.match(bench.phase(1).error_message ?? "", /link/);
    });
  });

  it("starts, settles and stops nothing more once it was told that the workspace is gone", async () => {
    bench.enqueue({ number: 1, timeout: 60 }, { number: 2, dependsOn: [] });
    bench.coordinator.start();
    bench.coordinator.giveUp("the workspace is gone");
    assert.equal(bench.coordinator.trouble, "the workspace is gone");
    bench.runner.end(1);
    bench.clock.advance(120_000);
    bench.coordinator.start();
    await assert.rejects(bench.coordinator.cancel(bench.id(1)), /the workspace is gone/);
    await settled();
    assert.equal(bench.statuses(), "1 running, 2 ready");
    assert.equal(bench.runner.of(1).stops, 0);
    await bench.restart();
    assert.equal(bench.statuses(), "1 completed, 2 ready", "the next host knows what became of it");
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

  describe("a disk that refuses", () => {
    it("keeps a phase ready, says why, and goes on when there is space again", () => {
      bench.enqueue({ number: 1 });
      bench.diskError = "ENOSPC";
      bench.coordinator.start();
      assert.equal(bench.statuses(), "1 ready");
      assert.deepEqual(bench.runner.calls, ["prepare 1"], "nothing is started unannounced");
      assert.match(bench.coordinator.trouble ?? "", /disk is full/);
      bench.runner.attempts.clear();
      bench.diskError = undefined;
      bench.clock.advance(1000);
      assert.equal(bench.statuses(), "1 running");
      assert.equal(bench.coordinator.trouble, undefined);
    });

    it("is told once, however long it lasts", () => {
      bench.enqueue({ number: 1 });
      bench.diskError = "ENOSPC";
      bench.coordinator.start();
      for (let second = 0; second < 10; second++) {
        bench.runner.attempts.clear();
        bench.clock.advance(1000);
      }
      assert.equal(bench.logged.filter((line) => line.includes("disk is full")).length, 1);
    });

    it("loses no outcome: an end that cannot be stored is stored later", async () => {
      bench.enqueue({ number: 1 }, { number: 2 });
      bench.coordinator.start();
      bench.diskError = "ENOSPC";
      bench.runner.end(1, { outcome: "exit", message: "exit 1" });
      await settled();
      assert.equal(bench.statuses(), "1 running, 2 queued");
      bench.diskError = undefined;
      bench.clock.advance(1000);
      await settled();
      assert.equal(bench.statuses(), "1 failed, 2 blocked");
    });

    it("makes a report by hand fail, so that nobody believes it was stored", () => {
      bench.enqueue({ number: 1, runner: "manual" });
      bench.coordinator.start();
      bench.diskError = "EROFS";
      assert.throws(() => bench.coordinator.report(bench.id(1), "completed"), /read-only/);
      assert.equal(bench.statuses(), "1 running");
      bench.diskError = undefined;
      bench.coordinator.report(bench.id(1), "completed");
      assert.equal(bench.statuses(), "1 completed");
    });
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
