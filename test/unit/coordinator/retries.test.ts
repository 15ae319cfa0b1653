import assert from "node:assert/strict";
import { retryWait } from "../../../src/core/coordinator/retries";

describe("retryWait", () => {
  const middle = (): number => 0.5;

  it("doubles from 5 seconds up to 5 minutes", () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7].map((used) => retryWait("exit", 10, used, middle));
    assert.deepEqual(waits, [5000, 10000, 20000, 40000, 80000, 160000, 300000, 300000]);
  });

  it("varies by a fifth either way", () => {
    assert.equal(
      retryWait("exit", 1, 0, () => 0),
      4000,
    );
    assert.equal(
      retryWait("exit", 1, 0, () => 1),
      6000,
    );
  });

  it("is over when the retries are used up", () => {
    assert.equal(retryWait("exit", 2, 2, middle), undefined);
    assert.equal(retryWait("exit", 0, 0, middle), undefined);
  });

  it("leaves to a person what a person did, or what nobody knows", () => {
    for (const reason of ["cancelled", "interrupted", "lost"] as const) {
      assert.equal(retryWait(reason, 5, 0, middle), undefined, reason);
    }
    for (const reason of ["signal", "timeout", "idle", "spawn", "verify", "reported"] as const) {
      assert.equal(retryWait(reason, 5, 0, middle), 5000, reason);
    }
  });
});
