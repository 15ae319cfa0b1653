import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { ApiFixture, type RequestChange, token } from "./apiFixture";

type Header = string | readonly string[] | undefined;

const tokens: readonly (readonly [Header, boolean])[] = [
  [`Bearer ${token}`, true],
  [undefined, false],
  ["", false],
  ["Bearer", false],
  [token, false],
  [`Basic ${token}`, false],
  [`Bearer ${token.slice(0, -1)}`, false],
  [`Bearer ${token}0`, false],
  [`Bearer ${token.toUpperCase()}`, false],
  [[`Bearer ${token}`, `Bearer ${token}`], false],
];

const hosts: readonly (readonly [Header, boolean])[] = [
  ["localhost", true],
  [undefined, false],
  ["", false],
  [["localhost", "localhost"], false],
  [["localhost", "evil.com"], false],
  ["evil.com", false],
  ["127.0.0.1", false],
  ["localhost.evil.com", false],
  ["localhost@evil.com", false],
  ["LOCALHOST.", false],
  ["localhost:80", false],
  ["[::1]", false],
  ["0.0.0.0", false],
  ["127.1", false],
];

const origins: readonly (readonly [Header, boolean])[] = [
  [undefined, true],
  ["", false],
  ["null", false],
  ["http://localhost", false],
  ["http://evil.com", false],
  ["vscode-webview://x", false],
  ["file://", false],
  [["http://localhost", "http://evil.com"], false],
];

const types: readonly (readonly [Header, boolean])[] = [
  ["application/json", true],
  ["application/json; charset=utf-8", true],
  [undefined, false],
  ["", false],
  ["text/plain", false],
  ["application/x-www-form-urlencoded", false],
  ["multipart/form-data; boundary=x", false],
  ["application/json; charset=utf-16", false],
  ["text/plain; application/json", false],
  ["application/jsonp", false],
  [["text/plain", "application/json"], false],
  [["application/json", "text/plain"], false],
];

describe("The API's guard", () => {
  let api: ApiFixture;

  beforeEach(async () => {
    api = new ApiFixture();
    await api.server.listen();
  });

  afterEach(() => api.dispose());

  it("lets a request in only if token, Host, Origin and type are all right", async () => {
    let passed = 0;
    for (const [authorization, tokenIsRight] of tokens) {
      for (const [host, hostIsRight] of hosts) {
        for (const [origin, originIsRight] of origins) {
          const [type, typeIsRight] = types[passed % types.length] ?? [undefined, false];
          passed += 1;
          const change: RequestChange = {
            body: "{}",
            headers: {
              Host: host,
              Origin: origin,
              Authorization: authorization,
              "Content-Type": type,
            },
          };
          const reply = await api.request("POST", "/api/queue/a/skip", change);
          const expected =
            hostIsRight && originIsRight ? (tokenIsRight ? (typeIsRight ? 200 : 415) : 401) : 403;
          assert.equal(reply.status, expected, JSON.stringify(change));
          assert.doesNotMatch(reply.head, /access-control/i);
          assert.doesNotMatch(JSON.stringify(reply), new RegExp(token));
          assert.equal(api.commands.calls.length, expected === 200 ? 1 : 0);
          api.commands.calls.length = 0;
        }
      }
    }
  });

  for (const [type, isRight] of types) {
    it(`${isRight ? "lets in" : "refuses"} a body of type ${JSON.stringify(type)}`, async () => {
      const change = { body: "{}", headers: { "Content-Type": type } };
      const reply = await api.request("POST", "/api/queue/a/skip", change);
      assert.equal(reply.status, isRight ? 200 : 415);
    });
  }

  it("needs no type where there is no body", async () => {
    const headers = { "Content-Type": undefined, "Content-Length": undefined };
    assert.equal((await api.request("POST", "/api/queue/a/skip", { headers })).status, 200);
  });

  it("refuses HTTP/1.0 without a Host", async () => {
    const change = { version: "HTTP/1.0", headers: { Host: undefined } };
    assert.equal((await api.request("POST", "/api/queue/a/skip", change)).status, 403);
  });

  it("refuses a WebSocket like any other request", async () => {
    const headers = { Connection: "Upgrade", Upgrade: "websocket", Authorization: undefined };
    assert.equal((await api.request("POST", "/api/queue/a/skip", { headers })).status, 401);
  });

  it("names no route, no version of Node and no path to those who are refused", async () => {
    const reply = await api.request("POST", "/api/plans", { headers: { Authorization: "x" } });
    assert.deepEqual(reply.json, { detail: "The request brings no valid token." });
    assert.match(reply.head, /\r\nServer: phase-hopper\/1\.2\.3\r\n/);
    assert.match(reply.head, /\r\nX-Content-Type-Options: nosniff\r\n/);
  });

  it("listens on a socket that only its user can open", () => {
    assert.equal(statSync(api.socketPath).mode & 0o777, 0o600);
  });
});
