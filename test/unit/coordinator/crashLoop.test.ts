import assert from "node:assert/strict";
import { crashLoopReason, noteAutomaticStart } from "../../../src/core/coordinator/crashLoop";
import { CoordinatorBench } from "./support/coordinatorBench";

describe("crash loop", () => {
  let bench: CoordinatorBench;

  beforeEach(async () => {
    bench = await CoordinatorBench.open();
  });

  afterEach(async () => {
    await bench.close();
  });

  function start(cleanStop: boolean): string | undefined {
    noteAutomaticStart(bench.queue, bench.clock, cleanStop);
    return bench.queue.pausedReason;
  }

  it("pauses the queue at the third start within five minutes that follows a crash", () => {
    assert.equal(start(false), undefined);
    bench.clock.advance(60_000);
    assert.equal(start(false), undefined);
    bench.clock.advance(60_000);
    assert.equal(start(false), crashLoopReason);
  });

  it("forgets crashes that are longer ago", () => {
    start(false);
    start(false);
    bench.clock.advance(300_000);
    assert.equal(start(false), undefined);
  });

  it("is not hidden by clean stops in between, which count for nothing themselves", () => {
    start(false);
    start(true);
    start(false);
    start(true);
    assert.equal(start(true), undefined);
    assert.equal(start(false), crashLoopReason);
  });
});
