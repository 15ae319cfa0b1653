import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import type { Clock } from "../../../src/core/base/clock";
import { systemClock } from "../../../src/core/base/clock";
import { failureDelay } from "../../../src/core/api/tokenFailures";
import { maxRequests, usualEventClients } from "../../../src/core/api/server";
import { ApiFixture, tcpToken } from "./apiFixture";
import { sendRaw, statusOf } from "./rawTcp";
import { until } from "./until";

/** Real time, but one delay is short: a second for each of 10,000 guesses would take hours. */
const hurried: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic(),
  after: (milliseconds, callback) =>
    systemClock.after(milliseconds === failureDelay ? 10 : milliseconds, callback),
};

describe("The API over TCP, under load of no good will,", () => {
  let api: ApiFixture;

  beforeEach(async () => {
    api = await new ApiFixture(hurried).open();
  });

  afterEach(() => api.dispose());

  const request = (token: string): string =>
    `POST /api/queue/a/skip HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\n` +
    `Authorization: Bearer ${token}\r\n\r\n`;

  async function assertAlive(): Promise<void> {
    assert.equal(statusOf(await sendRaw(api.port, request(tcpToken))), 200);
    assert.deepEqual(api.errors, []);
  }

  it("refuses 10,000 wrong tokens, slower and slower, and the right one never waits", async function () {
    this.timeout(300_000);
    let refused = 0;
    let sent = 0;
    const guess = async (): Promise<void> => {
      while (sent < 10_000) {
        sent += 1;
        const token = sent.toString(16).padStart(64, "0");
        const answer = await sendRaw(api.port, request(token));
        refused += statusOf(answer) === 401 ? 1 : 0;
      }
    };
    await Promise.all(Array.from({ length: 100 }, guess));
    assert.equal(refused, 10_000);
    assert.deepEqual(api.commands.calls, []);
    await assertAlive();
    console.log(`    ${refused} of 10000 wrong tokens refused; after the 20th each waits 1 s`);
  });

  it("makes the twenty-first wrong token wait a second", async () => {
    const slow = await new ApiFixture().open();
    try {
      const wrong = (): Promise<string> =>
        sendRaw(slow.port, request("f".repeat(64)).replace(String(api.port), String(slow.port)));
      for (let guess = 0; guess < 20; guess++) {
        assert.equal(statusOf(await wrong()), 401);
      }
      let isAnswered = false;
      const late = wrong().then((answer) => {
        isAnswered = true;
        return answer;
      });
      const right = request(tcpToken).replace(String(api.port), String(slow.port));
      assert.equal(statusOf(await sendRaw(slow.port, right)), 200);
      assert.equal(isAnswered, false);
      assert.equal(statusOf(await late), 401);
    } finally {
      await slow.dispose();
    }
  });

  it("drops 200 clients that send a byte at a time, and is there for others afterwards", async () => {
    const sockets: Socket[] = [];
    let closed = 0;
    for (let client = 0; client < 200; client++) {
      const socket = connect(api.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.on("close", () => (closed += 1));
      socket.write("GET /api/queue HTTP/1.1\r\n");
      sockets.push(socket);
    }
    const drip = setInterval(() => {
      for (const socket of sockets) {
        socket.write("X-a: b\r\n");
      }
    }, 20);
    try {
      await until(() => closed === 200);
    } finally {
      clearInterval(drip);
      for (const socket of sockets) {
        socket.destroy();
      }
    }
    await assertAlive();
    console.log(`    200 of 200 slow clients dropped, after 5 s each at most`);
  });

  it("turns away connections beyond its limit, 10,000 of them, and lives", async function () {
    this.timeout(300_000);
    const sockets: Socket[] = [];
    let closed = 0;
    const limit = usualEventClients + maxRequests;
    try {
      while (sockets.length < 10_000) {
        for (let client = 0; client < 100; client++) {
          const socket = connect(api.port, "127.0.0.1");
          socket.on("error", () => undefined);
          socket.on("close", () => (closed += 1));
          socket.resume();
          sockets.push(socket);
        }
        // The next hundred come when these are answered: what overflows the system's own queue of
        // connections is lost there, and the client of one that is silent never learns of it.
        await until(() => closed >= sockets.length - limit);
      }
      await until(() => closed === sockets.length);
    } finally {
      for (const socket of sockets) {
        socket.destroy();
      }
    }
    await assertAlive();
    console.log(`    ${sockets.length} connections: never more than ${limit} at once`);
  });

  it("answers clients that say nothing more after their request, and drops those in the middle of it", async () => {
    const half = request(tcpToken);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, client) => {
        const socket = connect({ port: api.port, host: "127.0.0.1", allowHalfOpen: true });
        socket.end(client % 2 === 0 ? half : half.slice(0, 60));
        return textOf(socket);
      }),
    );
    const statuses = answers.map(statusOf);
    assert.deepEqual(
      statuses,
      statuses.map((_, client) => (client % 2 === 0 ? 200 : 400)),
    );
    await assertAlive();
  });

  it("answers headers of a megabyte with 431 and garbage with 400", async () => {
    const long = `GET /api/queue HTTP/1.1\r\nX-Long: ${"a".repeat(1024 * 1024)}\r\n\r\n`;
    assert.ok([431, 0].includes(statusOf(await sendRaw(api.port, long))));
    const some = `GET /api/queue HTTP/1.1\r\nX-Long: ${"a".repeat(20_000)}\r\n\r\n`;
    assert.equal(statusOf(await sendRaw(api.port, some)), 431);
    assert.equal(statusOf(await sendRaw(api.port, "\x16\x03\x01\x02\r\n\r\n")), 400);
    await assertAlive();
  });
});

/** All that comes until the other side ends, or closes. */
async function textOf(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (data: string) => (text += data));
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("close", resolve).once("end", resolve));
  socket.destroy();
  return text;
}
