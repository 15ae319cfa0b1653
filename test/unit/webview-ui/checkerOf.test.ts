import assert from "node:assert/strict";
import fc from "fast-check";
import * as z from "zod/mini";
import { type ToCard, toCardSchema } from "../../../src/core/protocol/card/cardMessages";
import { checkerOf } from "../../../webview-ui/checkerOf";
import { phaseOf, planOf, queueOf, stateOf } from "./cardFixture";

const attempt = {
  number: 1,
  attemptId: "a",
  startedAt: 1,
  finishedAt: 2.5,
  outcome: "failed",
  words: "timed out",
} as const;
const phase = phaseOf(2, {
  attempts: [attempt],
  turn: "person",
  retryAt: 1,
  issue: 12,
  parentIssue: 11,
  differs: true,
  actions: ["start", "goTo"],
});
const plan = planOf({ pausedReason: "by you", differs: "2 phases", actions: ["pause"] });
const messages: readonly ToCard[] = [
  { type: "state", folder: "a", now: 1, state: stateOf([phase], { plans: [plan] }) },
  {
    type: "changes",
    now: 1,
    changes: { queue: queueOf({ folder: "a" }), plans: [plan], phases: [phase], removed: ["q1"] },
  },
  { type: "trouble", message: "no" },
  { type: "answer", id: 1, result: { any: "thing" } },
  { type: "refusal", id: 1, message: "no" },
  {
    type: "log",
    attemptId: "a",
    batch: { text: "line", break: { kind: "flood", leftOut: 3 } },
  },
  { type: "logEnd", attemptId: "a", error: "gone" },
];

/** What stands where something else is meant. */
const others: readonly unknown[] = [
  undefined,
  null,
  0,
  -1,
  1.5,
  2 ** 60,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "",
  "other",
  "failed",
  "constructor",
  true,
  [],
  ["start"],
  {},
  phase,
];

/** All ways from a value to what is in it. */
function placesOf(value: unknown): string[][] {
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, member]) => [
        [name],
        ...placesOf(member).map((place) => [name, ...place]),
      ])
    : [];
}

/** A copy in which another value stands at a place or, without one, nothing. */
function changed(
  value: unknown,
  [name = "", ...rest]: readonly string[],
  other?: unknown[],
): unknown {
  const copy: unknown = structuredClone(value);
  assert.ok(typeof copy === "object" && copy !== null);
  if (rest.length > 0) {
    Reflect.set(copy, name, changed(Reflect.get(copy, name), rest, other));
  } else if (other) {
    Reflect.set(copy, name, other[0]);
  } else {
    Reflect.deleteProperty(copy, name);
  }
  return copy;
}

describe("the quick check of a message", () => {
  const isToCard = checkerOf(toCardSchema);

  it("takes every kind of message, and what is more in one", () => {
    for (const message of messages) {
      assert.equal(isToCard(message), true, message.type);
      assert.equal(isToCard({ ...message, more: 1 }), true, message.type);
    }
  });

  it("says of a message with anything else in any place what the schema says", () => {
    const answers = new Set<boolean>();
    for (const message of messages) {
      for (const place of placesOf(message)) {
        for (const other of [undefined, ...others.map((one) => [one])]) {
          const value = changed(message, place, other);
          const wanted = z.safeParse(toCardSchema, value).success;
          const what = `${message.type} with ${JSON.stringify(other)} at ${place.join(".")}`;
          assert.equal(isToCard(value), wanted, what);
          answers.add(wanted);
        }
      }
    }
    assert.deepEqual(answers, new Set([true, false]));
  });

  it("says of whatever else there is what the schema says", () => {
    const type = fc.constantFrom(...messages.map((message) => message.type));
    const value = fc.oneof(fc.anything(), fc.record({ type, id: fc.anything() }));
    fc.assert(
      fc.property(value, (any) => {
        assert.equal(isToCard(any), z.safeParse(toCardSchema, any).success);
      }),
    );
  });
});
