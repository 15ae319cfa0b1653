import assert from "node:assert/strict";
import { english } from "../../../src/core/base/words";
import { CoordinatorBench } from "./support/coordinatorBench";

/** Lets the guess be made, which waits for one turn of the event loop. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

describe("the folder of the next attempt", () => {
  let bench: CoordinatorBench;

  beforeEach(async () => {
    bench = await CoordinatorBench.open();
  });
  afterEach(() => bench.close());

  const guessed = (): number[] =>
    [...bench.runner.ahead.values()].map(({ phaseNumber }) => phaseNumber);

  it("is made while the phase before it runs, and claimed under the same id", async () => {
    bench.enqueue({ number: 1 }, { number: 2 });
    bench.coordinator.start();
    await turn();
    assert.deepEqual(guessed(), [2]);
    const [guess] = bench.runner.ahead.values();
    bench.runner.end(1);
    const [attempt] = bench.queue.attempts(bench.id(2));
    assert.equal(attempt?.attempt_id, guess?.attemptId);
  });

  it("is that of a ready phase that waits for the slot, before one that waits for phases", async () => {
    bench.enqueue({ number: 1 }, { number: 2 }, { number: 3, dependsOn: [] });
    bench.coordinator.start();
    await turn();
    assert.deepEqual(guessed(), [3]);
  });

  it("is not made for a phase that waits for others too, or that a person does", async () => {
    bench.enqueue(
      { number: 1 },
      { number: 2, dependsOn: [] },
      { number: 3, dependsOn: [1, 2] },
      { number: 4, dependsOn: [1], runner: "manual" },
    );
    bench.maxConcurrent = 2;
    bench.coordinator.start();
    await turn();
    assert.deepEqual(guessed(), []);
  });

  it("is taken back when the phase before it failed and the coordinator stops", async () => {
    bench.enqueue({ number: 1 }, { number: 2 });
    bench.coordinator.start();
    await turn();
    bench.runner.end(1, { outcome: "exit", message: "exit 1" });
    await turn();
    bench.coordinator.dispose();
    assert.deepEqual(guessed(), []);
  });

  it("is not made by a host that another one took over from", async () => {
    bench.enqueue({ number: 1 }, { number: 2 });
    const takeOver = await bench.heir();
    bench.coordinator.start();
    takeOver();
    await turn();
    assert.deepEqual(guessed(), []);
    assert.match(english(bench.coordinator.trouble ?? ""), /taken over/);
  });

  it("is not taken back by a host that another one took over from: it may be that one's", async () => {
    bench.enqueue({ number: 1 }, { number: 2 });
    const takeOver = await bench.heir();
    bench.coordinator.start();
    await turn();
    takeOver();
    bench.coordinator.dispose();
    assert.deepEqual(guessed(), [2]);
  });
});
