import assert from "node:assert/strict";
import { EventEmitter } from "../../../src/core/base/event";

function failOn(error: unknown): void {
  assert.fail(String(error));
}

describe("EventEmitter", () => {
  it("tells every listener the same order, whatever they announce themselves", () => {
    const emitter = new EventEmitter<string>(failOn);
    const first: string[] = [];
    const second: string[] = [];
    emitter.event((value) => {
      first.push(value);
      if (value === "cause") {
        emitter.fire("effect");
      }
    });
    emitter.event((value) => second.push(value));
    emitter.fire("cause");
    assert.deepEqual(first, ["cause", "effect"]);
    assert.deepEqual(second, ["cause", "effect"]);
  });

  it("goes on after a listener that throws, and reports it", () => {
    const errors: unknown[] = [];
    const emitter = new EventEmitter<number>((error) => errors.push(error));
    const heard: number[] = [];
    emitter.event(() => {
      throw new Error("broken");
    });
    emitter.event((value) => heard.push(value));
    emitter.fire(1);
    emitter.fire(2);
    assert.deepEqual(heard, [1, 2]);
    assert.equal(errors.length, 2);
  });

  it("tells of what has no value", () => {
    const emitter = new EventEmitter<void>(failOn);
    let calls = 0;
    emitter.event(() => (calls += 1));
    emitter.fire();
    emitter.fire();
    assert.equal(calls, 2);
  });

  it("tells a listener nothing more once it is disposed", () => {
    const emitter = new EventEmitter<number>(failOn);
    const heard: number[] = [];
    const subscription = emitter.event((value) => heard.push(value));
    emitter.fire(1);
    subscription.dispose();
    subscription.dispose();
    emitter.fire(2);
    assert.deepEqual(heard, [1]);
  });
});
