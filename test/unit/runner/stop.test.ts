import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../../../src/core/base/clock";
import type { AttemptRequest, AttemptRunner } from "../../../src/core/protocol/attempts";
import { survivorsOf } from "../../../src/core/runner/survivors";
import { Bench, processesWith, sh, waitFor, wrapperKinds } from "./harness";

/** Time that runs twenty times faster, so that five seconds of grace need not be waited for. */
const fastClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * 20,
  after: (milliseconds, callback) => systemClock.after(milliseconds / 20, callback),
};

for (const kind of wrapperKinds) {
  describe(`stopping an attempt of the ${kind} wrapper`, () => {
    let bench: Bench;
    let runner: AttemptRunner;
    const others: ChildProcess[] = [];
    beforeEach(async () => {
      bench = await Bench.create(kind);
      runner = bench.runner({ clock: fastClock });
    });
    afterEach(async () => {
      for (const other of others.splice(0)) {
        other.kill("SIGKILL");
      }
      await bench.close();
    });

    /** Starts a block and waits until it says that its processes are up. */
    async function start(source: string): Promise<AttemptRequest> {
      const request = bench.request({ blocks: [sh(`${source}\necho up\nwait`)] });
      runner.prepare(request);
      runner.launch(request.folder);
      await waitFor(
        "the block to be up",
        () => existsSync(request.folder) && bench.output(request).includes("up"),
      );
      return request;
    }

    async function assertStopped(request: AttemptRequest): Promise<void> {
      await runner.stop(request.folder);
      assert.deepEqual(survivorsOf(request.folder, systemClock), []);
      // A wrapper that has written its record does nothing more, and takes a moment to be gone.
      const wrapper = runner.inspect(request.folder).started?.pid;
      assert.deepEqual(
        processesWith(request.attemptId).filter((pid) => pid !== wrapper),
        [],
      );
      await waitFor("the wrapper's end", () => processesWith(request.attemptId).length === 0);
    }

    it("asks politely first, and the wrapper lives to write the end down", async () => {
      const request = await start("trap 'echo cleaned up; exit 7' TERM; sleep 300 &");
      await assertStopped(request);
      assert.match(bench.output(request), /cleaned up/);
      assert.deepEqual(runner.inspect(request.folder).exit, { step: 0, code: 7, signal: null });
    });

    it("records the signal that a stop ended a step with, and starts no further step", async () => {
      const request = bench.request({ blocks: [sh("echo up; sleep 300"), sh("echo second")] });
      runner.prepare(request);
      runner.launch(request.folder);
      await waitFor("the step to be up", () => bench.output(request) === "up\n");
      await assertStopped(request);
      const { exit } = runner.inspect(request.folder);
      assert.deepEqual(exit, { step: 0, code: null, signal: "SIGTERM" });
      assert.equal(bench.output(request).includes("second"), false);
    });

    for (const [what, source] of Object.entries({
      "a step that ignores SIGTERM": "trap '' TERM; sleep 300 &",
      "children in sessions of their own": "setsid sh -c 'trap \"\" TERM; sleep 300' &",
      "a process that was forked twice": "(setsid sh -c 'sleep 300 & sleep 300' & exit) ",
      "a child without the marker in the wrapper's session": "env -i sleep 300 &",
      "children in the background by the hundred":
        "i=0; while [ $i -lt 200 ]; do sleep 300 & i=$((i + 1)); done",
    })) {
      it(`ends ${what}`, async () => {
        await assertStopped(await start(source));
      });
    }

    it("ends processes that fork and exit in a loop", async () => {
      const script = join(bench.root, "loop.sh");
      writeFileSync(script, "trap '' TERM HUP\nsleep 0.01\nsetsid sh \"$0\" &\n");
      await assertStopped(await start(`setsid sh '${script}' & setsid sh '${script}' &`));
    });

    it("ends what is left when the wrapper was killed", async () => {
      const request = await start("setsid sleep 300 & sleep 300 &");
      process.kill(runner.inspect(request.folder).started?.pid ?? 0, "SIGKILL");
      await waitFor("the wrapper's death", () => !runner.inspect(request.folder).alive);
      assert.notDeepEqual(survivorsOf(request.folder, systemClock), []);
      await assertStopped(request);
      assert.equal(runner.inspect(request.folder).exit, undefined);
    });

    it("ends what is left when the folder was removed", async () => {
      const request = await start("trap '' TERM; setsid sleep 300 &");
      const { started } = runner.inspect(request.folder);
      rmSync(request.folder, { recursive: true });
      assert.equal(runner.inspect(request.folder).prepared, false);
      await runner.stop(request.folder, { attemptId: request.attemptId, process: started });
      assert.deepEqual(processesWith(request.attemptId), []);
      assert.ok(started && !runner.isAlive(started));
    });

    it("finds the processes of a run inside the run, and hits no others", async () => {
      const request = await start("HOPPER_ANCESTRY=$HOPPER_ANCESTRY:inner setsid sleep 300 &");
      const stranger = (ancestry: string) => {
        const child = spawn("sleep", ["300"], {
          env: { PATH: process.env["PATH"], HOPPER_ANCESTRY: ancestry },
        });
        others.push(child);
        return child;
      };
      // Their ids contain this attempt's, or it is not the list's, but they are not this attempt.
      const strangers = [
        stranger(`${request.attemptId}0`),
        stranger(`x${request.attemptId}`),
        stranger(`other:${request.attemptId}-1:more`),
        stranger(""),
      ];
      await assertAlive(strangers);
      await runner.stop(request.folder);
      assert.deepEqual(survivorsOf(request.folder, systemClock), []);
      await assertAlive(strangers);
    });

    it("never signals the host, although it runs inside the attempt", async () => {
      const request = bench.request({ attemptId: `self-${process.pid}`, blocks: [sh("true")] });
      runner.prepare(request);
      const host = spawn(
        process.execPath,
        ["--import=tsx", "test/fixtures/runners/stopSelf.ts", request.folder, kind],
        {
          stdio: ["ignore", "ignore", "inherit"],
          env: {
            ...process.env,
            HOPPER_TEST_ASSETS: JSON.stringify(bench.assets),
            HOPPER_ANCESTRY: request.attemptId,
          },
        },
      );
      others.push(host);
      await waitFor("the host's end", () => host.exitCode !== null || host.signalCode !== null);
      assert.equal(host.exitCode, 0);
    });

    it("keeps an attempt from starting that no wrapper has taken yet", async () => {
      const request = bench.request({ blocks: [sh("echo ran")] });
      runner.prepare(request);
      await runner.stop(request.folder);
      runner.launch(request.folder);
      const taken = new Promise<void>((resolve) => runner.onHint(() => resolve()));
      await taken;
      const { started, alive } = runner.inspect(request.folder);
      assert.equal(started?.pid, 0);
      assert.equal(alive, false);
      assert.equal(bench.output(request), "");
    });

    it("leaves word for a wrapper that has taken the attempt but not said yet who it is", async () => {
      const request = bench.request({ blocks: [sh("echo ran")] });
      runner.prepare(request);
      writeFileSync(join(request.folder, "started"), "");
      await runner.stop(request.folder);
      assert.ok(existsSync(join(request.folder, "stopped")));
      assert.equal(readFileSync(join(request.folder, "started"), "utf8"), "");
    });

    it("leaves and lists children that outlive a successful attempt", async () => {
      const request = bench.request({
        blocks: [
          sh("sleep 300 >/dev/null 2>&1 & echo $!; setsid sleep 301 >/dev/null 2>&1 & echo $!"),
        ],
      });
      const { exit } = await bench.run(runner, request);
      assert.equal(exit?.code, 0);
      const [one = 0, other = 0] = bench.output(request).trim().split("\n").map(Number);
      const known = { attemptId: request.attemptId };
      // The second may still be on its way from the shell to `setsid` to `sleep`.
      await waitFor("both to be what they are", () =>
        survivorsOf(request.folder, systemClock).every(({ command }) =>
          command.startsWith("sleep "),
        ),
      );
      const survivors = [
        { pid: one, command: "sleep 300" },
        { pid: other, command: "sleep 301" },
      ].sort((a, b) => a.pid - b.pid);
      assert.deepEqual(survivorsOf(request.folder, systemClock), survivors);
      // Another host knows them too, and so does who has only the attempt's id.
      assert.deepEqual(survivorsOf(request.folder, systemClock), survivors);
      assert.deepEqual(survivorsOf(join(bench.root, "removed"), systemClock, known), survivors);
      await assertStopped(request);
    });

    it("takes a pid that was used again for what it is: another process", async () => {
      const request = bench.request({ blocks: [sh("true")] });
      runner.prepare(request);
      const stranger = spawn("sleep", ["300"]);
      others.push(stranger);
      const identity = { pid: stranger.pid ?? 0, startTime: "1", bootId: runner.bootId };
      writeFileSync(join(request.folder, "started"), JSON.stringify(identity));
      assert.equal(runner.inspect(request.folder).alive, false);
      await runner.stop(request.folder);
      await assertAlive([stranger]);
    });

    it("takes a process of another boot for dead", async () => {
      const request = await start("sleep 300 &");
      const { started } = runner.inspect(request.folder);
      assert.ok(started && runner.isAlive(started));
      assert.equal(runner.isAlive({ ...started, bootId: "another" }), false);
      await assertStopped(request);
    });
  });
}

describe("a wrapper held between making `started` and writing its line", () => {
  it("runs no step when the attempt was stopped meanwhile", async () => {
    const bench = await Bench.create("posix");
    const pids = join(bench.root, "pids");
    // The wrapper as it is, but it stops itself where a person's SIGSTOP could stop it.
    const wrapperScript = join(bench.root, "wrapper.sh");
    const script = readFileSync(bench.assets.wrapperScript, "utf8");
    const hold = `\nset +C\necho $$ >'${pids}'\nkill -STOP $$\n`;
    const held = script.replace("\nset +C\n", () => hold);
    assert.notEqual(held, script);
    writeFileSync(wrapperScript, held);
    const runner = bench.runner({ clock: fastClock, assets: { ...bench.assets, wrapperScript } });
    try {
      const request = bench.request({ blocks: [sh("echo ran")] });
      runner.prepare(request);
      runner.launch(request.folder);
      await waitFor("the wrapper to be held", () => existsSync(pids) && isStopped(pidIn(pids)));
      await runner.stop(request.folder);
      assert.equal(runner.inspect(request.folder).started, undefined);
      process.kill(pidIn(pids), "SIGCONT");
      await waitFor("the wrapper's line", () => {
        const { started, alive } = runner.inspect(request.folder);
        return started?.pid === pidIn(pids) && !alive;
      });
      assert.equal(bench.output(request), "");
    } finally {
      await bench.close();
    }
  });
});

function pidIn(file: string): number {
  return Number(readFileSync(file, "utf8"));
}

function isStopped(pid: number): boolean {
  return pid > 0 && readFileSync(`/proc/${pid}/stat`, "utf8").includes(") T ");
}

describe("a zombie", () => {
  it("counts as dead", async () => {
    const bench = await Bench.create("posix");
    const runner = bench.runner();
    const request = bench.request({ blocks: [sh("true")] });
    runner.prepare(request);
    // The parent never collects its child; the child tells its own pid and start time.
    const parent = spawn(
      "sh",
      ["-c", "sh -c 'cut -d\" \" -f22 /proc/$$/stat; echo $$' & exec sleep 300"],
      {
        env: { ...process.env, HOPPER_ANCESTRY: request.attemptId },
      },
    );
    try {
      let text = "";
      parent.stdout.on("data", (data: Buffer) => (text += data.toString()));
      await waitFor("the child's words", () => text.split("\n").length === 3);
      const [startTime = "", pid = ""] = text.split("\n");
      await waitFor("a zombie", () => readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "));
      const identity = { pid: Number(pid), startTime, bootId: runner.bootId };
      assert.equal(runner.isAlive(identity), false);
      assert.deepEqual(survivorsOf(request.folder, systemClock), [
        { pid: parent.pid, command: "sleep 300" },
      ]);
    } finally {
      parent.kill("SIGKILL");
      await bench.close();
    }
  });
});

async function assertAlive(children: readonly ChildProcess[]): Promise<void> {
  // Whatever was sent has arrived when a later round trip has.
  await new Promise((resolve) => setImmediate(resolve));
  for (const child of children) {
    assert.equal(child.exitCode, null);
    assert.equal(child.signalCode, null);
    process.kill(child.pid ?? 0, 0);
  }
}
