import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Hopper } from "../../../src/core/hopper";
import { Bed } from "../../support/bed";
import { assertDescribed } from "./openApiSchemas";
import { until } from "./until";

const tokenAnswer = z.looseObject({ token: z.string() });

describe("The token of an attempt", () => {
  let bed: Bed;
  let hopper: Hopper;
  let url: string;
  let apiToken: string;

  beforeEach(async () => {
    bed = new Bed();
    hopper = await bed.openHopper();
    const address = await hopper.openApi(0);
    url = address.url;
    apiToken = readFileSync(address.tokenFile, "utf8").trim();
  });

  afterEach(() => bed.remove());

  async function post(target: string, token: string, body: object = {}) {
    const response = await fetch(`${url}${target}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const json: unknown = await response.json();
    await assertDescribed("POST", target, response.status, json);
    return { status: response.status, json: z.looseObject({}).parse(json) };
  }

  async function running(): Promise<readonly string[]> {
    const external = "Runner: external\nDepends on: none\n\nElsewhere.\n";
    const markdown = `## Phase 1: One\n\n${external}\n## Phase 2: Two\n\n${external}`;
    await hopper.enqueue({ markdown });
    hopper.run();
    await until(() => hopper.queue.phasesWith(["running"]).length === 2);
    return hopper.queue.phases().map(({ queue_id }) => queue_id);
  }

  it("reports on its attempt, and a repeat is settled already", async () => {
    const [first = "", second = ""] = await running();
    const { token } = tokenAnswer.parse((await post(`/api/queue/${first}/token`, apiToken)).json);
    assert.equal((await post("/api/heartbeat", token, { progress: "half" })).status, 200);
    const report = await post("/api/workflow-complete", token, { status: "completed" });
    assert.equal(report.status, 200);
    assert.equal(report.json["already_settled"], false);
    assert.equal(hopper.queue.state(first)?.status, "completed");
    const again = await post("/api/workflow-complete", token, { status: "failed" });
    assert.deepEqual([again.status, again.json["already_settled"]], [200, true]);
    assert.equal(hopper.queue.state(first)?.status, "completed");
    assert.equal(hopper.queue.state(second)?.status, "running");
  });

  it("opens nothing else", async () => {
    const [first = "", second = ""] = await running();
    const { token } = tokenAnswer.parse((await post(`/api/queue/${first}/token`, apiToken)).json);
    for (const target of [
      `/api/queue/${first}/complete`,
      `/api/queue/${first}/cancel`,
      `/api/queue/${second}/token`,
      "/api/queue/config/pause",
      "/api/plans",
      "/api/workflows",
      "/api/issue/7/complete",
    ]) {
      assert.equal((await post(target, token)).status, 401, target);
    }
    const headers = { Authorization: `Bearer ${token}` };
    assert.equal((await fetch(`${url}/api/queue`, { headers })).status, 401);
    const other = await post("/api/workflow-complete", token, {
      status: "completed",
      queue_id: second,
    });
    assert.ok(other.status >= 400 && other.status < 500, JSON.stringify(other));
    assert.deepEqual(hopper.queue.counts(), new Map([["running", 2]]));
  });

  it("is worth nothing once another was made", async () => {
    const [first = ""] = await running();
    const old = tokenAnswer.parse((await post(`/api/queue/${first}/token`, apiToken)).json).token;
    await post(`/api/queue/${first}/token`, apiToken);
    assert.equal((await post("/api/workflow-complete", old, { status: "failed" })).status, 401);
    assert.equal(hopper.queue.state(first)?.status, "running");
  });
});
