import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Hopper } from "../../../src/core/hopper";
import { Bed, chainPlan } from "../../support/bed";
import { sendRaw, statusOf } from "./rawTcp";

const secret = "The title nobody else may read";

interface Shape {
  readonly first: string;
  readonly headers: readonly string[];
  readonly body: string;
}

describe("The API over TCP, facing every kind of request,", () => {
  let bed: Bed;
  let hopper: Hopper;
  let port: number;
  let token: string;

  before(async () => {
    bed = new Bed();
    hopper = await bed.openHopper();
    await hopper.enqueue({ markdown: chainPlan(3), title: secret });
    const { url, tokenFile } = await hopper.openApi(0);
    port = Number(new URL(url).port);
    token = readFileSync(tokenFile, "utf8").trim();
  });

  after(() => bed.remove());

  /** Everything the queue keeps on disk. */
  function digest(): string {
    const folder = join(bed.workspace, ".hopper");
    const hash = createHash("sha256");
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
      const path = join(folder, name);
      hash.update(name).update(statSync(path).isFile() ? readFileSync(path) : "");
    }
    return hash.digest("hex");
  }

  it("lets in only the right token, Host and type without an Origin: 2,520 requests as bytes", async () => {
    const right = `127.0.0.1:${port}`;
    const tokens = [undefined, `Bearer ${"f".repeat(64)}`, `Bearer ${token}`];
    const hosts: readonly (readonly [name: string, headers: readonly string[]])[] = [
      ["none, HTTP/1.0", []],
      ["two", [right, right]],
      ["foreign", ["evil.com"]],
      ["ours as a prefix", [`127.0.0.1.evil.com:${port}`]],
      ["ours as a user", [`127.0.0.1@evil.com`]],
      ["with a dot", [`LOCALHOST.:${port}`]],
      ["IPv6", [`[::1]:${port}`]],
      ["any address", [`0.0.0.0:${port}`]],
      ["zero", [`0:${port}`]],
      ["one number", [`2130706433:${port}`]],
      ["short", [`127.1:${port}`]],
      ["another port", [`127.0.0.1:${port === 80 ? 81 : 80}`]],
      ["absolute form", ["evil.com"]],
      ["right", [right]],
    ];
    const origins: readonly (readonly string[])[] = [
      [],
      ["null"],
      ["http://evil.com"],
      ["http://127.0.0.1:1"],
      ["http://1.2.3.4"],
      ["vscode-webview://x"],
      ["file://"],
      [`http://${right}`, "http://evil.com"],
      ["http://localhost.evil.com"],
      [`http://${right}`],
    ];
    const pause = '{"paused":true}';
    const kinds: Readonly<Record<string, Shape>> = {
      GET: { first: "GET /api/queue", headers: [], body: "" },
      "POST JSON": { first: "POST /api/queue/config/pause", headers: ["Content-Type: application/json"], body: pause }, // prettier-ignore
      "POST text": { first: "POST /api/queue/config/pause", headers: ["Content-Type: text/plain"], body: pause }, // prettier-ignore
      "POST form": { first: "POST /api/queue/config/pause", headers: ["Content-Type: application/x-www-form-urlencoded"], body: "paused=true" }, // prettier-ignore
      OPTIONS: { first: "OPTIONS /api/queue/config/pause", headers: ["Access-Control-Request-Method: POST"], body: "" }, // prettier-ignore
      WebSocket: { first: "GET /api/events", headers: ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="], body: "" }, // prettier-ignore
    };
    const good = new Set(["GET", "POST JSON", "WebSocket"]);
    const untouched = digest();
    let sent = 0;
    let hostile = 0;
    let accepted = 0;
    let sideEffects = 0;
    for (const authorization of tokens) {
      for (const [hostName, host] of hosts) {
        for (const origin of origins) {
          for (const [kind, { first, headers, body }] of Object.entries(kinds)) {
            const target =
              hostName === "absolute form" ? first.replace(" ", " http://evil.com") : first;
            const lines = [
              `${target} HTTP/${hostName === "none, HTTP/1.0" ? "1.0" : "1.1"}`,
              ...host.map((value) => `Host: ${value}`),
              ...origin.map((value) => `Origin: ${value}`),
              ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
              ...headers,
              ...(body === "" ? [] : [`Content-Length: ${body.length}`]),
            ];
            const answer = await sendRaw(port, `${lines.join("\r\n")}\r\n\r\n${body}`);
            const status = statusOf(answer);
            sent += 1;
            const isRight =
              authorization === tokens[2] && hostName === "right" && origin.length === 0;
            if (isRight && good.has(kind)) {
              assert.ok(status === 200 || status === 101, `${kind} was refused: ${answer}`);
              await hopper.setPaused(false);
              continue;
            }
            hostile += 1;
            accepted += status >= 400 && status < 500 ? 0 : 1;
            assert.doesNotMatch(answer, /access-control/i, lines.join("\n"));
            assert.ok(!answer.includes(secret) && !answer.includes(token), lines.join("\n"));
            sideEffects += hopper.queue.pausedReason === undefined ? 0 : 1;
          }
        }
        if (authorization !== tokens[2]) {
          assert.equal(digest(), untouched);
        }
      }
    }
    assert.equal(sent, 2_520);
    console.log(
      `    ${accepted} accepted of ${hostile} hostile requests, ${sideEffects} side effects ` +
        `(${sent} sent, ${sent - hostile} of them right)`,
    );
    assert.deepEqual({ accepted, sideEffects }, { accepted: 0, sideEffects: 0 });
  });

  it("answers nothing to whoever has no token, whatever the path", async () => {
    const targets = [
      ...["/", "/health", "/favicon.ico", "/api", "/api/", "/api/openapi.json", "/api/events"],
      ...["/api/queue/../../etc/passwd", "/api/%2e%2e%5cqueue", "//api/queue", "/@fs/etc/passwd"],
      ...["/api/queue%00", "/api/queue?raw??", "/api/queue#x", "/API/QUEUE", "/api/queue/", "*"],
      ...["/api/attempts/..%2f..%2fqueue.db/log", "/api/attempts/a/log?offset=0", "/api/queue;x"],
      ...["/.hopper/queue.db", "/dist/cli.js", "\\api\\queue", "/api//queue", "/api/./queue"],
    ];
    for (const target of targets) {
      for (const method of ["GET", "HEAD", "POST", "DELETE", "PUT", "TRACE", "OPTIONS"]) {
        const answer = await sendRaw(
          port,
          `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 0\r\n\r\n`,
        );
        const status = statusOf(answer);
        assert.ok(status >= 400 && status < 500, `${method} ${target}: ${answer}`);
        assert.ok(!answer.includes(secret));
      }
    }
  });

  it("leads no path with the right token to a file", async () => {
    for (const target of [
      "/api/attempts/../../../etc/passwd/log",
      "/api/attempts/..%2f..%2f..%2fetc%2fpasswd/log",
      "/api/attempts/%2e%2e/log",
      "/api/attempts/C:/log",
      "/api/attempts/NUL/log",
      "/@fs/etc/passwd",
      "/api/queue/%2e%2e/attempts",
      "/api/queue?raw??",
      "/api/plans/../queue",
    ]) {
      const answer = await sendRaw(
        port,
        `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      assert.ok([400, 404].includes(statusOf(answer)), `${target}: ${answer}`);
    }
  });
});
