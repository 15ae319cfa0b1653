import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { eventually } from "../support/eventually";
import { planText, type RunningCli, until, useWorkspace } from "../support/workspace";

const execute = promisify(execFile);
const serving = z.object({
  type: z.literal("serving"),
  url: z.string(),
  url_file: z.string(),
  token_file: z.string(),
});
type Serving = z.infer<typeof serving>;
const phasesAnswer = z.object({
  phases: z.array(z.looseObject({ queue_id: z.string(), status: z.string() })),
  total: z.number(),
});

describe("phase-hopper serve", () => {
  const workspace = useWorkspace();

  async function start(...options: string[]): Promise<{ running: RunningCli; served: Serving }> {
    const running = workspace().start(["serve", "--json", ...options]);
    const line = await eventually("it says where it serves", () =>
      running.output().includes("\n") ? running.output().split("\n")[0] : undefined,
    );
    return { running, served: serving.parse(JSON.parse(line)) };
  }

  async function stop(running: RunningCli, signal: NodeJS.Signals = "SIGINT"): Promise<number> {
    running.child.kill(signal);
    return (await running.ended).code ?? -1;
  }

  /** What curl gets, as docs/api.md calls it. */
  async function curl(served: Serving, target: string, ...options: string[]): Promise<unknown> {
    const token = readFileSync(served.token_file, "utf8").trim();
    const { stdout } = await execute("curl", [
      ...["-sS", "--max-time", "30", "-H", `Authorization: Bearer ${token}`],
      ...options,
      `${served.url}${target}`,
    ]);
    return JSON.parse(stdout);
  }

  it("lets curl enqueue a plan, runs it, and ends with Ctrl-C", async () => {
    const { running, served } = await start();
    const plan = JSON.stringify({ markdown: planText("Plan", [{ sh: "true" }, { sh: "true" }]) });
    await curl(served, "/api/plans", "--json", plan);
    for (;;) {
      const { phases, total } = phasesAnswer.parse(await curl(served, "/api/queue"));
      assert.equal(total, 2);
      if (phases.every(({ status }) => status === "completed")) {
        break;
      }
    }
    assert.equal(await stop(running), 130);
    assert.equal(existsSync(served.token_file), false);
    assert.equal(existsSync(served.url_file), false);
  });

  it("keeps its token to itself: 0600, outside the workspace, in no output and no phase", async () => {
    const { running, served } = await start();
    const token = readFileSync(served.token_file, "utf8").trim();
    assert.match(token, /^[0-9a-f]{64}$/);
    assert.equal(statSync(served.token_file).mode & 0o777, 0o600);
    assert.match(relative(workspace().path, served.token_file), /^\.\./);
    assert.equal(readFileSync(served.url_file, "utf8"), `${served.url}\n`);
    const plan = planText("Plan", [{ sh: "env > env.txt; cat /proc/$PPID/cmdline >> env.txt" }]);
    await curl(served, "/api/plans", "--json", JSON.stringify({ markdown: plan }));
    await workspace().wrote("env.txt");
    await curl(served, "/api/queue/none/retry", "-X", "POST");
    await eventually("the phase is done", () => workspace().read("env.txt").length > 0);
    assert.equal(await stop(running, "SIGTERM"), 143);
    const { stdout, stderr } = await running.ended;
    assert.ok(!`${stdout}${stderr}`.includes(token));
    for (const name of readdirSync(workspace().path, { recursive: true, encoding: "utf8" })) {
      const path = workspace().file(name);
      assert.ok(!statSync(path).isFile() || !readFileSync(path).includes(token), name);
    }
  });

  it("has another token each time, also after it was killed", async () => {
    const first = await start();
    const token = readFileSync(first.served.token_file, "utf8");
    await stop(first.running, "SIGKILL");
    const { running, served } = await start();
    assert.equal(served.token_file, first.served.token_file);
    assert.notEqual(readFileSync(served.token_file, "utf8"), token);
    await stop(running);
  });

  it("answers at the port that is asked for, on this machine alone", async () => {
    const { running, served } = await start();
    const { port } = new URL(served.url);
    const listening = readFileSync("/proc/net/tcp", "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = "", , state]) => state === "0A" && portOf(local) === Number(port));
    assert.deepEqual(
      listening.map(([, local = ""]) => local.split(":")[0]),
      ["0100007F"],
    );
    const taken = await workspace().call([
      ...["serve", "--port", port, "--dir", workspace().outside("")],
    ]);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /cannot listen on 127\.0\.0\.1:\d+.*EADDRINUSE/);
    await stop(running);
    const again = await start("--port", port);
    assert.equal(again.served.url, served.url);
    await stop(again.running);
  });

  it("prints for people where to come, and leaves running phases to themselves", async () => {
    workspace().write("plan.md", planText("Plan", [{ sh: until("go") }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const running = workspace().start(["serve"]);
    await eventually("it serves", () => running.output().includes("Ctrl-C"));
    assert.match(running.output(), /address {2}http:\/\/127\.0\.0\.1:\d+\n {2}token {4}\//);
    await eventually("the phase runs", () => workspace().processes().length > 1);
    assert.equal(await stop(running), 130);
    workspace().write("go", "");
    await workspace().expect(0, ["run"]);
    assert.deepEqual(await workspace().statuses(), ["completed"]);
  });

  it("is refused where another owns the queue, and by a port that is none", async () => {
    const { running } = await start();
    await workspace().expect(3, ["serve"]);
    await stop(running);
    await workspace().expect(2, ["serve", "--port", "70000"]);
  });

  it("gives the other commands the same way as ever", async () => {
    const { running } = await start();
    workspace().write("plan.md", planText("Plan", [{ sh: "exit 3" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    let statuses: string[] = [];
    while (statuses[0] !== "failed") {
      statuses = await workspace().statuses();
    }
    await workspace().expect(0, ["skip", "1.1"]);
    assert.deepEqual(await workspace().statuses(), ["completed"]);
    await stop(running);
    assert.ok(existsSync(join(workspace().path, ".hopper")));
  });
});

function portOf(address: string): number {
  return Number.parseInt(address.split(":")[1] ?? "", 16);
}
