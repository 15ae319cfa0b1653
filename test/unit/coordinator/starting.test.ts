import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { delay, systemClock } from "../../../src/core/base/clock";
import { HopperError } from "../../../src/core/base/errors";
import { english } from "../../../src/core/base/words";
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

    for (const { when, found } of [
      { when: "before the folder was made", found: [] },
      { when: "while it was made", found: ["1"] },
    ]) {
      it(`touches no folder of one that took the queue over ${when}`, async () => {
        bench.enqueue({ number: 1 });
        const takeOver = await bench.heir();
        const queueId = bench.id(1);
        const attempts = join(bench.folder, ".hopper", "attempts", queueId);
        bench.runner.onPrepare = ({ folder }) => {
          mkdirSync(folder, { recursive: true });
          takeOver();
        };
        if (found.length === 0) {
          takeOver();
        }
        bench.coordinator.start();
        await settled();
        // Folders are removed beside everything else.
        await delay(systemClock, 100);
        const made = existsSync(attempts) ? readdirSync(attempts) : [];
        assert.deepEqual(made, found);
        assert.match(english(bench.coordinator.trouble ?? ""), /taken over/);
      });
    }

    it("fails a phase that could not be started however often it was sent", async () => {
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      bench.runner.failToStart(1, "nothing took it");
      await settled();
      assert.equal(bench.phase(1).reason, "spawn");
      assert.equal(bench.phase(1).error_message, "nothing took it");
    });
  });
});
