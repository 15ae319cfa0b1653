import assert from "node:assert/strict";
import * as z from "zod";
import { openApiDocument } from "../../../src/core/api/openApi";
import { route } from "../../../src/core/api/route";
import { routes } from "../../../src/core/api/routes";
import { openApi, openApiText, problemsOfDocument, problemsOfSchema } from "./openApiSchemas";
import { ApiFixture } from "./apiFixture";
import { phase } from "./fakeCommands";

describe("The OpenAPI document", () => {
  it("is the one that `npm run openapi` writes", () => {
    const current = `${JSON.stringify(openApiDocument(routes), undefined, 2)}\n`;
    assert.equal(openApiText, current, "docs/openapi.json is old: npm run openapi");
  });

  it("is valid against the official schema of OpenAPI 3.1, its schemas included", async () => {
    assert.deepEqual(await problemsOfDocument(openApi), []);
  });

  it("would not be with a schema that is none, or without a title", async () => {
    const components = { schemas: { Phase: { type: "thing" } } };
    assert.notDeepEqual(await problemsOfDocument({ ...openApi, components }), []);
    assert.notDeepEqual(await problemsOfDocument({ ...openApi, info: { version: "1" } }), []);
  });

  it("names each operation once, and each parameter of its path", () => {
    const names = routes.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { path, params } of routes) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const { properties = {} } = z.toJSONSchema(params, { io: "input" });
      assert.deepEqual(Object.keys(properties), inPath, path);
    }
  });

  it("describes the routes of the contract", () => {
    const described = Object.entries(openApi.paths)
      .flatMap(([path, operations]) =>
        Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
      )
      .sort();
    assert.deepEqual(described, [
      "DELETE /api/plans/{plan_id}",
      "DELETE /api/plans/{plan_id}/mirror",
      "DELETE /api/queue/{id}",
      "GET /api/attempts/{attempt_id}/log",
      "GET /api/events",
      "GET /api/openapi.json",
      "GET /api/plans",
      "GET /api/plans/{plan_id}",
      "GET /api/queue",
      "GET /api/queue/config",
      "GET /api/queue/{id}",
      "GET /api/queue/{queue_id}/attempts",
      "GET /api/snapshot",
      "POST /api/heartbeat",
      "POST /api/issue/{issue_number}/complete",
      "POST /api/mirrors/sync",
      "POST /api/plans",
      "POST /api/plans/{plan_id}/mirror",
      "POST /api/plans/{plan_id}/move",
      "POST /api/plans/{plan_id}/update",
      "POST /api/queue/config/pause",
      "POST /api/queue/{queue_id}/cancel",
      "POST /api/queue/{queue_id}/complete",
      "POST /api/queue/{queue_id}/drop-dependencies",
      "POST /api/queue/{queue_id}/execute",
      "POST /api/queue/{queue_id}/fail",
      "POST /api/queue/{queue_id}/move",
      "POST /api/queue/{queue_id}/retry",
      "POST /api/queue/{queue_id}/skip",
      "POST /api/queue/{queue_id}/token",
      "POST /api/workflow-complete",
      "POST /api/workflows",
    ]);
  });

  it("is served to whoever has the token", async () => {
    const api = new ApiFixture();
    try {
      await api.server.listen();
      const served = await api.request("GET", "/api/openapi.json");
      assert.deepEqual(served.json, openApi);
      const headers = { Authorization: undefined };
      assert.equal((await api.request("GET", "/api/openapi.json", { headers })).status, 401);
    } finally {
      await api.dispose();
    }
  });

  it("knows every field of a phase", async () => {
    assert.deepEqual(await problemsOfSchema("PhaseQueueItem", phase), []);
    assert.notDeepEqual(await problemsOfSchema("PhaseQueueItem", { ...phase, status: "x" }), []);
    assert.notDeepEqual(await problemsOfSchema("PhaseQueueItem", { ...phase, runner: 1 }), []);
  });
});

describe("A row of the API", () => {
  it("refuses by name what its schemas do not know", async () => {
    const row = route({
      name: "test",
      method: "GET",
      path: "/test",
      summary: "",
      reply: z.object({}),
      answer: () => ({}),
    });
    const api = new ApiFixture();
    const context = { commands: api.commands, queue: api.queue };
    const request = { params: {}, query: { limti: "1" }, body: undefined, attemptToken: undefined };
    await assert.rejects(row.perform(request, context), { kind: "usage", message: /"limti"/ });
    await api.dispose();
  });
});
