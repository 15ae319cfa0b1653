import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Hopper } from "../../src/core/hopper";
import { Bed, chainPlan } from "../support/bed";
import { browserInstallation } from "../support/vscode/installation";

/** What a page tries; each answers what it learnt or did, and `undefined` when it was kept from it. */
const tries = {
  "fetch of the queue": "(await fetch(api + '/api/queue')).status",
  "fetch without CORS": "(await fetch(api + '/api/queue', {mode: 'no-cors'})).status || undefined",
  "fetch with a wrong token":
    "(await fetch(api + '/api/queue', {headers: {Authorization: 'Bearer x'}})).status",
  "fetch with cookies": "(await fetch(api + '/api/queue', {credentials: 'include'})).status",
  "POST of JSON":
    "(await fetch(pause, {method: 'POST', body: '{\"paused\":true}', headers: {'Content-Type': 'application/json'}})).status",
  "POST of text":
    "(await fetch(pause, {method: 'POST', mode: 'no-cors', body: '{\"paused\":true}'})).status || undefined",
  "POST of a form":
    "(await fetch(pause, {method: 'POST', mode: 'no-cors', body: new URLSearchParams('paused=true')})).status || undefined",
  DELETE: "(await fetch(api + '/api/plans/x', {method: 'DELETE'})).status",
  beacon: "navigator.sendBeacon(pause, new Blob(['{\"paused\":true}'])) && undefined",
  script: "await loads('script', {src: api + '/api/queue'})",
  image: "await loads('img', {src: api + '/api/queue'})",
  stylesheet: "await loads('link', {rel: 'stylesheet', href: api + '/api/queue'})",
  frame:
    "await loads('iframe', {src: api + '/api/queue'}, (e) => e.contentDocument?.body?.textContent || undefined)",
  EventSource:
    "await new Promise((resolve) => { const s = new EventSource(api + '/api/events'); s.onmessage = () => resolve('message'); s.onerror = () => { s.close(); resolve(undefined); }; })",
  WebSocket:
    "await new Promise((resolve) => { const s = new WebSocket(api.replace('http', 'ws') + '/api/events'); s.onopen = () => resolve('open'); s.onerror = () => resolve(undefined); })",
  "form in a window":
    "await new Promise((resolve) => { const f = document.createElement('form'); f.method = 'POST'; f.action = pause; f.target = 'sink'; document.body.append(f); sink.onload = () => resolve(undefined); f.submit(); setTimeout(() => resolve(undefined), 3000); })",
} as const;

describe("A page of another origin, in a real browser,", () => {
  let bed: Bed;
  let hopper: Hopper;
  let browser: Browser;
  let site: Server;

  before(async () => {
    bed = new Bed();
    hopper = await bed.openHopper();
    await hopper.enqueue({ markdown: chainPlan(3), title: "Not for pages" });
    site = createServer((_, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end("<!doctype html><title>evil</title><iframe name=sink id=sink></iframe>");
    });
    await new Promise<void>((resolve) => {
      site.listen(0, "127.0.0.1", resolve);
    });
    const { executable, args } = await browserInstallation();
    // Names that lead to this machine, as a resolver in an attacker's hands would make them.
    const rebound =
      "--host-resolver-rules=MAP evil.example 127.0.0.1,MAP rebound.example 127.0.0.1";
    browser = await chromium.launch({
      executablePath: executable,
      args: [...args, rebound],
      chromiumSandbox: false,
    });
  });

  after(async () => {
    await browser.close();
    site.close();
    await bed.remove();
  });

  async function attack(pageHost: string, apiHost: string): Promise<string[]> {
    const { url, tokenFile } = await hopper.openApi(0);
    const api = url.replace("127.0.0.1", apiHost);
    const { port } = addressOf(site);
    const page = await browser.newPage();
    const seen = await statusesSeen(page, api);
    await page.goto(`http://${pageHost}:${port}/`);
    const got: string[] = [];
    for (const [name, attempt] of Object.entries(tries)) {
      const result: unknown = await page.evaluate(`(async () => {
        const api = ${JSON.stringify(api)};
        const pause = api + '/api/queue/config/pause';
        const loads = (tag, fields, look) => new Promise((resolve) => {
          const element = Object.assign(document.createElement(tag), fields);
          element.onload = () => resolve(look ? look(element) : 'loaded');
          element.onerror = () => resolve(undefined);
          document.body.append(element);
          setTimeout(() => resolve(undefined), 5000);
        });
        try { return ${attempt}; } catch { return undefined; }
      })()`);
      if (result !== undefined && result !== null && !isRefusal(result)) {
        got.push(`${name}: ${JSON.stringify(result)}`);
      }
    }
    const text = await page.evaluate("document.documentElement.outerHTML");
    assert.ok(!String(text).includes("Not for pages"));
    assert.ok(!String(text).includes(readFileSync(tokenFile, "utf8").trim()));
    await page.close();
    assert.ok(seen.length >= 5, "hardly anything reached the server");
    assert.ok(seen.every(isRefusal), seen.join());
    return got;
  }

  /** What a page of our own name is told: that it is refused, and nothing more. */
  function isRefusal(result: unknown): boolean {
    return typeof result === "number" && result >= 400 && result < 500;
  }

  for (const [what, pageHost, apiHost] of [
    ["at another port", "127.0.0.1", "127.0.0.1"],
    ["under another name", "evil.example", "127.0.0.1"],
    ["whose name was rebound to this machine", "rebound.example", "rebound.example"],
  ] as const) {
    it(`${what} reads nothing and changes nothing`, async () => {
      const before = hopper.queue.lastEventId;
      const got = await attack(pageHost, apiHost);
      assert.deepEqual(got, []);
      assert.equal(hopper.queue.lastEventId, before);
      assert.equal(hopper.queue.pausedReason, undefined);
      console.log(`    0 of ${Object.keys(tries).length} attempts read or changed anything`);
    });
  }
});

/** Gathers what a server answers to a page on the wire, also where the browser keeps it from the page. */
async function statusesSeen(page: Page, api: string): Promise<number[]> {
  const seen: number[] = [];
  const asked = new Set<string>();
  const session = await page.context().newCDPSession(page);
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.startsWith(api)) {
      asked.add(requestId);
    }
  });
  session.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => {
    if (asked.has(requestId)) {
      seen.push(statusCode);
    }
  });
  await session.send("Network.enable");
  return seen;
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return address;
}
