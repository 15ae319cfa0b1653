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
});
