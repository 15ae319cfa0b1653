import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { silentLogger } from "../../../src/core/base/log";
import { AttemptFolders } from "../../../src/core/coordinator/attemptFolders";
import { applyRetention } from "../../../src/core/coordinator/retention";
import { CoordinatorBench } from "./support/coordinatorBench";

const day = 24 * 60 * 60 * 1000;

describe("attempt folders", () => {
  let bench: CoordinatorBench;
  let folders: AttemptFolders;

  beforeEach(async () => {
    bench = await CoordinatorBench.open();
    folders = new AttemptFolders(join(bench.folder, ".hopper"), silentLogger);
  });

  afterEach(async () => {
    await bench.close();
  });

  /** Makes an attempt's folder with so many bytes of output. */
  function leave(queueId: string, attemptNumber: number, bytes = 10): string {
    const folder = folders.of(queueId, attemptNumber);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "output.log"), "x".repeat(bytes));
    return folder;
  }

  /** Runs a plan of one phase to its end. */
  function finishPlan(planNumber: number): string {
    bench.enqueue({ number: 1 });
    bench.coordinator.start();
    bench.runner.end(1);
    return bench.id(1, planNumber);
  }

  it("of finished plans go when they are older than the days allowed", async () => {
    const old = leave(finishPlan(1), 1);
    bench.clock.advance(2 * day);
    const recent = leave(finishPlan(2), 1);
    bench.clock.advance(day);
    await applyRetention(bench.queue, folders, bench.clock, { days: 2, bytes: 1e9 });
    assert.equal(existsSync(old), false);
    assert.equal(existsSync(recent), true);
  });

  it("of finished plans go, the oldest first, when they take too much room", async () => {
    const first = leave(finishPlan(1), 1, 6000);
    bench.clock.advance(1000);
    const second = leave(finishPlan(2), 1, 6000);
    await applyRetention(bench.queue, folders, bench.clock, { days: 30, bytes: 10_000 });
    assert.equal(existsSync(first), false);
    assert.equal(existsSync(second), true);
  });

  it("of unfinished plans stay, however old and large", async () => {
    bench.enqueue({ number: 1 }, { number: 2, runner: "manual" });
    bench.coordinator.start();
    bench.runner.end(1);
    const folder = leave(bench.id(1), 1, 6000);
    bench.clock.advance(365 * day);
    await applyRetention(bench.queue, folders, bench.clock, { days: 1, bytes: 1 });
    assert.equal(existsSync(folder), true);
  });

  it("are never swept through a link, nor where a name is not ours", async () => {
    const elsewhere = join(bench.folder, "elsewhere");
    mkdirSync(join(elsewhere, "precious"), { recursive: true });
    mkdirSync(join(folders.root, "not-ours"), { recursive: true });
    await folders.sweepOrphans(bench.queue);
    assert.equal(existsSync(join(folders.root, "not-ours")), true);
    rmSync(folders.root, { recursive: true });
    symlinkSync(elsewhere, folders.root);
    await assert.rejects(folders.sweepOrphans(bench.queue), /is a link to one/);
    assert.equal(existsSync(join(elsewhere, "precious")), true);
  });

  it("that no attempt claimed are swept, and no others", async () => {
    bench.enqueue({ number: 1 });
    bench.coordinator.start();
    const claimed = leave(bench.id(1), 1);
    const unclaimed = leave(bench.id(1), 2);
    const ofNobody = leave("6ad3c3fe-6b0f-4a53-9d3e-2f9b1a3f0f00", 1);
    await folders.sweepOrphans(bench.queue);
    assert.equal(existsSync(claimed), true);
    assert.equal(existsSync(unclaimed), false);
    assert.equal(existsSync(dirname(ofNobody)), false);
  });
});
