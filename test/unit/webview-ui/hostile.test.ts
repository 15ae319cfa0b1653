import assert from "node:assert/strict";
import fc from "fast-check";
import { fromCardSchema, toCardSchema } from "../../../src/core/protocol/card/cardMessages";
import { CardStore } from "../../../webview-ui/cardStore";
import { Link } from "../../../webview-ui/link";
import { phaseOf, planOf, queueOf, stateOf } from "./cardFixture";

/** Messages of every type, whole or with anything in the place of any part. */
const message = fc.oneof(
  fc.anything(),
  fc.record({ type: fc.string() }),
  fc.record(
    {
      type: fc.constantFrom(
        "state",
        "changes",
        "trouble",
        "working",
        "answer",
        "refusal",
        "log",
        "logEnd",
        "ready",
        "refresh",
        "request",
        "__proto__",
      ),
      id: fc.oneof(fc.integer(), fc.anything()),
      folder: fc.oneof(fc.string(), fc.anything()),
      now: fc.oneof(fc.double(), fc.anything()),
      message: fc.oneof(fc.string(), fc.anything()),
      attemptId: fc.oneof(fc.constant("a1"), fc.anything()),
      batch: fc.oneof(fc.record({ text: fc.string() }), fc.anything()),
      request: fc.oneof(
        fc.record({ name: fc.string(), action: fc.string(), queueId: fc.anything() }),
        fc.anything(),
      ),
      state: fc.oneof(
        fc.constant(stateOf([phaseOf(1)])),
        fc.record({ queue: fc.anything(), plans: fc.anything(), phases: fc.anything() }),
      ),
      changes: fc.oneof(
        fc.constant({ queue: queueOf(), plans: [planOf()], phases: [phaseOf(2)], removed: [] }),
        fc.anything(),
      ),
    },
    { requiredKeys: ["type"] },
  ),
);

describe("a card that is sent anything", function () {
  this.timeout(10 * 60_000);

  it("takes what it knows, leaves the rest aside, and lives", () => {
    const store = new CardStore({
      request: () => Promise.resolve(),
      now: () => 0,
      nextFrame: () => undefined,
      onFolder: () => undefined,
      onMissed: () => undefined,
    });
    let news = 0;
    const link = new Link({
      post: () => undefined,
      onNews: (one) => {
        news += 1;
        store.receive(one);
      },
      onUnreadable: () => undefined,
      onSilence: () => undefined,
      after: () => () => undefined,
    });
    store.openLog("q1", "a1");
    let known = 0;
    fc.assert(
      fc.property(message, (data) => {
        known += isNews(data) ? 1 : 0;
        link.receive(data);
        assert.equal(news, known);
      }),
      { numRuns: 10_000 },
    );
    assert.ok(known > 100, "some of it is what a card is sent");
    assert.equal(Object.getPrototypeOf(store.view), Object.prototype);
  });

  it("is no way for a page to say anything that the extension does not know", () => {
    fc.assert(
      fc.property(message, (data) => {
        const { success, data: known } = fromCardSchema.safeParse(data);
        assert.ok(!success || ["ready", "refresh", "request"].includes(known.type));
      }),
      { numRuns: 2_000 },
    );
  });
});

function isNews(data: unknown): boolean {
  const { data: known } = toCardSchema.safeParse(data);
  return known !== undefined && !["answer", "refusal", "working"].includes(known.type);
}
