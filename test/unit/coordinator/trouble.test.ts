import { english, type Text } from "../../../src/core/base/words";
import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
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

  describe("a disk that refuses", () => {
    it("keeps a phase ready, says why, and goes on when there is space again", () => {
      bench.enqueue({ number: 1 });
      bench.diskError = "ENOSPC";
      bench.coordinator.start();
      assert.equal(bench.statuses(), "1 ready");
      assert.deepEqual(bench.runner.calls, ["prepare 1"], "nothing is started unannounced");
      assert.match(english(bench.coordinator.trouble ?? ""), /disk is full/);
      bench.runner.attempts.clear();
      bench.diskError = undefined;
      bench.clock.advance(1000);
      assert.equal(bench.statuses(), "1 running");
      assert.equal(bench.coordinator.trouble, undefined);
    });

    it("is told once, however long it lasts, and once that it is over", () => {
      const told: (Text | undefined)[] = [];
      bench.coordinator.onDidChangeTrouble((trouble) => told.push(trouble));
      bench.enqueue({ number: 1 });
      bench.diskError = "ENOSPC";
      bench.coordinator.start();
      for (let second = 0; second < 10; second++) {
        bench.runner.attempts.clear();
        bench.clock.advance(1000);
      }
      assert.equal(bench.logged.filter((line) => line.includes("disk is full")).length, 1);
      assert.equal(told.length, 1);
      assert.match(english(told[0] ?? ""), /disk is full/);
      bench.diskError = undefined;
      bench.runner.attempts.clear();
      bench.clock.advance(1000);
      assert.deepEqual(told.slice(1), [undefined]);
    });

    for (const [end, verdict] of [
      ["completed", {}],
      ["failed", { outcome: "exit", message: "it failed" }],
    ] as const) {
      it(`is told of a phase that ${end}, until that is stored`, async () => {
        const told: (Text | undefined)[] = [];
        bench.coordinator.onDidChangeTrouble((trouble) => told.push(trouble));
        bench.enqueue({ number: 1 });
        bench.coordinator.start();
        bench.diskError = "ENOSPC";
        bench.runner.end(1, verdict);
        await settled();
        bench.clock.advance(1000);
        await settled();
        assert.match(english(bench.coordinator.trouble ?? ""), /disk is full/);
        assert.equal(told.length, 1);
        bench.diskError = undefined;
        bench.clock.advance(1000);
        await settled();
        assert.equal(bench.statuses(), `1 ${end}`);
        assert.deepEqual(told.slice(1), [undefined]);
      });
    }

    it("is over, too, when nothing is left that it kept from going on", () => {
      bench.enqueue({ number: 1 });
      bench.diskError = "ENOSPC";
      bench.coordinator.start();
      bench.diskError = undefined;
      bench.queue.removePhase(bench.id(1));
      bench.clock.advance(1000);
      assert.equal(bench.coordinator.trouble, undefined);
    });

    it("counts a failure that cannot be stored once, however often that is tried", async () => {
      bench.enqueue({ number: 1 }, { number: 2, dependsOn: [] });
      bench.coordinator.start();
      bench.diskError = "ENOSPC";
      bench.runner.end(1, { outcome: "exit", message: "exit 1" });
      await settled();
      for (let second = 0; second < 5; second++) {
        bench.clock.advance(1000);
        await settled();
      }
      bench.diskError = undefined;
      bench.clock.advance(1000);
      await settled();
      assert.equal(bench.queue.pausedReason, undefined);
      assert.match(bench.statuses(), /1 failed/);
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
});
