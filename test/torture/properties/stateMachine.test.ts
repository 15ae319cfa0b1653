import fc from "fast-check";
import type { Decisions } from "../../support/dice";
import { QueueBench } from "../../unit/queue/support/queueBench";
import { Play } from "../../unit/queue/support/randomPlay";
import { followEvents } from "../support/chains";
import { figure, rounds, seed } from "../support/extent";

/** Decisions that fast-check made, and can make smaller; when they are used up the first is taken. */
class Given implements Decisions {
  private next = 0;

  constructor(private readonly numbers: readonly number[]) {}

  below(limit: number): number {
    return (this.numbers[this.next++] ?? 0) % limit;
  }

  get used(): boolean {
    return this.next >= this.numbers.length;
  }
}

describe("a queue", () => {
  it("under any commands is what its model says, and readiness what the states imply", async () => {
    const histories = rounds({ whole: 400, part: 25 });
    let steps = 0;
    let events = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 9999 }), { minLength: 30, maxLength: 400, size: "max" }),
        async (numbers) => {
          const bench = await QueueBench.open();
          const given = new Given(numbers);
          const play = new Play(bench, given);
          try {
            for (let step = 0; !given.used; step++) {
              const what = await play.step();
              play.check(`step ${step}: ${what}`);
              steps++;
            }
            const stored = bench.queue.events();
            followEvents(stored);
            events += stored.length;
          } finally {
            await bench.remove();
          }
        },
      ),
      { seed, numRuns: histories },
    );
    figure(
      "state machine",
      `${histories} histories, ${steps} commands, ${events} events: each phase's in a row, by moves of ` +
        `the table; after each command all statuses as the model has them`,
    );
  });
});
