import assert from "node:assert/strict";
import type { CardRequest } from "../../../src/core/protocol/card/cardMessages";
import type { CardState } from "../../../src/core/protocol/card/cardState";
import { CardStore } from "../../../webview-ui/cardStore";
import type { CardNews } from "../../../webview-ui/link";
import { phaseOf, planOf, queueOf, stateOf } from "./cardFixture";

/** A store whose page's clock, and whose extension, are in the test's hands. */
function stored(answer: (request: CardRequest) => Promise<unknown> = () => Promise.resolve()) {
  const page = { now: 1_000_000 };
  const folders: string[] = [];
  const missed = { times: 0 };
  const store = new CardStore({
    request: answer,
    now: () => page.now,
    nextFrame: (draw) => draw(),
    onFolder: (folder) => folders.push(folder),
    onMissed: () => (missed.times += 1),
  });
  const receive = (state: CardState, now = page.now): void =>
    store.receive({ type: "state", folder: "file:///a", now, state });
  const drawn = { times: 0 };
  store.subscribe(() => (drawn.times += 1));
  return { store, page, folders, missed, receive, drawn };
}

const changes: CardNews = {
  type: "changes",
  now: 1_000_000,
  changes: { queue: queueOf(), plans: [planOf()], phases: [], removed: [] },
};

describe("what the card holds", () => {
  it("is nothing before the extension has answered", () => {
    const { store, folders } = stored();
    store.receive(changes);
    assert.equal(store.view.data, undefined);
    assert.deepEqual(folders, []);
  });

  it("is asked for when changes of it come and it did not", () => {
    const { store, receive, missed } = stored();
    store.receive(changes);
    assert.equal(missed.times, 1);
    receive(stateOf([phaseOf(1)]));
    store.receive(changes);
    assert.equal(missed.times, 1);
  });

  it("is not drawn again when the same comes again", () => {
    const { receive, drawn, store } = stored();
    receive(stateOf([phaseOf(1)]));
    receive(stateOf([phaseOf(1)]));
    store.receive(changes);
    assert.equal(drawn.times, 1);
  });

  it("stays when the queue cannot be read, with the trouble", () => {
    const { store, receive } = stored();
    receive(stateOf([phaseOf(1)]));
    store.receive({ type: "trouble", message: "The disk is gone." });
    assert.equal(store.view.trouble, "The disk is gone.");
    assert.equal(store.view.data?.plans[0]?.phases.length, 1);
  });

  it("has its trouble until everything was sent again: changes may miss what could not be read", () => {
    const { store, receive, drawn } = stored();
    receive(stateOf([phaseOf(1)]));
    store.fail("The disk is gone.");
    store.receive({
      ...changes,
      changes: { ...changes.changes, phases: [phaseOf(2)] },
    });
    assert.equal(store.view.trouble, "The disk is gone.");
    const before = drawn.times;
    receive(stateOf([phaseOf(1), phaseOf(2)]));
    assert.equal(store.view.trouble, undefined);
    assert.equal("trouble" in store.view, false);
    assert.equal(drawn.times, before + 1, "nothing but the trouble changed");
  });

  it("says why something was refused, until it is dismissed or something else is asked for", async () => {
    let refusal: Error | undefined = new Error("The phase is running.");
    const { store } = stored(() => (refusal ? Promise.reject(refusal) : Promise.resolve()));
    await store.ask({ name: "queue", action: "pause" });
    assert.equal(store.view.refusal, "The phase is running.");
    store.dismiss();
    assert.equal(store.view.refusal, undefined);
    await store.ask({ name: "queue", action: "pause" });
    refusal = undefined;
    await store.ask({ name: "queue", action: "pause" });
    assert.equal(store.view.refusal, undefined);
  });

  it("keeps a refusal over what is sent meanwhile", async () => {
    const { store, receive } = stored(() => Promise.reject(new Error("No.")));
    await store.ask({ name: "queue", action: "pause" });
    receive(stateOf([phaseOf(1)]));
    assert.equal(store.view.refusal, "No.");
  });

  it("has the output of an open log alone", () => {
    const { store } = stored();
    const log = store.openLog("q1", "a1");
    const lines = (): number => log.view.lines.length;
    store.receive({ type: "log", attemptId: "other", batch: { text: "not this\n" } });
    assert.equal(lines(), 0);
    store.receive({ type: "log", attemptId: "a1", batch: { text: "this\n" } });
    assert.equal(lines(), 1);
    store.closeLog("a1", log);
    store.receive({ type: "log", attemptId: "a1", batch: { text: "nor this\n" } });
    assert.equal(lines(), 1);
  });
});

describe("the card's clock", () => {
  it("is the page's own as long as the extension's is the same, give or take the way", () => {
    const { store, page, receive } = stored();
    receive(stateOf([]), page.now - 400);
    assert.equal(store.now, page.now);
  });

  it("is the extension's where that runs elsewhere, and goes on between its messages", () => {
    const { store, page, receive } = stored();
    receive(stateOf([]), page.now + 3_600_000);
    page.now += 5_000;
    assert.equal(store.now, page.now + 3_600_000);
    store.receive({ ...changes, now: page.now - 60_000 });
    assert.equal(store.now, page.now - 60_000);
  });

  it("knows how long nothing was heard, whatever the two clocks say", () => {
    const { store, page, receive } = stored();
    receive(stateOf([]), page.now + 3_600_000);
    page.now += 26_000;
    assert.equal(store.silence, 26_000);
    store.receive(changes);
    assert.equal(store.silence, 0);
  });
});
