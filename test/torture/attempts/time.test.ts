import assert from "node:assert/strict";
import fc from "fast-check";
import { CoordinatorBench } from "../../unit/coordinator/support/coordinatorBench";
import { settled } from "../../unit/coordinator/support/settled";
import { figure, rounds, seed } from "../support/extent";

const minute = 60_000;

describe("time", () => {
  it("that a machine sleeps, a host hangs or a clock jumps never makes an agent look silent", async () => {
    const times = rounds({ whole: 300, part: 25 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant("works" as const), minutes: fc.integer({ min: 1, max: 14 }) }),
      fc.record({ kind: fc.constant("hangs" as const), minutes: fc.integer({ min: 1, max: 14 }) }),
      fc.record({
        kind: fc.constant("freezes" as const),
        minutes: fc.integer({ min: 1, max: 600 }),
      }),
      fc.record({
        kind: fc.constant("jumps" as const),
        minutes: fc.integer({ min: -600, max: 600 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const bench = await CoordinatorBench.open();
        try {
          bench.enqueue({ number: 1, runner: "agent", timeout: 0 });
          bench.coordinator.start();
          const attempt = bench.runner.of(1);
          for (const { kind, minutes } of steps) {
            if (kind === "jumps") {
              bench.clock.jump(minutes * minute);
            } else if (kind === "freezes") {
              // The machine, and with it the agent, stands still.
              bench.clock.hang(minutes * minute);
              bench.clock.advance(1000);
            } else if (kind === "hangs") {
              // No turn of the event loop for so long; the agent goes on meanwhile.
              attempt.output++;
              bench.clock.hang(minutes * minute);
            } else {
              bench.clock.advance(minutes * minute);
            }
            attempt.output++;
            bench.clock.advance(1000);
            await settled();
          }
          assert.equal(bench.statuses(), "1 running");
          assert.equal(attempt.stops, 0);
        } finally {
          await bench.close();
        }
      }),
      { seed, numRuns: times },
    );
    figure(
      "D9 attempts, sleeping and hanging hosts, clocks that jump",
      `${times} histories; 0 stopped wrongly`,
    );
  });
});
