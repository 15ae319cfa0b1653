import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunnerDefinition } from "../../../src/core/protocol/runners";
import { Bed } from "../../support/bed";
import { eventually } from "../../support/eventually";
import { figure } from "../support/extent";

describe("a program that cannot be started", () => {
  const bed = new Bed();
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);

  before(() => process.on("uncaughtExceptionMonitor", note).on("unhandledRejection", note));
  after(async () => {
    process.off("uncaughtExceptionMonitor", note).off("unhandledRejection", note);
    await bed.remove();
  });

  it("fails its phase with the reason, and the queue goes on", async () => {
    const { workspace } = bed;
    const script = (name: string, text: string, mode: number): string => {
      const path = join(bed.folder("bin"), name);
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    };
    const command = (...argv: [string, ...string[]]): RunnerDefinition => ({
      kind: "command",
      argv,
      prompt: "stdin",
    });
    const long = "x".repeat(200 * 1024);
    const cases: readonly [string, RunnerDefinition, RegExp][] = [
      ["ENOENT", command("/nowhere/agent"), /spawn/],
      ["ENOENT in PATH", command("no-such-agent"), /spawn/],
      ["EACCES", command(script("plain", "#!/bin/sh\n", 0o644)), /spawn/],
      ["a folder", command(workspace), /spawn/],
      ["a missing interpreter", command(script("odd", "#!/nowhere/sh\n", 0o755)), /spawn|exit/],
      ["no program at all", command(script("noise", "\0\u{1}\u{2}", 0o755)), /spawn|exit/],
      ["an empty file", command(script("empty", "", 0o755)), /spawn|exit|completed/],
      ["E2BIG, one argument", command("true", long), /spawn|exit/],
      [
        "E2BIG, all arguments",
        command("true", ...Array.from({ length: 40 }, () => long)),
        /spawn|exit/,
      ],
      ["NUL in an argument", command("true", "a\0b"), /spawn|exit/],
    ];
    const hopper = await bed.openHopper({
      runners: () =>
        new Map<string, RunnerDefinition>(cases.map(([name, runner]) => [name, runner])),
    });
    for (const [name, , expected] of cases) {
      const end = await endOf(name);
      assert.match(end, expected, name);
    }
    const ended = hopper.queue.phases({ content: false });
    assert.equal(ended.length, cases.length);
    assert.ok(ended.every(({ attempts, status }) => attempts === 1 && status !== "running"));
    assert.deepEqual(uncaught, []);
    figure(
      "D8 attempts, programs that cannot be started",
      `${cases.length} ways; each phase failed with its reason, 0 uncaught exceptions`,
    );

    async function endOf(runner: string): Promise<string> {
      const { planId } = await hopper.enqueue({
        markdown: "## Phase 1: Do it\n\nPlease.\n",
        runner,
      });
      await hopper.setPaused(false);
      hopper.run();
      const phase = await eventually(`${runner} has ended`, () => {
        const [found] = hopper.queue.phases({ planId });
        return found && ["completed", "failed"].includes(found.status) && found;
      });
      assert.ok(phase.status === "completed" || phase.error_message, `${runner} says why`);
      return phase.reason ?? phase.status;
    }
  });

  it("because the working folder went is said, too", async () => {
    const workspace = bed.folder("going");
    mkdirSync(workspace, { recursive: true });
    const hopper = await bed.openHopper({ workspace });
    const { planId } = await hopper.enqueue({
      markdown: "## Phase 1: A\n\n```sh\ntrue\n```\n\n## Phase 2: B\n\n```sh\ntrue\n```\n",
    });
    rmSync(workspace, { recursive: true });
    hopper.run();
    await eventually("it is said", () => hopper.waiting().kind === "trouble");
    assert.ok(hopper.queue.phases({ planId }).every(({ status }) => status !== "completed"));
    await hopper.stop();
  });
});
