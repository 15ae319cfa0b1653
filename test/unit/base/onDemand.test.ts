import assert from "node:assert/strict";
import { onDemand } from "../../../src/core/base/onDemand";

describe("what is made on demand", () => {
  it("is made when it is asked for, and once, however many ask at the same time", async () => {
    let made = 0;
    const thing = onDemand(async () => Promise.resolve(++made));
    assert.equal(made, 0);
    assert.deepEqual(await Promise.all([thing(), thing()]), [1, 1]);
    assert.equal(await thing(), 1);
  });

  it("is tried again when it could not be made", async () => {
    const outcomes = [new Error("no such file"), "made"];
    const thing = onDemand(async () => {
      const outcome = await Promise.resolve(outcomes.shift());
      if (outcome instanceof Error) {
        throw outcome;
      }
      return outcome;
    });
    await assert.rejects(Promise.all([thing(), thing()]), /no such file/);
    assert.equal(await thing(), "made");
  });
});
