import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { systemClock } from "../../../src/core/base/clock";
import { survivorsOf } from "../../../src/core/runner/survivors";
import { endProcess } from "../../support/processes";
import { Bench, processesWith, sh, waitFor } from "../../unit/runner/harness";
import { figure, isWhole, rounds } from "../support/extent";

const manyChildren = isWhole ? 1000 : 100;

/** Blocks whose processes do not want to go; each says when they are up. */
const trees: Readonly<Record<string, string>> = {
  "a shell with background jobs": "sleep 300 & sleep 300 & sh -c 'sleep 300 & wait' &",
  "sessions of their own": "setsid sh -c 'sleep 300; true' & setsid setsid sleep 300 &",
  "double forks, the top shells dead": "(sh -c '(sleep 300 &) &' &)",
  "ignoring SIGTERM": "(trap '' TERM HUP INT; sleep 300; sleep 300) &",
  "ignoring SIGTERM in sessions of their own":
    "setsid sh -c \"trap '' TERM; sleep 300; sleep 300\" &",
  "forking in a loop": "(trap '' TERM; while :; do sleep 0.02 & wait $!; done) &",
  "forking in a loop, in new sessions":
    "setsid sh -c 'while :; do setsid -f sleep 300; sleep 0.05; done' &",
  "children by the thousand": `i=0; while [ $i -lt ${manyChildren} ]; do i=$((i+1)); sleep 300 & done`,
};

describe("a tree of processes that resists", () => {
  let bench: Bench;
  const bystanders: ChildProcess[] = [];

  before(async () => {
    bench = await Bench.create("posix");
    for (let count = 0; count < 20; count++) {
      bystanders.push(spawn("sleep", ["3000"]));
    }
  });
  after(async () => {
    for (const other of bystanders) {
      other.kill("SIGKILL");
    }
    await bench.close();
  });

  it("is gone to the last process when its attempt is stopped, and nobody else is hit", async () => {
    const runner = bench.runner();
    const times = rounds({ whole: 8, part: 1 });
    let stops = 0;
    for (const [name, source] of Object.entries(trees)) {
      for (let time = 0; time < times; time++) {
        const request = bench.request({ blocks: [sh(`${source}\necho up\nwait`)] });
        runner.prepare(request);
        runner.launch(request.folder);
        await waitFor(`${name} is up`, () => isUp(request));
        await runner.stop(request.folder);
        assert.deepEqual(survivorsOf(request.folder, systemClock), [], name);
        assert.deepEqual(processesWith(request.attemptId), [], name);
        stops++;
      }
    }
    assert.ok(
      bystanders.every(({ exitCode, signalCode }) => exitCode === null && signalCode === null),
    );
    figure(
      "D4 attempts, trees that resist",
      `${stops} stops of ${Object.keys(trees).length} kinds of tree; 0 survivors, ` +
        `0 of ${bystanders.length} bystanders hit`,
    );
  });

  it("is not mixed up with a stranger who got its pid", async () => {
    const runner = bench.runner();
    const lastPid = "/proc/sys/kernel/ns_last_pid";
    const times = rounds({ whole: 200, part: 10 });
    let reused = 0;
    for (let time = 0; time < times; time++) {
      const request = bench.request({ blocks: [sh("true")] });
      const { started } = await bench.run(runner, request);
      assert.ok(started);
      // The next process of this namespace gets the pid after the last, whoever forks it.
      const hire = `echo ${started.pid - 1} > ${lastPid} && { sleep 300 & echo $!; wait; }`;
      const parent = spawn("sh", ["-c", hire], { stdio: ["ignore", "pipe", "pipe"] });
      const [said = ""] = await Promise.race([
        once(parent.stdout.setEncoding("utf8"), "data"),
        once(parent, "close").then(() => [""]),
      ]).then((values: unknown[]) => values.map(String));
      const stranger = Number(said);
      if (!(stranger > 0)) {
        figure("D4 attempts, pid used again", `not tried: ${lastPid} cannot be written here`);
        return;
      }
      reused += stranger === started.pid ? 1 : 0;
      await runner.stop(request.folder, { attemptId: request.attemptId, process: started });
      assert.ok(existsSync(`/proc/${stranger}`), "a stranger was hit");
      endProcess(stranger);
      await once(parent, "close");
    }
    figure(
      "D4 attempts, pid used again",
      reused > 0
        ? `${times} stops, the pid in a stranger's hands in ${reused}; 0 strangers hit`
        : "not tried: this system does not give out the pid it is asked for",
    );
  });

  function isUp(request: ReturnType<Bench["request"]>): boolean {
    return existsSync(`${request.folder}/output.log`) && bench.output(request).includes("up");
  }
});
