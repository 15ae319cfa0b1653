import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { connectOwner, type OwnerClient } from "../../../src/core/api/client";
import { statusOfKind } from "../../../src/core/api/answer";
import { systemClock } from "../../../src/core/base/clock";
import { type ErrorKind, HopperError } from "../../../src/core/base/errors";
import { result } from "../../../src/core/protocol/commands";
import { InvalidPlanError, type PlanProblem } from "../../../src/core/protocol/plan";
import { FakeClock } from "../../support/fakeClock";
import { ApiFixture, token } from "./apiFixture";
import { phase } from "./fakeCommands";
import { until } from "./until";

const id = phase.queue_id;

describe("The owner's client", () => {
  let api: ApiFixture;
  let client: OwnerClient;

  beforeEach(async () => {
    api = new ApiFixture();
    await api.server.listen();
    client = connectOwner({ socketPath: api.socketPath, token, clock: systemClock });
  });

  afterEach(async () => {
    client.dispose();
    await api.dispose();
  });

  it("carries every command to the owner and its message back", async () => {
    const messages = [
      await client.start(id),
      await client.retry(id),
      await client.cancel(id),
      await client.skip(id),
      await client.dropDependencies(id),
      await client.removePhase(id),
      await client.removePhase(id, true),
      await client.removePlan("plan-1"),
      await client.updatePlan({ planId: "plan-1", sha256: "0".repeat(64), update: [id], add: [2] }),
      await client.movePlan("plan-1", "plan-2"),
      await client.movePhase(id),
      await client.complete(id),
      await client.complete(id, "done"),
      await client.fail(id, "größer"),
      await client.setPaused(true),
      await client.setPaused(false, "plan-1"),
    ];
    assert.deepEqual(api.commands.calls, [
      { command: "start", arguments: [id] },
      { command: "retry", arguments: [id] },
      { command: "cancel", arguments: [id] },
      { command: "skip", arguments: [id] },
      { command: "dropDependencies", arguments: [id] },
      { command: "removePhase", arguments: [id] },
      { command: "removePhase", arguments: [id, true] },
      { command: "removePlan", arguments: ["plan-1"] },
      {
        command: "updatePlan",
        arguments: [{ planId: "plan-1", sha256: "0".repeat(64), update: [id], add: [2] }],
      },
      { command: "movePlan", arguments: ["plan-1", "plan-2"] },
      { command: "movePhase", arguments: [id] },
      { command: "complete", arguments: [id] },
      { command: "complete", arguments: [id, "done"] },
      { command: "fail", arguments: [id, "größer"] },
      { command: "setPaused", arguments: [true] },
      { command: "setPaused", arguments: [false, "plan-1"] },
    ]);
    assert.deepEqual(
      messages,
      api.commands.calls.map(({ command }) => result(`did ${command}`)),
    );
  });

  it("carries what outside programs report, and what they are answered", async () => {
    const report = {
      queueId: id,
      issueNumber: 7,
      attemptToken: "a".repeat(64),
      status: "failed",
      adwId: "adw-1",
      errorMessage: "größer",
      commitSha: "abc",
    } as const;
    const entry = {
      workflowId: "w",
      queueId: id,
      issueNumber: 7,
      adwId: "adw-1",
      status: "running",
      errorMessage: "e",
      startTime: "2026-03-01T10:02:00Z",
      endTime: "2026-03-01T10:03:00Z",
    } as const;
    const beat = { attemptToken: "a".repeat(64), progress: "half" };
    assert.equal((await client.reportWorkflow(report)).workflowId, "workflow-1");
    assert.equal((await client.addWorkflow(entry)).workflowId, "workflow-1");
    assert.deepEqual(await client.heartbeat(beat), { message: "did heartbeat" });
    assert.equal((await client.issueToken(id)).token, "f".repeat(64));
    assert.deepEqual(api.commands.calls, [
      { command: "reportWorkflow", arguments: [report] },
      { command: "addWorkflow", arguments: [entry] },
      { command: "heartbeat", arguments: [beat] },
      { command: "issueToken", arguments: [id] },
    ]);
  });

  it("enqueues a plan with all that is said about it", async () => {
    const request = {
      markdown: `# Größer\n${'"\n'.repeat(500_000)}`,
      title: "T",
      parentIssue: 7,
      runner: "shell",
      priority: 20,
      ifEnqueued: "replace",
      sha256: "0123456789abcdef".repeat(4),
    } as const;
    const result = await client.enqueue(request);
    assert.deepEqual(result, { planId: "plan-1", planNumber: 3, phases: [phase] });
    assert.deepEqual(api.commands.calls, [{ command: "enqueue", arguments: [request] }]);
  });

  it("carries sixty commands at once", async () => {
    const batch = Array.from({ length: 60 }, () => client.skip(id));
    await Promise.all(batch);
    assert.equal(api.commands.calls.length, 60);
  });

  const kept: Partial<Record<ErrorKind, ErrorKind>> = {
    damaged: "storage",
    newerVersion: "storage",
  };
  for (const kind of [
    "usage",
    "foreign",
    "notFound",
    "conflict",
    "owned",
    "storage",
    "damaged",
    "newerVersion",
    "unavailable",
  ] as const) {
    it(`rejects with the owner's sentence and kind: ${kind} (${statusOfKind[kind]})`, async () => {
      api.commands.behaviour = () => Promise.reject(new HopperError(kind, "Phase 3 is running."));
      await assert.rejects(client.skip(id), {
        name: "HopperError",
        kind: kept[kind] ?? kind,
        message: "Phase 3 is running.",
      });
    });
  }

  it("rejects with the problems of a plan", async () => {
    const problems: PlanProblem[] = [
      { severity: "warning", code: "out-of-order", message: "a", startLine: 1, endLine: 2 },
      { severity: "error", code: "dependency-cycle", message: "b", startLine: 3, endLine: 4 },
    ];
    api.commands.behaviour = () => Promise.reject(new InvalidPlanError("Two.", problems));
    await assert.rejects(client.enqueue({ path: "/plan.md" }), (error) => {
      assert.ok(error instanceof InvalidPlanError);
      assert.deepEqual([error.message, error.problems], ["Two.", problems]);
      return true;
    });
  });

  it("rejects with `unavailable` when the owner has a bug", async () => {
    api.commands.behaviour = () => Promise.reject(new Error("bug"));
    await assert.rejects(client.skip(id), { kind: "unavailable", message: /Internal error/ });
  });

  it("does not send a plan that the owner would not read", async () => {
    const markdown = "a".repeat(5 * 1024 * 1024);
    await assert.rejects(client.enqueue({ markdown }), { kind: "usage", message: /larger than/ });
    assert.deepEqual(api.commands.calls, []);
  });

  it("lets no id lead to another route", async () => {
    for (const odd of ["../config/pause", `${id}/skip?`, "", ".", "a b", "\r\nX: y", "%2e"]) {
      await assert.rejects(client.start(odd), { kind: "notFound" });
    }
    assert.deepEqual(api.commands.calls, []);
  });

  it("tells that the owner answers", () => client.ping());

  it("rejects with `unavailable` where nobody listens", async () => {
    const path = join(api.folder, "gone.sock");
    const lost = connectOwner({ socketPath: path, token, clock: systemClock });
    await assert.rejects(lost.ping(), { kind: "unavailable", message: /ENOENT/ });
    await assert.rejects(lost.skip(id), { kind: "unavailable" });
    lost.dispose();
  });

  it("rejects with `unavailable` when the owner has another token", async () => {
    const other = connectOwner({
      socketPath: api.socketPath,
      token: "f".repeat(64),
      clock: systemClock,
    });
    await assert.rejects(other.skip(id), { kind: "unavailable", message: /could not prove/ });
    assert.deepEqual(api.commands.calls, []);
    other.dispose();
  });

  it("rejects with `unavailable` when it is disposed, before and during a command", async () => {
    api.commands.behaviour = () => new Promise(() => undefined);
    const pending = client.skip(id);
    const rejected = assert.rejects(pending, { kind: "unavailable" });
    await until(() => api.commands.calls.length === 1);
    client.dispose();
    await rejected;
    await assert.rejects(client.skip(id), { kind: "unavailable" });
    assert.equal(api.commands.calls.length, 1);
  });
});

describe("The owner's client, facing a socket that is not a working owner's,", () => {
  let api: ApiFixture;
  let impostor: Server;
  let received: string;
  let sockets: Socket[];
  let answer: (socket: Socket) => void;
  const clock = new FakeClock();

  beforeEach(async () => {
    api = new ApiFixture();
    received = "";
    sockets = [];
    answer = () => undefined;
    impostor = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        received += chunk.toString();
        answer(socket);
      });
    });
    await new Promise<void>((resolve) => {
      impostor.listen(api.socketPath, resolve);
    });
  });

  afterEach(async () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => impostor.close(resolve));
    await api.dispose();
    assert.equal(clock.pending, 0);
  });

  for (const [what, line] of [
    ["guesses the proof", `${"0".repeat(64)}\n`],
    ["sends the nonce back", undefined],
    ["answers in HTTP", "HTTP/1.1 200 OK\r\n\r\n"],
    ["floods", "a".repeat(100_000)],
    ["answers an empty line", "\n"],
  ] as const) {
    it(`sends no token to one that ${what}`, async () => {
      answer = (socket) => socket.write(line ?? received.replace("PHASE-HOPPER 1 ", ""));
      const client = connectOwner({ socketPath: api.socketPath, token, clock });
      await assert.rejects(client.skip(id), { kind: "unavailable" });
      assert.match(received, /^PHASE-HOPPER 1 [0-9a-f]{64}\n$/);
    });
  }

  it("does not wait longer than 3 s for one that accepts and says nothing", async () => {
    const client = connectOwner({ socketPath: api.socketPath, token, clock });
    const rejected = assert.rejects(client.skip(id), {
      kind: "unavailable",
      message: /does not answer at .*: nothing was answered for 3 s\.$/,
    });
    await until(() => received.endsWith("\n"));
    clock.advance(2_999);
    assert.equal(clock.pending, 1);
    clock.advance(1);
    await rejected;
  });

  it("says so when it closes the connection", async () => {
    answer = (socket) => socket.end();
    const client = connectOwner({ socketPath: api.socketPath, token, clock });
    await assert.rejects(client.ping(), { kind: "unavailable", message: /connection was closed/ });
  });

  it("greets with another nonce each time", async () => {
    answer = (socket) => socket.end();
    const client = connectOwner({ socketPath: api.socketPath, token, clock });
    await assert.rejects(client.ping());
    await assert.rejects(client.ping());
    const [one, other] = received.trim().split("\n");
    assert.notEqual(one, other);
  });
});

describe("The owner's client, when the owner stops in the middle of a command,", () => {
  it("gives up after a minute and says that the command may have been carried out", async () => {
    const clock = new FakeClock();
    const api = new ApiFixture();
    await api.server.listen();
    let finish = (): void => undefined;
    api.commands.behaviour = () => new Promise<void>((resolve) => (finish = resolve));
    const client = connectOwner({ socketPath: api.socketPath, token, clock });
    const rejected = assert.rejects(client.skip(id), {
      kind: "unavailable",
      message: /nothing was answered for 60 s.*may have been carried out/,
    });
    await until(() => api.commands.calls.length === 1);
    clock.advance(60_000);
    await rejected;
    finish();
    await api.dispose();
  });
});
