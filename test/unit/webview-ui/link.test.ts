import assert from "node:assert/strict";
import type { FromCard } from "../../../src/core/protocol/card/cardMessages";
import { type CardNews, Link, patience } from "../../../webview-ui/link";
import { stateOf } from "./cardFixture";

/** A link whose other end, and whose time, are in the test's hands. */
function linked() {
  const posted: FromCard[] = [];
  const news: CardNews[] = [];
  const unknown: unknown[] = [];
  const timers = new Set<{ readonly milliseconds: number; readonly then: () => void }>();
  const link = new Link({
    post: (message) => posted.push(message),
    onNews: (one) => news.push(one),
    onUnknown: (error) => unknown.push(error),
    after: (milliseconds, then) => {
      const timer = { milliseconds, then };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
  return { link, posted, news, unknown, timers };
}

describe("the card's link to the extension", () => {
  it("answers each request under its own id, in whatever order the answers come", async () => {
    const { link, posted, timers } = linked();
    const first = link.request({ name: "details", queueId: "a" });
    const second = link.request({ name: "details", queueId: "b" });
    const [one, two] = posted;
    assert.ok(one?.type === "request" && two?.type === "request");
    link.receive({ type: "answer", id: two.id, result: "two" });
    link.receive({ type: "answer", id: one.id, result: "one" });
    assert.deepEqual(await Promise.all([first, second]), ["one", "two"]);
    assert.equal(timers.size, 0);
  });

  it("takes an answer without a result, which has no such key once it was sent", async () => {
    const { link, unknown } = linked();
    const asked = link.request({ name: "queue", action: "pause" });
    link.receive(JSON.parse(JSON.stringify({ type: "answer", id: 1, result: undefined })));
    assert.equal(await asked, undefined);
    assert.deepEqual(unknown, []);
  });

  it("rejects with the extension's own words where it refuses", async () => {
    const { link } = linked();
    const refused = link.request({ name: "queue", action: "pause" });
    link.receive({ type: "refusal", id: 1, message: "The disk is full." });
    await assert.rejects(refused, { message: "The disk is full." });
  });

  it("gives up when nothing is heard, and waits on while the extension is at work", async () => {
    const { link, timers } = linked();
    const asked = link.request({ name: "queue", action: "clearCompleted" });
    const [before] = timers;
    link.receive({ type: "working", id: 1 });
    const [now] = timers;
    assert.notEqual(now, before);
    assert.equal(timers.size, 1);
    assert.equal(now?.milliseconds, patience);
    now.then();
    await assert.rejects(asked, /does not answer/);
    // What comes after that changes nothing.
    link.receive({ type: "answer", id: 1, result: undefined });
    link.receive({ type: "working", id: 1 });
    assert.equal(timers.size, 0);
  });

  it("passes on what comes without being asked for, and says what it does not know", () => {
    const { link, news, unknown } = linked();
    link.receive({ type: "state", folder: "file:///a", state: stateOf([]) });
    link.receive({ type: "state", folder: "file:///a", state: { plans: "many" } });
    link.receive("hello");
    assert.equal(news.length, 1);
    assert.equal(unknown.length, 2);
  });
});
