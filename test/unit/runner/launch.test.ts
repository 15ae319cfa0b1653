import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AttemptRunner } from "../../../src/core/protocol/attempts";
import { FakeClock } from "../../support/fakeClock";
import { Bench, ended, sh, waitFor } from "./harness";

/** Milliseconds from a launch to the start of the next wrapper, where nothing ends before. */
const beforeNext = 10;

describe("launching", () => {
  let bench: Bench;
  let clock: FakeClock;
  beforeEach(async () => {
    bench = await Bench.create("posix");
    clock = new FakeClock();
  });
  afterEach(() => bench.close());

  /** A launcher that does what `script` says instead; `$real` starts the real one. */
  function withLauncher(script: string): AttemptRunner {
    const launcherScript = join(bench.root, "launcher.sh");
    const real = `sh '${bench.assets.launcherScript}' "$@"`;
    writeFileSync(launcherScript, script.replaceAll("$real", real));
    return bench.runner({ clock, assets: { ...bench.assets, launcherScript } });
  }

  function failures(runner: AttemptRunner): string[] {
    const messages: string[] = [];
    runner.onDidFailToStart(({ message }) => messages.push(message));
    return messages;
  }

  const lines = (name: string) =>
    readFileSync(join(bench.root, name), { encoding: "utf8", flag: "a+" }).split("\n").length - 1;

  it("starts a new launcher when the first dies, and the attempt runs once", async () => {
    const runner = withLauncher(
      `cd '${bench.root}'; echo >>starts; [ -e first ] || { : >first; read -r line; exit 9; }; $real`,
    );
    const messages = failures(runner);
    const request = bench.request({ blocks: [sh("echo ran")] });
    await bench.run(runner, request);
    assert.equal(bench.output(request), "ran\n");
    assert.equal(lines("starts"), 2);
    assert.deepEqual(messages, []);
  });

  it("gives up after three launchers that died", async () => {
    const runner = withLauncher(`echo >>'${bench.root}/starts'; exit 9`);
    const messages = failures(runner);
    const request = bench.request({ blocks: [sh("true")] });
    runner.prepare(request);
    runner.launch(request.folder);
    await waitFor("the failure", () => messages.length > 0);
    assert.deepEqual(messages, ["it could not be started in 3 tries: it ended with code 9"]);
    assert.equal(lines("starts"), 3);
    assert.equal(clock.pending, 0);
  });

  it("sends an attempt again that nobody took within ten seconds, and gives up after three", async () => {
    const runner = withLauncher(
      `while read -r line; do [ -z "$line" ] || echo "$line" >>'${bench.root}/sent'; done`,
    );
    const messages = failures(runner);
    const request = bench.request({ blocks: [sh("true")] });
    runner.prepare(request);
    runner.launch(request.folder);
    for (const count of [1, 2, 3]) {
      await waitFor("the line", () => lines("sent") === count);
      clock.advance(9_999);
      assert.deepEqual(messages, []);
      clock.advance(1);
    }
    await waitFor("the failure", () => messages.length > 0);
    assert.deepEqual(messages, ["it could not be started in 3 tries: nothing took it in time"]);
    assert.equal(lines("sent"), 3);
  });

  it("forgets an attempt that was settled", async () => {
    const runner = withLauncher(`while read -r line; do echo "$line" >>'${bench.root}/sent'; done`);
    const messages = failures(runner);
    const request = bench.request({ blocks: [sh("true")] });
    runner.prepare(request);
    runner.launch(request.folder);
    await waitFor("the line", () => lines("sent") === 1);
    runner.settle(request.folder);
    clock.advance(beforeNext);
    assert.equal(clock.pending, 0);
    clock.advance(60_000);
    assert.deepEqual(messages, []);
  });

  describe("the wrapper of the next attempt", () => {
    const sent = (): string[] =>
      readFileSync(join(bench.root, "sent"), { encoding: "utf8", flag: "a+" }).split("\n");
    const record = `while read -r line; do echo "\${line%% *}" >>$sent; done`;

    function launched(runner: AttemptRunner): string {
      const request = bench.request({ blocks: [sh("true")] });
      runner.prepare(request);
      runner.launch(request.folder);
      return request.attemptId;
    }

    it("is started some time after a launch, so that it is not in that one's way", async () => {
      const runner = withLauncher(record.replace("$sent", `'${bench.root}/sent'`));
      const first = launched(runner);
      await waitFor("the first", () => sent().length === 2);
      clock.advance(beforeNext - 1);
      const second = launched(runner);
      await waitFor("the second", () => sent().length === 4);
      clock.advance(beforeNext);
      await waitFor("the next one's start", () => sent().length === 5);
      const third = launched(runner);
      await waitFor("the third", () => sent().length === 6);
      assert.deepEqual(sent(), [first, "", second, "", third, ""]);
    });

    it("is started when an attempt has ended, and not twice", async () => {
      const runner = withLauncher(
        `read -r line; echo "\${line%% *}" >>$sent; echo "ended"; echo "ended"; ${record}`.replaceAll(
          "$sent",
          `'${bench.root}/sent'`,
        ),
      );
      const first = launched(runner);
      await waitFor("the next one's start", () => sent().length === 3);
      clock.advance(beforeNext);
      const second = launched(runner);
      await waitFor("the second", () => sent().length === 4);
      assert.deepEqual(sent(), [first, "", second, ""]);
    });
  });

  it("watches an attempt no longer than it takes to see that it was taken", async () => {
    const runner = bench.runner({ clock });
    const messages = failures(runner);
    const request = bench.request({ blocks: [sh("until [ -e go ]; do sleep 0.01; done")] });
    runner.prepare(request);
    runner.launch(request.folder);
    await waitFor("the start", () => runner.inspect(request.folder).alive);
    clock.advance(10_000);
    assert.equal(clock.pending, 0);
    writeFileSync(join(bench.root, "go"), "");
    await ended(runner, request.folder);
    assert.deepEqual(messages, []);
  });

  it("hears of wrappers whose launcher has died", async () => {
    const runner = withLauncher(`echo $$ >>'${bench.root}/pids'; exec $real`);
    const hints: string[] = [];
    runner.onHint((folder) => hints.push(folder));
    const request = bench.request({ blocks: [sh("until [ -e go ]; do sleep 0.01; done")] });
    runner.prepare(request);
    runner.launch(request.folder);
    await waitFor("the start", () => runner.inspect(request.folder).alive);
    const pid = Number(readFileSync(join(bench.root, "pids"), "utf8"));
    process.kill(pid, "SIGKILL");
    writeFileSync(join(bench.root, "go"), "");
    await waitFor("the end", () => hints.length > 0);
    await ended(runner, request.folder);
    assert.equal(runner.inspect(request.folder).exit?.code, 0);
    // And the next attempt is started all the same.
    const next = bench.request({ blocks: [sh("true")] });
    await bench.run(runner, next);
    assert.equal(bench.output(next), "");
  });

  it("reports a folder that holds no attempt", async () => {
    const runner = bench.runner({ clock });
    const messages = failures(runner);
    runner.launch(join(bench.root, "nothing"));
    await waitFor("the failure", () => messages.length > 0);
    assert.match(messages[0] ?? "", /holds no readable spec\.json/);
  });

  it("reports a Node wrapper that cannot be started", async () => {
    const assets = { ...bench.assets, wrapperProgram: join(bench.root, "missing.js") };
    const runner = bench.runner({ clock, assets, wrapper: "node" });
    const messages = failures(runner);
    const request = bench.request({ blocks: [sh("true")] });
    runner.prepare(request);
    runner.launch(request.folder);
    await waitFor("the failure", () => messages.length > 0);
    assert.match(messages[0] ?? "", /could not be started in 3 tries: a wrapper ended with code 1/);
  });

  it("does nothing any more once it was disposed", async () => {
    const runner = bench.runner({ clock });
    const request = bench.request({ blocks: [sh("true")] });
    runner.prepare(request);
    runner.dispose();
    runner.launch(request.folder);
    assert.equal(clock.pending, 0);
    assert.equal(runner.inspect(request.folder).started, undefined);
    await Promise.resolve();
  });

  it("does not keep a host alive that has nothing else to do", async () => {
    const request = bench.request({ blocks: [sh("true")] });
    bench.runner().prepare(request);
    const host = spawn(
      process.execPath,
      ["--import=tsx", "test/fixtures/runners/shortHost.ts", request.folder],
      {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, HOPPER_TEST_ASSETS: JSON.stringify(bench.assets) },
      },
    );
    await waitFor("the host's end", () => host.exitCode !== null);
    assert.equal(host.exitCode, 0);
    await ended(bench.runner(), request.folder);
  });

  it("keeps SIGINT of the host's terminal from its wrappers: they are in sessions of their own", async () => {
    const request = bench.request({ blocks: [sh("cut -d' ' -f6 /proc/$$/stat")] });
    const { started } = await bench.run(bench.runner(), request);
    assert.equal(Number(bench.output(request)), started?.pid);
  });
});

describe("a step whose program cannot be run", () => {
  let bench: Bench;
  let runner: AttemptRunner;
  beforeEach(async () => {
    bench = await Bench.create("posix");
    runner = bench.runner();
  });
  afterEach(() => bench.close());

  const command = (...argv: string[]) => ({
    definition: { kind: "command" as const, argv, prompt: "stdin" as const },
  });

  it("is a problem before anything is started when the program is missing", () => {
    assert.equal(
      runner.prepare(bench.request(command("no-such-agent"))).problem,
      "no-such-agent is not on PATH: install it or name its full path in the runner's argv",
    );
    assert.match(
      runner.prepare(bench.request(command("/no/such/agent"))).problem ?? "",
      /^\/no\/such\/agent is not a program that can be run/,
    );
    const environment = { PATH: bench.root };
    assert.match(
      bench.runner({ environment }).prepare(bench.request({ blocks: [sh("true")] })).problem ?? "",
      /^sh is not on PATH/,
    );
    assert.match(runner.prepare(bench.request()).problem ?? "", /nothing to run/);
  });

  it("is a problem when the file is there but cannot be executed", () => {
    writeFileSync(join(bench.root, "agent"), "", { mode: 0o600 });
    const environment = { PATH: bench.root };
    assert.match(
      bench.runner({ environment }).prepare(bench.request(command("agent"))).problem ?? "",
      /agent is not on PATH/,
    );
  });

  for (const kind of ["posix", "node"] as const) {
    it(`fails as spawn when the program vanished or its interpreter is missing (${kind})`, async () => {
      const own = bench.runner({ wrapper: kind });
      const agent = join(bench.root, "agent");
      writeFileSync(agent, "#!/bin/sh\n", { mode: 0o700 });
      const gone = bench.request(command(agent));
      own.prepare(gone);
      rmSync(agent);
      own.launch(gone.folder);
      await ended(own, gone.folder);
      const { outcome, message } = await own.judge(gone.folder);
      assert.equal(outcome, "spawn");
      assert.match(message ?? "", /^agent could not be run: /);

      writeFileSync(agent, "#!/no/such/interpreter\n", { mode: 0o700 });
      const broken = bench.request(command(agent));
      await bench.run(own, broken);
      assert.equal((await own.judge(broken.folder)).outcome, "spawn");
    });
  }

  it("is no spawn failure when a block does not find one of its commands", async () => {
    const request = bench.request({ blocks: [sh("no-such-command")] });
    await bench.run(runner, request);
    const { outcome, exitCode } = await runner.judge(request.folder);
    assert.deepEqual([outcome, exitCode], ["exit", 127]);
  });

  it("runs blocks of other languages with their interpreters", async () => {
    const block = (language: "bash" | "node" | "python", source: string) => ({
      language,
      source,
      startLine: 0,
      endLine: 2,
    });
    const request = bench.request({
      blocks: [
        block("bash", 'x=(1 2); echo "${#x[@]}"'),
        block("node", "console.log(typeof require)"),
        block("python", "import sys; print(sys.version_info[0])"),
      ],
    });
    await bench.run(runner, request);
    assert.equal(bench.output(request), "2\nfunction\n3\n");
  });
});
