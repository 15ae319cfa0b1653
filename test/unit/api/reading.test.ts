import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { connectOwner, type OwnerClient } from "../../../src/core/api/client";
import { readAttemptLog } from "../../../src/core/api/attemptRoutes";
import * as plans from "../../../src/core/api/planRoutes";
import * as phases from "../../../src/core/api/queueRoutes";
import { systemClock } from "../../../src/core/base/clock";
import type { Hopper } from "../../../src/core/hopper";
import { readEndpoint } from "../../../src/core/ownership/endpoint";
import { identifyFolder } from "../../../src/core/ownership/folderIdentity";
import { currentUser, openStateFolder } from "../../../src/core/ownership/stateFolder";
import type { Endpoint } from "../../../src/core/ownership/endpoint";
import { Bed, chainPlan } from "../../support/bed";
import { assertDescribed } from "./openApiSchemas";
import { until } from "./until";

const phasesAnswer = z.object({ phases: z.array(z.unknown()), total: z.number() });

/** The reading routes, answered from a real queue. */
describe("What can be read over the API", () => {
  let bed: Bed;
  let hopper: Hopper;
  let client: OwnerClient;
  let url: string;
  let headers: Record<string, string>;

  beforeEach(async () => {
    bed = new Bed();
    hopper = await bed.openHopper();
    const address = await hopper.openApi(0);
    url = address.url;
    headers = { Authorization: `Bearer ${readFileSync(address.tokenFile, "utf8").trim()}` };
    client = connectOwner({ ...endpointOf(bed), clock: systemClock });
  });

  afterEach(async () => {
    client.dispose();
    await bed.remove();
  });

  async function get(target: string): Promise<{ readonly status: number; readonly json: unknown }> {
    const response = await fetch(`${url}${target}`, { headers });
    const json: unknown = await response.json();
    await assertDescribed("GET", target, response.status, json);
    return { status: response.status, json };
  }

  it("is every phase with every field, over TCP and the local socket alike", async () => {
    const markdown =
      '# Größer "quoted"\n\n## Phase 1: “a\\b”\n\nSee docs/a.md and \t\u0007.\n\n```sh\nfalse\n```\n' +
      "\n## Phase 2: Manual\n\nRunner: manual\nDepends on: none\n\nLook at it.\n" +
      "\n## Phase 3: After both\n\nDepends on: 1, 2\n\n```sh\ntrue\n```\n";
    const { planId } = await hopper.enqueue({ markdown, parentIssue: 456, priority: 20 });
    await hopper.enqueue({ markdown: chainPlan(3) });
    hopper.run(planId);
    await until(() => hopper.queue.phasesWith(["failed"]).length === 1);
    hopper.stopStarting();
    const stored: unknown = JSON.parse(JSON.stringify(hopper.queue.phases()));
    const listed = { phases: stored, total: 6 };
    assert.deepEqual((await get("/api/queue")).json, listed);
    assert.deepEqual(await client.ask(phases.listPhases, { query: {} }), listed);
    const slim: unknown = JSON.parse(JSON.stringify(hopper.queue.phases({ content: false })));
    assert.deepEqual((await get("/api/queue?content=false")).json, { phases: slim, total: 6 });
  });

  it("is the phases of one issue, and none for an issue that nobody knows", async () => {
    await hopper.enqueue({ markdown: chainPlan(2), parentIssue: 456 });
    await hopper.enqueue({ markdown: chainPlan(3) });
    const totals = [];
    for (const issue of [456, 0, 7]) {
      totals.push(phasesAnswer.parse((await get(`/api/queue/${issue}`)).json).total);
    }
    assert.deepEqual(totals, [2, 3, 0]);
  });

  it("is plans with their phases, one of them, and attempts", async () => {
    const { planId } = await hopper.enqueue({ markdown: chainPlan(2) });
    const [plan] = hopper.queue.plans();
    const [first] = hopper.queue.phases();
    const whole: unknown = JSON.parse(JSON.stringify({ ...plan, phases: hopper.queue.phases() }));
    assert.deepEqual((await get("/api/plans")).json, { plans: [whole], total: 1 });
    assert.deepEqual((await get(`/api/plans/${planId}`)).json, whole);
    assert.equal((await get("/api/plans/none")).status, 404);
    assert.deepEqual((await get(`/api/queue/${first?.queue_id ?? ""}/attempts`)).json, {
      attempts: [],
      total: 0,
    });
    assert.equal((await get("/api/queue/none/attempts")).status, 404);
    assert.deepEqual(await client.ask(plans.listPlans, {}), { plans: [whole], total: 1 });
  });

  it("is whether the queue is paused, and a snapshot", async () => {
    await hopper.enqueue({ markdown: chainPlan(2) });
    const config = await client.ask(phases.getConfig, {});
    assert.deepEqual(config, { paused: false, waiting: hopper.waiting(), event_id: 3 });
    await client.setPaused(true);
    assert.equal((await client.ask(phases.getConfig, {})).paused_reason, "paused by you");
    await get("/api/queue/config");
    const { plans, phases: shown, pausedReason: paused_reason, waiting } = hopper.snapshot();
    const { databaseId: database_id } = hopper.queue;
    const snapshot = { database_id, event_id: 4, paused_reason, waiting, plans, phases: shown };
    assert.deepEqual(
      (await get("/api/snapshot")).json,
      z.unknown().parse(JSON.parse(JSON.stringify(snapshot))),
    );
  });

  it("is what an attempt printed, from any byte on", async () => {
    const lines = "```sh\nfor i in 1 2 3 4 5; do echo größer $i; done\n```";
    await hopper.enqueue({ markdown: `## Phase 1: Print\n\n${lines}\n` });
    hopper.run();
    await until(() => hopper.waiting().kind === "completed");
    const [phase] = hopper.queue.phases();
    const [attempt] = hopper.queue.attempts(phase?.queue_id ?? "");
    const log = (query = ""): Promise<Response> =>
      fetch(`${url}/api/attempts/${attempt?.attempt_id ?? ""}/log${query}`, { headers });
    const whole = await log();
    const text = [1, 2, 3, 4, 5].map((index) => `größer ${index}\n`).join("");
    assert.equal(await whole.text(), text);
    assert.equal(whole.headers.get("content-type"), "application/octet-stream");
    assert.equal(whole.headers.get("x-hopper-log-size"), String(Buffer.byteLength(text)));
    const part = await log("?offset=11&limit=10");
    assert.equal(part.headers.get("x-hopper-log-offset"), "11");
    assert.equal(await part.text(), Buffer.from(text).subarray(11, 21).toString());
    assert.equal((await log("?offset=x")).status, 400);
    assert.equal((await get("/api/attempts/none/log")).status, 404);
    assert.equal(readAttemptLog.contentType, "application/octet-stream");
  });

  it("is 10,000 phases whole, each once, while the queue's host has its turns", async () => {
    const text = "x".repeat(2_000);
    for (let plan = 0; plan < 10; plan++) {
      await hopper.enqueue({ markdown: chainPlan(1_000, text) });
    }
    // Whoever else wants to work meanwhile gets a turn with each page.
    let turns = 0;
    const turn = setInterval(() => (turns += 1), 0);
    const response = await fetch(`${url}/api/queue`, { headers });
    const bytes = await response.text();
    clearInterval(turn);
    const { phases: listed, total } = z
      .object({ phases: z.array(z.looseObject({ queue_id: z.string() })), total: z.number() })
      .parse(JSON.parse(bytes));
    assert.equal(total, 10_000);
    assert.deepEqual(
      listed.map(({ queue_id }) => queue_id),
      hopper.queue.phases({ content: false }).map(({ queue_id }) => queue_id),
    );
    assert.ok(turns >= 20, `${turns} turns for ${bytes.length} bytes`);
  });

  it("stays right while phases come and go", async () => {
    const kept = await hopper.enqueue({ markdown: chainPlan(1_000) });
    const removed = await hopper.enqueue({ markdown: chainPlan(1_000) });
    const last = await hopper.enqueue({ markdown: chainPlan(1_000) });
    const listing = get("/api/queue");
    await hopper.removePlan(removed.planId);
    await hopper.enqueue({ markdown: chainPlan(10) });
    const { phases: listed } = phasesAnswer.parse((await listing).json);
    const ids = listed.map((item) => z.looseObject({ queue_id: z.string() }).parse(item).queue_id);
    assert.equal(new Set(ids).size, ids.length);
    const found = new Set(ids);
    for (const { queue_id } of [...kept.phases, ...last.phases]) {
      assert.ok(found.has(queue_id));
    }
  });

  it("breaks off with the client", async () => {
    for (let plan = 0; plan < 5; plan++) {
      await hopper.enqueue({ markdown: chainPlan(1_000, "x".repeat(2_000)) });
    }
    const abort = new AbortController();
    const response = await fetch(`${url}/api/queue`, { headers, signal: abort.signal });
    abort.abort();
    await assert.rejects(response.text());
    assert.equal((await get("/api/queue/config")).status, 200);
  });

  it("is there for plans that are enqueued from a file over the API", async () => {
    mkdirSync(join(bed.workspace, "docs"));
    writeFileSync(join(bed.workspace, "docs", "plan.md"), chainPlan(2));
    const response = await fetch(`${url}/api/plans`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify({ path: join(bed.workspace, "docs", "plan.md"), parent_issue: 9 }),
    });
    const json: unknown = await response.json();
    assert.equal(response.status, 201, JSON.stringify(json));
    await assertDescribed("POST", "/api/plans", 201, json);
    const bad = await fetch(`${url}/api/plans`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify({ markdown: "nothing" }),
    });
    assert.equal(bad.status, 422);
    await assertDescribed("POST", "/api/plans", 422, await bad.json());
  });
});

/** Where the bed's owner listens. */
function endpointOf({ environment, root, workspace }: Bed): Endpoint {
  const state = openStateFolder({ ...currentUser(), env: environment, home: root });
  const endpoint = readEndpoint(state, identifyFolder(workspace));
  assert.ok(endpoint);
  return endpoint;
}
