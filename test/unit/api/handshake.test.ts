import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createApiServer } from "../../../src/core/api/server";
import { systemClock } from "../../../src/core/base/clock";
import { silentLogger } from "../../../src/core/base/log";
import { FakeClock } from "../../support/fakeClock";
import { ApiFixture, token } from "./apiFixture";
import { until } from "./until";

const nonce = "ab".repeat(32);

describe("The API's server", () => {
  it("says so when it cannot listen, and closes all the same", async () => {
    const first = new ApiFixture();
    await first.server.listen();
    const second = createApiServer({
      commands: first.commands,
      queue: first.queue,
      socketPath: first.socketPath,
      token,
      clock: systemClock,
      logger: silentLogger,
      version: "1.2.3",
    });
    await assert.rejects(second.listen(), { kind: "unavailable", message: /EADDRINUSE/ });
    await second.close();
    assert.equal((await first.request("POST", "/api/queue/a/skip")).status, 200);
    await first.dispose();
  });
});

describe("The API's handshake", () => {
  let api: ApiFixture;
  let clock: FakeClock;

  beforeEach(async () => {
    clock = new FakeClock();
    api = new ApiFixture(clock, { maxEventClients: 0 });
    await api.server.listen();
  });

  afterEach(async () => {
    await api.dispose();
    assert.equal(clock.pending, 0);
  });

  it("proves the token by an HMAC of the client's nonce and then speaks HTTP", async () => {
    const connection = api.connect();
    connection.socket.write(`PHASE-HOPPER 1 ${nonce}\n`);
    await until(() => connection.text.endsWith("\n"));
    const expected = createHmac("sha256", token).update(nonce).digest("hex");
    assert.equal(connection.text, `${expected}\n`);
    connection.socket.write("GET /nowhere HTTP/1.1\r\n\r\n");
    assert.match(await connection.end, /\nHTTP\/1\.1 404 /);
  });

  it("reads a greeting that comes byte by byte, and a request that comes along with it", async () => {
    const connection = api.connect();
    const text = `PHASE-HOPPER 1 ${nonce}\nGET /nowhere HTTP/1.1\r\n\r\n`;
    for (const byte of text.slice(0, 70)) {
      connection.socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    connection.socket.write(text.slice(70));
    assert.match(await connection.end, /^[0-9a-f]{64}\nHTTP\/1\.1 404 /);
  });

  for (const [what, line] of [
    ["HTTP without a greeting", "POST /api/plans HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["another version", `PHASE-HOPPER 2 ${nonce}\n`],
    ["a nonce that is too short", "PHASE-HOPPER 1 abcd\n"],
    ["a nonce that is not hex", `PHASE-HOPPER 1 ${"zz".repeat(32)}\n`],
    ["an empty line", "\n"],
    ["a line that never ends", "a".repeat(129)],
    ["a line that is too long", `PHASE-HOPPER 1 ${"ab".repeat(64)}\n`],
    ["a megabyte", Buffer.alloc(1024 * 1024, "a").toString()],
    ["a TLS greeting", "\u0016\u0003\u0001\u0002\u0000\u0001"],
  ] as const) {
    it(`closes the connection without a word on ${what}`, async () => {
      const connection = api.connect();
      connection.socket.write(line);
      connection.socket.end();
      assert.equal(await connection.end, "");
      assert.deepEqual(api.commands.calls, []);
    });
  }

  it("closes a connection that does not greet in time", async () => {
    const connection = api.connect();
    connection.socket.write("PHASE-HOPPER 1 ");
    await until(() => clock.pending === 1);
    clock.advance(3_000);
    assert.equal(await connection.end, "");
  });

  it("closes a connection that greets and sends no headers in time", async () => {
    const connection = await api.greeted();
    connection.socket.write("POST /api/plans HTTP/1.1\r\nX-Slow: ");
    await until(() => clock.pending === 1);
    clock.advance(4_999);
    assert.equal(connection.socket.destroyed, false);
    clock.advance(1);
    assert.equal(await connection.end, "");
  });

  it("leaves a connection that only waits until the server ends, and lets nothing come in by it", async () => {
    const waiting = await api.greeted("wait");
    const talking = await api.greeted("wait");
    assert.equal(clock.pending, 0);
    clock.advance(3_600_000);
    assert.equal(waiting.socket.destroyed, false);
    talking.socket.write("GET /nowhere HTTP/1.1\r\n\r\n");
    assert.equal(await talking.end, "");
    const closed = api.server.close();
    await until(() => clock.pending > 0);
    clock.advance(250);
    assert.equal(await waiting.end, "");
    await closed;
  });

  it("answers others while 63 slow ones wait, and turns away a 65th connection", async () => {
    const slow = Array.from({ length: 63 }, () => api.connect());
    for (const { socket } of slow) {
      socket.write("PHASE");
    }
    await until(() => clock.pending === 63);
    assert.equal((await api.request("POST", "/api/queue/a/skip")).status, 200);
    const last = api.connect();
    await until(() => clock.pending === 64);
    assert.equal(await api.connect().end, "");
    last.socket.destroy();
    clock.advance(3_000);
    await Promise.all(slow.map(({ end }) => end));
  });
});
