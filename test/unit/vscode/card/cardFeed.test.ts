import assert from "node:assert/strict";
import { silentLogger } from "../../../../src/core/base/log";
import type { ToCard } from "../../../../src/core/protocol/card/cardMessages";
import type { CardPhase } from "../../../../src/core/protocol/card/cardState";
import type { QueueEvent } from "../../../../src/core/protocol/queue";
import { CardFeed, type CardSource } from "../../../../src/vscode/card/cardFeed";
import { FakeClock } from "../../../support/fakeClock";
import { phaseOf, planOf, queueOf, stateOf } from "../../webview-ui/cardFixture";

/** A queue of which a test says what it holds, and whether it can be read. */
class FakeSource implements CardSource {
  readonly folder = "file:///a";
  lastEvent = 1;
  running: string[] = [];
  phases: CardPhase[] = [phaseOf(1), phaseOf(2)];
  broken: Error | undefined;

  state() {
    this.read();
    return stateOf(this.phases);
  }

  queueState() {
    this.read();
    return queueOf();
  }

  plans() {
    return [planOf()];
  }

  phase(queueId: string) {
    return this.phases.find((phase) => phase.queueId === queueId);
  }

  private read(): void {
    if (this.broken) {
      throw this.broken;
    }
  }
}

function event(change: Partial<QueueEvent>): QueueEvent {
  return { event_id: 1, at: "", type: "phase_changed", ...change };
}

describe("what a card is sent", () => {
  let clock: FakeClock;
  let source: FakeSource;
  let posted: ToCard[];
  let feed: CardFeed;

  beforeEach(() => {
    clock = new FakeClock();
    source = new FakeSource();
    posted = [];
    feed = new CardFeed({
      source,
      clock,
      logger: silentLogger,
      post: (message) => posted.push(message),
    });
  });
  afterEach(() => {
    feed.dispose();
    assert.equal(clock.pending, 0);
  });

  const types = (): string[] => posted.map(({ type }) => type);
  const lastPhases = (): string[] => {
    const last = posted.at(-1);
    return last?.type === "changes" ? last.changes.phases.map(({ queueId }) => queueId) : [];
  };

  it("is nothing before it asked", () => {
    feed.note([event({ queue_id: "q1" })]);
    feed.refreshSoon();
    clock.advance(60_000);
    assert.deepEqual(types(), []);
  });

  it("is everything at first, with the time, then what changed, together", () => {
    feed.sendAll();
    assert.deepEqual(posted[0], {
      type: "state",
      folder: "file:///a",
      now: clock.now(),
      state: stateOf(source.phases),
    });
    source.phases.pop();
    feed.note([event({ queue_id: "q1" })]);
    feed.note([event({ queue_id: "q2" })]);
    clock.advance(50);
    assert.deepEqual(types(), ["state", "changes"]);
    assert.deepEqual(lastPhases(), ["q1"]);
    const last = posted.at(-1);
    assert.deepEqual(last?.type === "changes" && last.changes.removed, ["q2"]);
  });

  it("is everything again when a plan is removed, the queue's state changes, or much does", () => {
    feed.sendAll();
    const many = Array.from({ length: 101 }, (_, index) => event({ queue_id: `q${index}` }));
    for (const events of [[event({ type: "plan_removed", plan_id: "p" })], [], many]) {
      feed.note(events);
      clock.advance(50);
    }
    assert.deepEqual(types(), ["state", "state", "state", "state"]);
  });

  it("is a sign of life while nothing happens, with what runs", () => {
    feed.sendAll();
    source.running = ["q2"];
    clock.advance(10_000);
    assert.deepEqual(types(), ["state", "changes"]);
    assert.deepEqual(lastPhases(), ["q2"]);
    clock.advance(20_000);
    assert.equal(posted.length, 4);
  });

  it("is everything when something was missed", () => {
    feed.sendAll();
    source.lastEvent = 2;
    clock.advance(10_000);
    assert.deepEqual(types(), ["state", "state"]);
    clock.advance(10_000);
    assert.deepEqual(types(), ["state", "state", "changes"]);
  });

  it("is everything after it could not be read, so that no change is lost", () => {
    feed.sendAll();
    source.lastEvent = 2;
    source.broken = new Error("The \u001b[31mdisk\u001b[0m is gone.");
    feed.note([event({ queue_id: "q1" })]);
    clock.advance(50);
    assert.deepEqual(posted.at(-1), { type: "trouble", message: "The disk is gone." });
    clock.advance(10_000);
    assert.deepEqual(types(), ["state", "trouble", "trouble"]);
    source.broken = undefined;
    clock.advance(10_000);
    assert.deepEqual(types(), ["state", "trouble", "trouble", "state"]);
  });

  describe("ahead of its page", () => {
    it("is everything, and changes once it is there, by which it sees whether it has that", () => {
      feed.sendAhead();
      assert.deepEqual(types(), []);
      clock.advance(0);
      assert.deepEqual(types(), ["state"]);
      feed.greet();
      assert.deepEqual(types(), ["state", "changes"]);
    });

    it("is everything once where the page was there first, and again for another page", () => {
      feed.sendAhead();
      feed.greet();
      clock.advance(0);
      assert.deepEqual(types(), ["state"]);
      feed.greet();
      assert.deepEqual(types(), ["state", "state"]);
    });

    it("is what changed too, and everything again where it could not be read", () => {
      feed.sendAhead();
      clock.advance(0);
      feed.note([event({ queue_id: "q1" })]);
      clock.advance(50);
      assert.deepEqual(lastPhases(), ["q1"]);
      source.broken = new Error("The disk is gone.");
      feed.refreshSoon();
      clock.advance(50);
      source.broken = undefined;
      feed.greet();
      assert.deepEqual(types(), ["state", "changes", "trouble", "state"]);
    });

    it("is nothing for a page that was thrown away before it was there", () => {
      feed.sendAhead();
      clock.advance(0);
      feed.rest();
      feed.greet();
      assert.deepEqual(types(), ["state", "state"]);
    });
  });

  it("is nothing while its page is thrown away, and everything for the next one", () => {
    feed.sendAll();
    feed.rest();
    feed.note([event({ queue_id: "q1" })]);
    clock.advance(60_000);
    assert.deepEqual(types(), ["state"]);
    feed.sendAll();
    assert.deepEqual(types(), ["state", "state"]);
  });
});
