import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { messagesPerSecond } from "../../../src/core/api/eventClient";
import { longestMessage, pingTime } from "../../../src/core/api/eventStream";
import { FakeClock } from "../../support/fakeClock";
import { ApiFixture, tcpToken } from "./apiFixture";
import type { EventListener } from "./eventListener";
import { until } from "./until";

describe("The event stream, facing clients that are no good,", () => {
  let api: ApiFixture;

  beforeEach(async () => {
    api = await new ApiFixture().open();
  });

  afterEach(() => api.dispose());

  /** A frame as a client sends it, masked with zeroes; `length` may lie about what follows. */
  function frame(
    opcode: number,
    payload: Buffer,
    { fin = true, length = payload.length } = {},
  ): Buffer {
    const isShort = length < 126;
    const head = Buffer.alloc(isShort ? 6 : 14);
    head[0] = (fin ? 0x80 : 0) | opcode;
    head[1] = 0x80 | (isShort ? length : 127);
    if (!isShort) {
      head.writeBigUInt64BE(BigInt(length), 2);
    }
    return Buffer.concat([head, payload]);
  }

  /** A bare connection that was upgraded; answers the code with which the server closes it. */
  async function upgraded(): Promise<{ readonly socket: Socket; readonly code: Promise<number> }> {
    const socket = connect(api.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(upgradeRequest(api.port));
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => (received = Buffer.concat([received, chunk])));
    await until(() => received.includes('"type":"snapshot"'));
    // A closing is the frame 0x88, its length, and two bytes of code.
    const code = new Promise<number>((resolve) => {
      socket.on("close", () => {
        const at = received.lastIndexOf(0x88);
        resolve(at === -1 ? 1006 : received.readUInt16BE(at + 2));
      });
    });
    return { socket, code };
  }

  async function assertOthersGoOn(): Promise<void> {
    const listener = api.follow();
    await listener.has(1);
    api.queue.happen();
    await listener.has(2);
    assert.deepEqual(api.errors, []);
  }

  const text = (value: string): Buffer => Buffer.from(value);
  for (const [what, frames, code] of [
    ["a message of 64 KB and a byte", [frame(1, Buffer.alloc(longestMessage + 1, 32))], 1009],
    ["one that is announced with 90 MB", [frame(1, text("x"), { length: 90e6 })], 1009],
    ["a million pieces of one byte each", Array.from({ length: 1_000_000 }, (_, index) => frame(index === 0 ? 1 : 0, text(" "), { fin: false })), 1008], // prettier-ignore
    ["bytes that are not UTF-8", [frame(1, Buffer.from([0xff, 0xfe]))], 1007],
    ["a frame that is not masked", [Buffer.from([0x81, 0x01, 0x78])], 1002],
    ["no JSON", [frame(1, text("hello"))], 1008],
    ["bytes instead of text", [frame(2, text("{}"))], 1008],
    ["JSON that is 30,000 deep", [frame(1, text("[".repeat(30_000) + "]".repeat(30_000)))], 1008],
    [
      "JSON that is 100,000 deep",
      [frame(1, text("[".repeat(100_000) + "]".repeat(100_000)))],
      1009,
    ],
    ["a prototype", [frame(1, text('{"type":"subscribe_log","attempt_id":"a","__proto__":{}}'))], 1008], // prettier-ignore
    ["a field that is none", [frame(1, text('{"type":"unsubscribe_log","attempt_id":"a","x":1}'))], 1008], // prettier-ignore
    ["an unknown message", [frame(1, text('{"type":"run","argv":["sh"]}'))], 1008],
    ["a flood of messages", Array.from({ length: messagesPerSecond + 1 }, () => frame(1, text('{"type":"unsubscribe_log","attempt_id":"a"}'))), 1008], // prettier-ignore
    ["100,000 pings", Array.from({ length: 100_000 }, () => frame(9, text(""))), 1008],
  ] as const) {
    it(`closes one that sends ${what} with ${code}`, async () => {
      const client = await upgraded();
      client.socket.write(Buffer.concat(frames));
      assert.equal(await client.code, code);
      await assertOthersGoOn();
    });
  }

  it("closes one that does not read once 4 MB wait for it; the others miss nothing", async function () {
    this.timeout(300_000);
    const total = 300_000;
    const good = Array.from({ length: 10 }, () => new CountingClient(api.port));
    const stalled = api.follow();
    await Promise.all([stalled.has(1), ...good.map((client) => until(() => client.isLive))]);
    stalled.webSocket.pause();
    const before = process.memoryUsage.rss();
    let most = before;
    for (let told = 0; told < total; told += 500) {
      api.queue.happen(500);
      await until(() => good.every(({ last }) => last === told + 500));
      most = Math.max(most, process.memoryUsage.rss());
    }
    stalled.webSocket.resume();
    const code = await stalled.closed();
    assert.ok(code === 1013 || code === 1006, String(code));
    assert.ok(stalled.ids.length < total);
    for (const { missed, last, socket } of good) {
      assert.deepEqual([missed, last], [0, total]);
      socket.destroy();
    }
    console.log(
      `    ${total} events to 10 clients and a stalled one: ${stalled.ids.length} reached that one ` +
        `before it was closed, the others missed 0; memory grew by ` +
        `${Math.round((most - before) / 1e6)} MB at most, the events' own record in it`,
    );
  });

  it("refuses one too many with 503 and keeps the others", async () => {
    const small = await new ApiFixture(undefined, { maxEventClients: 2 }).open();
    try {
      const first = [small.follow(), small.follow()];
      await Promise.all(first.map((listener) => listener.has(1)));
      const third = small.follow();
      await until(() => third.refusedWith !== undefined);
      assert.equal(third.refusedWith, 503);
      first[0]?.end();
      await lets(small, first[1]);
    } finally {
      await small.dispose();
    }
  });

  /** When one has gone there is room for another. */
  async function lets(small: ApiFixture, other: EventListener | undefined): Promise<void> {
    for (;;) {
      const next = small.follow();
      await until(() => next.refusedWith !== undefined || next.messages.length > 0);
      if (next.messages.length > 0) {
        break;
      }
    }
    small.queue.happen();
    await until(() => other?.ids.length === 1);
  }

  it("drops one that is dead within a minute, and keeps one that answers", async () => {
    const clock = new FakeClock();
    const slow = await new ApiFixture(clock).open();
    try {
      const alive = slow.follow();
      const dead = slow.follow("", { autoPong: false });
      await Promise.all([alive.has(1), dead.has(1)]);
      let pongs = 0;
      alive.webSocket.on("ping", () => (pongs += 1));
      for (let round = 1; round <= 3; round++) {
        clock.advance(pingTime);
        await until(() => pongs === round);
        // The answer to the ping has to come back before the next one is due.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.equal(await dead.closed(), 1006);
      assert.equal(alive.closeCode, undefined);
    } finally {
      await slow.dispose();
    }
    await until(() => clock.pending === 0);
  });

  it("forgets those who come and go", async () => {
    for (let round = 0; round < 20; round++) {
      const some = Array.from({ length: 50 }, () => api.follow());
      await Promise.all(some.map((listener) => listener.has(1)));
      for (const listener of some) {
        listener.end();
      }
      await Promise.all(some.map((listener) => listener.closed()));
    }
    await assertOthersGoOn();
  });
});

/** A client that keeps nothing of what it is told but which event was the last, and whether it came next. */
class CountingClient {
  readonly socket: Socket;
  isLive = false;
  last = 0;
  missed = 0;
  private rest = "";

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setEncoding("latin1");
    this.socket.write(upgradeRequest(port));
    this.socket.on("data", (data: string) => this.take(this.rest + data));
    this.socket.on("error", () => undefined);
  }

  private take(text: string): void {
    this.isLive ||= text.includes('"type":"snapshot"');
    const found = text.matchAll(/"event_id":(\d+),"timestamp"/g);
    let end = 0;
    for (const { 0: all, 1: id, index } of found) {
      this.missed += Number(id) === this.last + 1 ? 0 : 1;
      this.last = Number(id);
      end = index + all.length;
    }
    // What comes in two pieces is seen with the second one.
    this.rest = text.slice(Math.max(end, text.length - 60));
  }
}

function upgradeRequest(port: number): string {
  return (
    `GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\n` +
    `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer ${tcpToken}\r\n` +
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`
  );
}
