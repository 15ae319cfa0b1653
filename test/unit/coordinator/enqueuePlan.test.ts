import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, realpathSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HopperError } from "../../../src/core/base/errors";
import { enqueuePlan } from "../../../src/core/coordinator/enqueuePlan";
import { loadPlanFile, readPlanText } from "../../../src/core/coordinator/planSource";
import type { EnqueueRequest } from "../../../src/core/protocol/commands";
import { InvalidPlanError } from "../../../src/core/protocol/plan";
import { CoordinatorBench, runners } from "./support/coordinatorBench";

/** Plans as short as these are read without a thread. */
const noWorker = "/nonexistent";

const twoPhases = [
  "# Ship it",
  "About the whole.",
  "## Phase 1: Build",
  "Runner: agent",
  "Timeout: 10m",
  "Retries: 2",
  "",
  "Build it as docs/guide.md says, see docs/guide.md.",
  "",
  "## Phase 2: Test",
  "```sh",
  "true",
  "```",
  "```sh verify",
  "test -e built",
  "```",
  "",
].join("\n");

describe("enqueuing a plan", () => {
  let bench: CoordinatorBench;

  beforeEach(async () => {
    bench = await CoordinatorBench.open();
  });

  afterEach(async () => {
    await bench.close();
  });

  function enqueue(request: EnqueueRequest, workspace = bench.folder): Promise<string> {
    return enqueuePlan(bench.queue, request, { workspace, runners }, noWorker);
  }

  function write(name: string, text: string): string {
    const path = join(bench.folder, name);
    writeFileSync(path, text);
    return path;
  }

  it("stores what the plan says, each text once", async () => {
    mkdirSync(join(bench.folder, "docs"));
    write("docs/guide.md", "guide");
    const planId = await enqueue({ path: write("plan.md", twoPhases) });
    const plan = bench.queue.plan(planId);
    assert.equal(plan?.title, "Ship it");
    assert.match(bench.queue.planContext(planId), /About the whole/);
    assert.equal(bench.statuses(), "1 ready, 2 queued");
    assert.equal(bench.phase(1).runner, "agent");
    assert.equal(bench.phase(2).runner, "shell");
    const first = bench.queue.phaseData(bench.id(1));
    const second = bench.queue.phaseData(bench.id(2));
    assert.ok(first && second);
    assert.deepEqual(first.properties, { timeout: 600, retries: 2 });
    assert.deepEqual(first.externalDocs, ["docs/guide.md"]);
    assert.match(first.instructions, /^Build it/);
    assert.equal(second.instructions, "");
    assert.deepEqual(
      second.blocks.map(({ source }) => source),
      ["true\n"],
    );
    assert.deepEqual(
      second.verify.map(({ source }) => source),
      ["test -e built\n"],
    );
  });

  it("stores nothing of a file that changed since it was shown, be it valid now or not", async () => {
    const path = write("plan.md", twoPhases);
    const { sha256 } = loadPlanFile(path, { workspace: bench.folder, runners });
    for (const text of [twoPhases.replace("true", "false"), "no phase"]) {
      write("plan.md", text);
      await assert.rejects(() => enqueue({ path, sha256 }), {
        kind: "conflict",
        message: /plan\.md changed since it was shown/,
      });
      assert.equal(bench.statuses(), "");
    }
    write("plan.md", twoPhases);
    await enqueue({ path, sha256 });
    assert.equal(bench.statuses(), "1 ready, 2 queued");
  });

  it("holds a text to what was shown just like a file", async () => {
    const { sha256 } = readPlanText({ markdown: twoPhases }, bench.folder);
    await assert.rejects(() => enqueue({ markdown: `${twoPhases} `, sha256 }), {
      kind: "conflict",
    });
    await enqueue({ markdown: twoPhases, sha256: sha256.toUpperCase() });
    assert.equal(bench.statuses(), "1 ready, 2 queued");
  });

  const special = process.platform === "win32" ? it.skip : it;

  special("refuses a FIFO and a device at once instead of waiting for their end", async () => {
    const fifo = join(bench.folder, "plan.md");
    execFileSync("mkfifo", [fifo]);
    symlinkSync("/dev/zero", join(bench.folder, "endless.md"));
    for (const path of [fifo, "endless.md", "/dev/null"]) {
      await assert.rejects(() => enqueue({ path }), {
        kind: "usage",
        message: /not a regular file/,
      });
    }
  });

  it("reads no more of a huge file than shows that it is too large, wherever that cuts", () => {
    for (const prefix of ["", "x", "xx", "xxx", "\u{feff}", "\u{feff}x"]) {
      // Sparse, and larger than memory could hold.
      const path = write("plan.md", `${prefix}${"\u{1f680}".repeat(600_000)}`);
      truncateSync(path, 2 ** 40);
      const { plan } = loadPlanFile(path, { workspace: bench.folder, runners });
      assert.ok(plan.problems.some(({ code }) => code === "file-too-large"));
    }
  });

  it("stores nothing of a plan with an error, and says where it is", async () => {
    const path = write(
      "plan.md",
      "## Phase 1: A\n```sh\ntrue\n```\n## Phase 3: B\n```sh\ntrue\n```\n",
    );
    await assert.rejects(
      () => enqueue({ path }),
      (error) => error instanceof InvalidPlanError && /plan\.md:5: .*2/.test(error.message),
    );
    assert.equal(bench.statuses(), "");
  });

  it("knows the same file by its real path, and asks what to do while it is unfinished", async () => {
    const path = write("plan.md", twoPhases);
    const first = await enqueue({ path });
    symlinkSync(path, join(bench.folder, "link.md"));
    await assert.rejects(
      () => enqueue({ path: "link.md" }),
      (error) =>
        error instanceof HopperError && error.kind === "conflict" && /Plan 1/.test(error.message),
    );
    const again = await enqueue({ path: "link.md", ifEnqueued: "again" });
    assert.equal(bench.queue.plans().length, 2);
    const replaced = await enqueue({ path, ifEnqueued: "replace" });
    assert.deepEqual(
      bench.queue.plans().map(({ plan_id }) => plan_id),
      [first, replaced],
      "the newest unfinished one was replaced",
    );
    assert.notEqual(again, replaced);
  });

  it("takes the text of an open editor for its file's, saved or not", async () => {
    const path = write("plan.md", twoPhases);
    const first = await enqueue({ path, markdown: twoPhases.replace("# Ship it", "# Unsaved") });
    assert.equal(bench.queue.plan(first)?.source_path, realpathSync(path));
    await assert.rejects(() => enqueue({ path }), /enqueued and unfinished already/);
    const unsaved = join(bench.folder, "not-yet.md");
    const second = await enqueue({ path: unsaved, markdown: twoPhases });
    assert.equal(bench.queue.plan(second)?.source_path, unsaved);
  });

  it("does not replace a plan while one of its phases runs", async () => {
    const path = write("plan.md", twoPhases);
    await enqueue({ path });
    bench.coordinator.start();
    await assert.rejects(
      () => enqueue({ path, ifEnqueued: "replace" }),
      /Phase 1 of the plan is running/,
    );
    assert.equal(bench.queue.plans().length, 1);
  });

  it("enqueues a finished plan again without asking", async () => {
    const path = write("plan.md", "## Phase 1: A\n```sh\ntrue\n```\n");
    await enqueue({ path });
    bench.coordinator.start();
    bench.runner.end(1);
    await enqueue({ path });
    assert.equal(bench.statuses(), "1 completed, 1 running");
  });

  it("names what it cannot read", async () => {
    await assert.rejects(() => enqueue({ path: "none.md" }), /There is no plan .*none\.md/);
    await assert.rejects(() => enqueue({ path: "." }), /is a folder/);
    await assert.rejects(
      () => enqueue({ markdown: twoPhases, runner: "robot" }),
      /no runner "robot"/,
    );
  });

  it("tells a runner where a document is from the workspace folder", async () => {
    mkdirSync(join(bench.folder, "plans"));
    write("plans/spec.md", "spec");
    const path = write(
      "plans/plan.md",
      "## Phase 1: A\nRunner: agent\n\nRead this: see ./spec.md and ./missing.md for more.\n",
    );
    await enqueue({ path });
    bench.coordinator.start();
    assert.deepEqual(bench.runner.of(1).request.externalDocs, ["plans/spec.md", "./missing.md"]);
  });

  it("takes only documents inside the workspace for found", async () => {
    write("outside.md", "");
    const inside = join(bench.folder, "inside");
    mkdirSync(inside);
    symlinkSync(join(bench.folder, "outside.md"), join(inside, "link.md"));
    const markdown = "## Phase 1: A\nSee ./link.md and ../outside.md.\n```sh\ntrue\n```\n";
    writeFileSync(join(inside, "plan.md"), markdown);
    await enqueue({ path: "plan.md" }, inside);
    const stored = bench.queue.phaseData(bench.id(1));
    assert.deepEqual(stored?.externalDocs, ["./link.md", "../outside.md"]);
  });
});
