import assert from "node:assert/strict";
import { longestGap, longestSubscriptions } from "../../../src/core/api/eventClient";
import { ApiFixture, tcpToken } from "./apiFixture";
import { phase } from "./fakeCommands";
import { attempt, plan } from "./fakeQueue";
import { until } from "./until";

const update = {
  type: "queue_update",
  queue_id: phase.queue_id,
  plan_id: plan.plan_id,
  phase_number: 1,
  status: "running",
  parent_issue: 456,
  timestamp: "2026-03-01T10:02:00.000Z",
};

describe("The event stream", () => {
  let api: ApiFixture;

  beforeEach(async () => {
    api = await new ApiFixture().open();
  });

  afterEach(() => api.dispose());

  it("begins with a snapshot and then tells each change in the documented shape", async () => {
    api.queue.happen(2);
    const listener = api.follow();
    await listener.has(1);
    assert.deepEqual(listener.messages, [
      {
        type: "snapshot",
        event_id: 2,
        database_id: "queue-1",
        waiting: { kind: "running", text: "Phase 1 running" },
        plans: [plan],
        phases: [phase],
      },
    ]);
    api.queue.happen();
    await listener.has(2);
    assert.deepEqual(listener.last, { ...update, event_id: 3 });
    assert.deepEqual(await listener.problems, []);
  });

  it("says one message for each changed phase, the cause first", async () => {
    const listener = api.follow();
    await listener.has(1);
    api.queue.happen(5);
    api.queue.happen(3);
    await listener.has(9);
    assert.deepEqual(listener.ids, [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("frames messages of every length as a stock client reads them", async () => {
    const listener = api.follow();
    await listener.has(1);
    // Around the sizes at which RFC 6455 writes a length in another way, and in letters of several bytes.
    const reasons = [1, 20, 60, 100, 65_000, 65_535, 65_600, 70_000].flatMap((length) => [
      "x".repeat(length),
      "ü".repeat(length / 2),
    ]);
    for (const reason of reasons) {
      api.queue.tell({ type: "queue_paused", reason });
    }
    await listener.has(1 + reasons.length);
    assert.deepEqual(
      listener.messages.slice(1).map((message) => message["reason"]),
      reasons,
    );
  });

  it("tells what else happens under its own name", async () => {
    const listener = api.follow();
    await listener.has(1);
    api.queue.tell({ type: "plan_enqueued", plan_id: plan.plan_id });
    api.queue.tell({ type: "queue_paused", reason: "paused by you" });
    api.queue.tell({ type: "plan_removed", plan_id: "gone" });
    api.queue.tell({
      type: "phase_changed",
      plan_id: plan.plan_id,
      queue_id: phase.queue_id,
      phase_number: 1,
      from_status: "running",
      to_status: "failed",
      reason: "timeout",
    });
    await listener.has(5);
    const { timestamp } = update;
    assert.deepEqual(listener.messages.slice(1), [
      { type: "plan_enqueued", plan_id: "plan-1", parent_issue: 456, event_id: 1, timestamp },
      { type: "queue_paused", reason: "paused by you", event_id: 2, timestamp },
      { type: "plan_removed", plan_id: "gone", parent_issue: 0, event_id: 3, timestamp },
      { ...update, status: "failed", reason: "timeout", event_id: 4 },
    ]);
    assert.deepEqual(await listener.problems, []);
  });

  it("goes on after a gap of 10,000 events with none missed and none twice", async () => {
    api.queue.happen(50);
    api.queue.happen(longestGap);
    const listener = api.follow("?since=50&database_id=queue-1");
    await listener.has(1);
    // More happens while the client is brought up to date, and after that.
    for (let told = 0; told < 100; told++) {
      api.queue.happen(3);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => listener.ids.at(-1) === api.queue.lastEventId);
    assert.deepEqual(listener.messages[0], {
      type: "resumed",
      event_id: 50,
      database_id: "queue-1",
    });
    const expected = Array.from({ length: longestGap + 300 }, (_, index) => 51 + index);
    assert.deepEqual(listener.ids, expected);
    console.log(`    resumed over ${longestGap} events: 0 missed, 0 twice`);
  });

  for (const [what, happened, since] of [
    ["more than 10,000 events ago", longestGap + 1, 0],
    ["in the future, of another queue", 10, 11],
  ] as const) {
    it(`sends a snapshot again to one that was last told ${what}`, async () => {
      api.queue.happen(happened);
      const listener = api.follow(`?since=${since}`);
      await listener.has(1);
      assert.equal(listener.last?.type, "snapshot");
      assert.equal(listener.last.event_id, happened);
    });
  }

  it("sends a snapshot again where the queue is another one by now, whatever its events count", async () => {
    api.queue.happen(10);
    const listener = api.follow("?since=5&database_id=queue-0");
    await listener.has(1);
    assert.equal(listener.last?.type, "snapshot");
    const other = api.follow("?since=5");
    await other.has(6);
    assert.equal(other.messages[0]?.type, "resumed");
  });

  it("goes on from the snapshot's event however much happens while it is sent", async () => {
    api.queue.copies = 300;
    const listener = api.follow();
    for (let told = 0; told < 100; told++) {
      api.queue.happen();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => listener.ids.at(-1) === 100);
    const from = listener.messages[0]?.event_id ?? 0;
    const expected = Array.from({ length: 100 - from }, (_, index) => from + 1 + index);
    assert.deepEqual(listener.ids, expected);
  });

  it("is the same over the local socket", async () => {
    const listener = await api.followLocally();
    await listener.has(1);
    api.queue.happen();
    await listener.has(2);
    assert.deepEqual(listener.last, { ...update, event_id: 1 });
  });

  it("says goodbye when the owner ends", async () => {
    const listener = api.follow();
    await listener.has(1);
    await api.server.close();
    assert.equal(await listener.closed(), 1001);
  });

  describe("tells what an attempt prints", () => {
    it("to those who ask, byte for byte, and when it has ended", async () => {
      const text = "größer — ".repeat(30_000);
      api.queue.output = Buffer.from(text);
      const [listener, other] = [api.follow(), api.follow()];
      await Promise.all([listener.has(1), other.has(1)]);
      listener.say({ type: "subscribe_log", attempt_id: attempt.attempt_id });
      await until(() => listener.last?.type === "log_end");
      const pieces = listener.of("log");
      assert.equal(pieces.map((piece) => piece["text"]).join(""), text);
      assert.equal(pieces[0]?.["offset"], 0);
      assert.equal(pieces.at(-1)?.["next_offset"], api.queue.output.length);
      assert.equal(other.messages.length, 1);
      assert.deepEqual(await listener.problems, []);
    });

    it("from an offset", async () => {
      api.queue.output = Buffer.from("0123456789");
      const listener = api.follow();
      listener.webSocket.on("open", () =>
        listener.say({ type: "subscribe_log", attempt_id: attempt.attempt_id, offset: 7 }),
      );
      await listener.has(3);
      assert.equal(listener.messages[1]?.["text"], "789");
    });

    it("once for each, of 16 at once, of which one that is asked for again makes no 17th", async () => {
      api.queue.output = Buffer.from("text");
      api.queue.isOver = false;
      const listener = api.follow();
      await listener.has(1);
      const ask = (number: number, type = "subscribe_log"): void =>
        listener.say({ type, attempt_id: `attempt-${number}` });
      for (let number = 1; number <= longestSubscriptions; number++) {
        ask(number);
      }
      await until(() => listener.of("log").length === 16);
      ask(7);
      await until(() => listener.of("log").length === 17);
      ask(17);
      await until(() => listener.of("error").length === 1);
      assert.match(JSON.stringify(listener.last), /More than 16 logs/);
      ask(7, "unsubscribe_log");
      ask(17);
      await until(() => listener.of("log").length === 18);
      assert.equal(listener.of("error").length, 1);
    });

    it("but not of an attempt that there is not", async () => {
      const listener = api.follow();
      await listener.has(1);
      listener.say({ type: "subscribe_log", attempt_id: "none" });
      await listener.has(2);
      assert.deepEqual(listener.last, {
        type: "error",
        detail: "There is no attempt none in this queue.",
      });
      api.queue.happen();
      await listener.has(3);
      assert.deepEqual(await listener.problems, []);
    });
  });

  describe("is a WebSocket, and", () => {
    for (const [what, target, change, status] of [
      ["nothing else", "/api/events", {}, 426],
      ["with no parameter but since", "/api/events?sicne=1", { headers: { Upgrade: "websocket", Connection: "Upgrade" } }, 400], // prettier-ignore
      ["since is a number", "/api/events?since=x", { headers: { Upgrade: "websocket", Connection: "Upgrade" } }, 400], // prettier-ignore
      ["no other route is one", "/api/queue", { headers: { Upgrade: "websocket", Connection: "Upgrade" } }, 400], // prettier-ignore
    ] as const) {
      it(what, async () => {
        const headers = { "Content-Type": undefined, "Content-Length": undefined };
        const given = "headers" in change ? { ...headers, ...change.headers } : headers;
        assert.equal((await api.request("GET", target, { headers: given })).status, status);
      });
    }

    for (const [what, options, status] of [
      ["a wrong token", { token: "f".repeat(64) }, 401],
      ["the local socket's token", { token: "5ec2e7".padEnd(64, "0") }, 401],
      ["an origin", { headers: { Origin: "http://evil.example" } }, 403],
      ["this server as origin", { headers: { Origin: "http://127.0.0.1" } }, 403],
      ["another host", { headers: { Host: "evil.example" } }, 403],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const listener = api.follow("", options);
        await until(() => listener.refusedWith !== undefined);
        assert.equal(listener.refusedWith, status);
        assert.equal(listener.messages.length, 0);
      });
    }

    it("lets in the one with the token", async () => {
      const listener = api.follow("", { token: tcpToken });
      await listener.has(1);
    });
  });
});
