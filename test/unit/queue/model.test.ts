import assert from "node:assert/strict";
import { Dice } from "../../support/dice";
import { QueueBench } from "./support/queueBench";
import { Play } from "./support/randomPlay";

describe("random commands", () => {
  for (const seed of [1, 2, 3, 20_260_101]) {
    it(`with seed ${seed} leave what a full recomputation says`, async () => {
      const bench = await QueueBench.open();
      const play = new Play(bench, new Dice(seed));
      try {
        for (let step = 0; step < 500; step++) {
          const what = await play.step();
          play.check(`seed ${seed}, step ${step}: ${what}`);
        }
        assert.ok(play.worked > 100, "enough of the commands were allowed");
      } finally {
        await bench.remove();
      }
    });
  }
});
