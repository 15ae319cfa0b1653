import assert from "node:assert/strict";
import type { FromCard } from "../../../src/core/protocol/card/cardMessages";
import { type CardNews, Link, patience } from "../../../webview-ui/link";
import { stateOf } from "./cardFixture";

/** A link whose other end, and whose time, are in the test's hands. */
function linked() {
  const posted: FromCard[] = [];
  const news: CardNews[] = [];
  const unreadable: string[] = [];
  let silences = 0;
  const timers = new Set<{ readonly milliseconds: number; readonly then: () => void }>();
  const link = new Link({
    post: (message) => posted.push(message),
    onNews: (one) => news.push(one),
    onUnreadable: (type) => unreadable.push(type),
    onSilence: () => (silences += 1),
    after: (milliseconds, then) => {
      const timer = { milliseconds, then };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
  return { link, posted, news, unreadable, timers, silences: () => silences };
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
    const { link, unreadable } = linked();
    const asked = link.request({ name: "queue", action: "pause" });
    link.receive(JSON.parse(JSON.stringify({ type: "answer", id: 1, result: undefined })));
    assert.equal(await asked, undefined);
    assert.deepEqual(unreadable, []);
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

  it("passes on what comes without being asked for", () => {
    const { link, news } = linked();
    link.receive({ type: "state", folder: "file:///a", now: 0, state: stateOf([]) });
    link.receive({ type: "trouble", message: "The disk is full." });
    assert.deepEqual(
      news.map(({ type }) => type),
      ["state", "trouble"],
    );
  });

  it("says of what is to be shown that it cannot be read, and leaves all else aside", () => {
    const { link, news, unreadable } = linked();
    link.receive({ type: "state", folder: "file:///a", now: 0, state: { plans: "many" } });
    link.receive({ type: "changes" });
    for (const other of ["hello", undefined, null, 3, [], { type: "party" }, { type: "log" }]) {
      link.receive(other);
    }
    assert.deepEqual(unreadable, ["state", "changes"]);
    assert.deepEqual(news, []);
  });

  it("says when nothing comes of what the card is to show", () => {
    const { link, timers, silences } = linked();
    link.ready();
    const [waiting] = timers;
    assert.equal(waiting?.milliseconds, patience);
    waiting.then();
    assert.equal(silences(), 1);
  });

  it("waits no longer once it came, however often it was asked for", () => {
    const { link, timers, posted } = linked();
    link.ready();
    link.refresh();
    assert.equal(timers.size, 1);
    link.receive({ type: "state", folder: "", now: 0, state: stateOf([]) });
    assert.equal(timers.size, 0);
    assert.deepEqual(posted, [{ type: "ready" }, { type: "refresh" }]);
  });
});
