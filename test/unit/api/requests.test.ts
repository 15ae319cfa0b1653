import assert from "node:assert/strict";
import { type ErrorKind, HopperError } from "../../../src/core/base/errors";
import { InvalidPlanError } from "../../../src/core/protocol/plan";
import { FakeClock } from "../../support/fakeClock";
import { ApiFixture, type RequestChange, token } from "./apiFixture";
import { phase } from "./fakeCommands";
import { until } from "./until";

const json = (value: unknown): RequestChange => ({ body: JSON.stringify(value) });
const id = phase.queue_id;

describe("The API's requests", () => {
  let api: ApiFixture;

  beforeEach(async () => {
    api = new ApiFixture();
    await api.server.listen();
  });

  afterEach(() => api.dispose());

  describe("are turned into commands:", () => {
    for (const [method, path, change, command, given] of [
      ["POST", `/api/queue/${id}/execute`, {}, "start", [id]],
      ["POST", `/api/queue/${id}/retry`, json({}), "retry", [id]],
      ["POST", `/api/queue/${id}/cancel`, {}, "cancel", [id]],
      ["POST", `/api/queue/${id}/skip`, {}, "skip", [id]],
      ["POST", `/api/queue/${id}/drop-dependencies`, {}, "dropDependencies", [id]],
      ["POST", `/api/queue/${id}/complete`, {}, "complete", [id]],
      ["POST", `/api/queue/${id}/complete`, json({ note: "ok" }), "complete", [id, "ok"]],
      ["POST", `/api/queue/${id}/fail`, json({ note: "no" }), "fail", [id, "no"]],
      ["DELETE", `/api/queue/${id}`, {}, "removePhase", [id]],
      ["DELETE", `/api/queue/${id}`, json({ drop_dependencies: true }), "removePhase", [id, true]],
      ["DELETE", "/api/plans/plan-1", {}, "removePlan", ["plan-1"]],
      ["POST", "/api/plans/plan-1/move", {}, "movePlan", ["plan-1"]],
      ["POST", "/api/plans/plan-1/move", json({ before: "b" }), "movePlan", ["plan-1", "b"]],
      ["POST", `/api/queue/${id}/move`, json({ before: "b" }), "movePhase", [id, "b"]],
      [
        "POST",
        "/api/plans/plan-1/update",
        json({ markdown: "# P", update: ["a"], add: [0, 2], remove: ["b"] }),
        "updatePlan",
        [{ planId: "plan-1", markdown: "# P", update: ["a"], add: [0, 2], remove: ["b"] }],
      ],
    ] as const) {
      it(`${method} ${path} ${JSON.stringify(change)}`, async () => {
        const reply = await api.request(method, path, change);
        assert.equal(reply.status, 200);
        assert.deepEqual(reply.json, { success: true, message: `did ${command}` });
        assert.deepEqual(api.commands.calls, [{ command, arguments: given }]);
      });
    }

    it("a pause, of the queue or of one plan", async () => {
      const path = "/api/queue/config/pause";
      const whole = await api.request("POST", path, json({ paused: true }));
      assert.deepEqual(whole.json, { success: true, paused: true, message: "did setPaused" });
      await api.request("POST", path, json({ paused: false, plan_id: "p" }));
      assert.deepEqual(
        api.commands.calls.map((call) => call.arguments),
        [[true], [false, "p"]],
      );
    });

    it("the end of an issue's phase, where path and body agree", async () => {
      const right = json({ issue_number: 7, commit_sha: "abc" });
      assert.equal((await api.request("POST", "/api/issue/7/complete", right)).status, 200);
      const report = { status: "completed", issueNumber: 7, commitSha: "abc" };
      assert.deepEqual(api.commands.calls, [{ command: "reportWorkflow", arguments: [report] }]);
      const wrong = json({ issue_number: 8 });
      assert.equal((await api.request("POST", "/api/issue/7/complete", wrong)).status, 400);
      assert.equal(api.commands.calls.length, 1);
    });

    it("a plan, with all that can be said about it", async () => {
      const plan = { markdown: "# P", title: "T", parent_issue: 7, runner: "r", priority: 10 };
      const reply = await api.request(
        "POST",
        "/api/plans",
        json({ ...plan, if_enqueued: "again" }),
      );
      assert.equal(reply.status, 201);
      assert.deepEqual(reply.json, { plan_id: "plan-1", plan_number: 3, phases: [phase] });
      const { parent_issue: parentIssue, ...same } = plan;
      assert.deepEqual(api.commands.calls, [
        { command: "enqueue", arguments: [{ ...same, parentIssue, ifEnqueued: "again" }] },
      ]);
    });

    it("a plan of 2 MB whose every character is escaped", async () => {
      const markdown = '"\n'.repeat(1024 * 1024);
      const reply = await api.request("POST", "/api/plans", json({ markdown }));
      assert.equal(reply.status, 201);
      assert.deepEqual(api.commands.calls[0]?.arguments, [{ markdown }]);
    });
  });

  describe("are refused, and nothing is done:", () => {
    for (const [what, method, path, change, status, detail] of [
      ["an unknown path", "POST", "/api/nothing", {}, 404, /no such route/],
      ["the root", "GET", "/", {}, 404, /no such route/],
      ["an unauthenticated health check", "GET", "/health", {}, 404, /no such route/],
      ["a path with two slashes", "POST", `//api/queue/${id}/skip`, {}, 404, /no such route/],
      ["a path with dots", "POST", `/api/queue/../queue/${id}/skip`, {}, 404, /no such route/],
      ["an escaped path", "POST", "/api/queue/%2e%2e/skip", {}, 404, /no such route/],
      ["an absolute target", "POST", `http://evil/api/queue/${id}/skip`, {}, 404, /route/],
      ["an id of 65 characters", "POST", `/api/queue/${"a".repeat(65)}/skip`, {}, 404, /route/],
      ["a token in the URL", "POST", `/api/queue/${id}/skip?token=${token}`, {}, 400, /"token"/],
      ["a GET of a command", "GET", `/api/queue/${id}/skip`, {}, 405, /GET/],
      ["OPTIONS", "OPTIONS", "/api/plans", {}, 405, /OPTIONS/],
      ["a field that is none", "POST", `/api/queue/${id}/skip`, json({ force: 1 }), 400, /"force"/],
      ["a misspelt field", "POST", "/api/plans", json({ path: "a", prority: 1 }), 400, /"prority"/],
      ["neither path nor text", "POST", "/api/plans", json({}), 400, /path or markdown/],
      ["no plan at all", "POST", "/api/plans", {}, 400, /path or markdown/],
      ["a NUL in a path", "POST", "/api/plans", json({ path: "a\0b" }), 400, /path/],
      ["a short sum", "POST", "/api/plans", json({ path: "a", sha256: "ab" }), 400, /sha256/],
      ["a bad priority", "POST", "/api/plans", json({ path: "a", priority: "x" }), 400, /priority/],
      ["a bad choice", "POST", "/api/plans", json({ path: "a", if_enqueued: "x" }), 400, /if_enq/],
      ["a pause without a word", "POST", "/api/queue/config/pause", {}, 400, /paused/],
      ["no name", "POST", "/api/workflows", json({ adw_id: "", status: "failed" }), 400, /adw_id/],
      ["a list", "POST", `/api/queue/${id}/skip`, json([]), 400, /expected object/],
      ["null", "POST", `/api/queue/${id}/skip`, json(null), 400, /expected object/],
      ["a prototype", "POST", `/api/queue/${id}/skip`, { body: '{"__proto__":{}}' }, 400, /proto/],
      ["half of a JSON text", "POST", `/api/queue/${id}/skip`, { body: '{"a":' }, 400, /not JSON/],
      ["deep JSON", "POST", "/api/plans", { body: "[".repeat(100_000) }, 400, /not JSON/],
    ] as const) {
      it(what, async () => {
        const reply = await api.request(method, path, change);
        assert.equal(reply.status, status);
        assert.match(JSON.stringify(reply.json).replaceAll('\\"', '"'), detail);
        assert.deepEqual(api.commands.calls, []);
      });
    }

    it("a body that is not UTF-8", async () => {
      const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
      const head = `POST /api/queue/${id}/skip HTTP/1.1\r\nHost: localhost\r\n`;
      const rest = `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
      const reply = await api.raw(`${head}${rest}Content-Length: ${body.length}\r\n\r\n`, body);
      assert.equal(reply.status, 400);
      assert.deepEqual(api.commands.calls, []);
    });

    for (const [what, path, headers, body] of [
      ["that is announced", `/api/queue/${id}/skip`, { "Content-Length": "65537" }, ""],
      ["of a plan that is announced", "/api/plans", { "Content-Length": "9000000" }, ""],
      [
        "in chunks",
        `/api/queue/${id}/skip`,
        { "Content-Length": undefined, "Transfer-Encoding": "chunked" },
        `10001\r\n${" ".repeat(65_537)}`,
      ],
    ] as const) {
      it(`a body over the limit ${what}`, async () => {
        const reply = await api.request("POST", path, { headers, body });
        assert.equal(reply.status, 413);
        assert.match(JSON.stringify(reply.json), /larger than \d+ KB/);
        assert.deepEqual(api.commands.calls, []);
      });
    }

    it("headers of a megabyte", async () => {
      const reply = await api.request("POST", `/api/queue/${id}/skip`, {
        headers: { "X-Long": "a".repeat(1024 * 1024) },
      });
      assert.ok(reply.status === 431 || reply.status === 0);
      assert.deepEqual(api.commands.calls, []);
    });

    it("a second request on the same connection", async () => {
      const one =
        `POST /api/queue/${id}/skip HTTP/1.1\r\nHost: localhost\r\n` +
        `Authorization: Bearer ${token}\r\nContent-Length: 0\r\n\r\n`;
      const connection = await api.greeted();
      connection.socket.write(one + one);
      await connection.end;
      assert.equal(api.commands.calls.length, 1);
    });
  });

  describe("that fail get", () => {
    for (const [kind, code] of [
      ["usage", 400],
      ["foreign", 403],
      ["notFound", 404],
      ["conflict", 409],
      ["owned", 423],
      ["storage", 503],
      ["damaged", 503],
      ["newerVersion", 503],
      ["unavailable", 504],
    ] as const satisfies readonly (readonly [ErrorKind, number])[]) {
      it(`${code} for ${kind}, with the command's own sentence`, async () => {
        api.commands.behaviour = () => Promise.reject(new HopperError(kind, "Phase 3 is running."));
        const reply = await api.request("POST", `/api/queue/${id}/skip`);
        assert.equal(reply.status, code);
        const status = kind === "conflict" && { status: phase.status };
        assert.deepEqual(reply.json, { detail: "Phase 3 is running.", ...status });
        assert.deepEqual(api.errors, []);
      });
    }

    it("422 for a plan with problems, which are listed", async () => {
      const problems = [
        { severity: "error", code: "no-phase", message: "Add one.", startLine: 0, endLine: 4 },
      ] as const;
      api.commands.behaviour = () => Promise.reject(new InvalidPlanError("No phase.", problems));
      const reply = await api.request("POST", "/api/plans", json({ markdown: "" }));
      assert.equal(reply.status, 422);
      assert.deepEqual(reply.json, { detail: "No phase.", problems });
    });

    it("500 for a bug, of which only the log learns more", async () => {
      const bug = new TypeError("secret internals");
      api.commands.behaviour = () => Promise.reject(bug);
      const reply = await api.request("POST", `/api/queue/${id}/skip`);
      assert.equal(reply.status, 500);
      assert.doesNotMatch(JSON.stringify(reply), /secret|TypeError|\.ts/);
      assert.deepEqual(api.errors, [bug]);
    });
  });

  it("are answered however long the command takes", async () => {
    const clock = new FakeClock();
    const slow = new ApiFixture(clock);
    try {
      await slow.server.listen();
      let finish = (): void => undefined;
      slow.commands.behaviour = () => new Promise<void>((resolve) => (finish = resolve));
      const reply = slow.request("POST", `/api/queue/${id}/cancel`);
      await until(() => slow.commands.calls.length === 1);
      clock.advance(60_000);
      finish();
      assert.equal((await reply).status, 200);
    } finally {
      await slow.dispose();
    }
  });

  it("are given up when their body does not come in time", async () => {
    const clock = new FakeClock();
    const slow = new ApiFixture(clock);
    try {
      await slow.server.listen();
      const reply = slow.request("POST", `/api/queue/${id}/skip`, {
        headers: { "Content-Length": "2" },
        body: "{",
      });
      await until(() => clock.pending === 1);
      await until(() => (clock.advance(1_000), clock.monotonic() >= 20_000));
      assert.equal((await reply).status, 408);
      assert.deepEqual(slow.commands.calls, []);
    } finally {
      await slow.dispose();
    }
  });

  it("that are being worked on are answered when the server closes", async () => {
    let finish = (): void => undefined;
    api.commands.behaviour = () => new Promise<void>((resolve) => (finish = resolve));
    const reply = api.request("POST", `/api/queue/${id}/cancel`);
    const idle = await api.greeted();
    await until(() => api.commands.calls.length === 1);
    const closed = api.server.close();
    assert.equal(await idle.end, "");
    finish();
    assert.equal((await reply).status, 200);
    await closed;
  });
});
