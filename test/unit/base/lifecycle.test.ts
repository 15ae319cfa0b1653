import assert from "node:assert/strict";
import { DisposableStore, toDisposable } from "../../../src/core/base/lifecycle";

describe("DisposableStore", () => {
  it("releases in reverse order, once", () => {
    const released: string[] = [];
    const store = new DisposableStore();
    store.add(toDisposable(() => released.push("first")));
    store.add(toDisposable(() => released.push("second")));
    store.dispose();
    store.dispose();
    assert.deepEqual(released, ["second", "first"]);
  });

  it("disposes late arrivals at once", () => {
    const store = new DisposableStore();
    store.dispose();
    let released = false;
    store.add(toDisposable(() => (released = true)));
    assert.equal(released, true);
  });

  it("releases everything before it throws the first error", () => {
    const released: string[] = [];
    const store = new DisposableStore();
    store.add(toDisposable(() => released.push("first")));
    store.add({
      dispose() {
        throw new Error("broken");
      },
    });
    assert.throws(() => store.dispose(), /broken/);
    assert.deepEqual(released, ["first"]);
  });
});
