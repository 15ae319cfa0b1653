import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/core/base/clock";
import { HopperError } from "../../../src/core/base/errors";
import type { AttemptRunner } from "../../../src/core/protocol/attempts";
import { survivorsOf } from "../../../src/core/runner/survivors";
import { Bench, ended, sh, waitFor, wrapperKinds } from "./harness";

/** The protocol of files between a host and a wrapper, the same for every wrapper there is. */
for (const kind of wrapperKinds) {
  describe(`the ${kind} wrapper`, () => {
    let bench: Bench;
    let runner: AttemptRunner;
    beforeEach(async () => {
      bench = await Bench.create(kind);
      runner = bench.runner();
    });
    afterEach(() => bench.close());

    it("runs the steps in order and records that they succeeded", async () => {
      const request = bench.request({
        blocks: [sh("echo one"), sh("echo two >&2"), sh("printf three")],
      });
      const { command } = runner.prepare(request);
      assert.deepEqual(command.slice(1), ["-e", join(request.folder, "1.sh")]);
      assert.deepEqual(runner.inspect(request.folder), {
        prepared: true,
        preparedInBoot: runner.bootId,
        alive: false,
      });
      runner.launch(request.folder);
      const { started, exit } = await ended(runner, request.folder);
      assert.equal(started?.bootId, runner.bootId);
      assert.deepEqual(exit, { step: 2, code: 0, signal: null });
      assert.equal(bench.output(request), "one\ntwo\nthree");
      assert.equal(runner.outputSize(request.folder), 13);
      assert.deepEqual(runner.judge(request.folder), { outcome: "completed", exitCode: 0 });
      assert.deepEqual(survivorsOf(request.folder, systemClock), []);
    });

    it("stops at the first step that fails and says which", async () => {
      const request = bench.request({
        blocks: [sh("true"), sh("echo 'no such thing'\nexit 3", 13), sh("echo never")],
      });
      const { exit } = await bench.run(runner, request);
      assert.deepEqual(exit, { step: 1, code: 3, signal: null });
      assert.deepEqual(runner.judge(request.folder), {
        outcome: "exit",
        exitCode: 3,
        message: "step 2 (sh, line 14) exited with code 3: no such thing",
      });
      assert.equal(bench.output(request), "no such thing\n");
    });

    it("ends a block at its first failing command", async () => {
      const request = bench.request({ blocks: [sh("false\necho never")] });
      const { exit } = await bench.run(runner, request);
      assert.deepEqual(exit, { step: 0, code: 1, signal: null });
      assert.equal(bench.output(request), "");
    });

    it("names the signal that ended a step", async () => {
      const request = bench.request({ blocks: [sh("kill -KILL $$")] });
      const { exit } = await bench.run(runner, request);
      assert.deepEqual(exit, { step: 0, code: null, signal: "SIGKILL" });
      const { outcome, signal, message } = await runner.judge(request.folder);
      assert.deepEqual([outcome, signal], ["signal", "SIGKILL"]);
      assert.match(message ?? "", /^step 1 \(sh, line 10\) was ended by SIGKILL/);
    });

    it("runs verify blocks after the steps and announces each in the output", async () => {
      const request = bench.request({ blocks: [sh("echo work")], verify: [sh("exit 4", 19)] });
      const { exit } = await bench.run(runner, request);
      assert.deepEqual(exit, { step: 1, code: 4, signal: null });
      assert.equal(bench.output(request), "work\n[phase-hopper] verify: sh, line 20\n");
      assert.deepEqual(runner.judge(request.folder), {
        outcome: "verify",
        exitCode: 4,
        message: "verify (sh, line 20) exited with code 4: work",
      });
    });

    it("runs the verify blocks of a phase that has no process of its own", async () => {
      const request = bench.request({
        definition: { kind: "manual" },
        runnerName: "manual",
        verify: [sh("echo fine")],
      });
      await bench.run(runner, request);
      assert.equal((await runner.judge(request.folder)).outcome, "completed");
    });

    it("gives steps an empty stdin, the default signal handling and no descriptors but three", async () => {
      const request = bench.request({
        blocks: [sh("cat; ls /proc/self/fd; grep -E '^Sig(Ign|Blk)' /proc/self/status")],
      });
      await bench.run(runner, request);
      const lines = bench.output(request).trim().split("\n");
      // Whatever any child of this process gets is the test's surroundings; the fourth is the folder
      // that `ls` reads.
      assert.deepEqual(lines.slice(0, -2).sort(), inheritedDescriptors());
      const signals = lines.slice(-2);
      for (const line of signals) {
        const mask = BigInt(`0x${line.split(/\s+/)[1] ?? ""}`);
        // The C library keeps the real-time signals from 32 on to itself.
        assert.equal(mask & 0x7fff_ffffn, 0n, line);
      }
    });

    it("gives steps nothing that its host had open for children of its own", async () => {
      const request = bench.request({ blocks: [sh("ls -l /proc/self/fd; echo done")] });
      runner.prepare(request);
      const secret = openSync(join(bench.root, "secret"), "w");
      const open = new Array<number | "ignore">(41).fill("ignore");
      for (const descriptor of [4, 12, 19, 40]) {
        open[descriptor] = secret;
      }
      const host = spawn(
        process.execPath,
        ["--import", "tsx", "test/fixtures/runners/host.ts", kind, request.folder],
        {
          stdio: ["ignore", "inherit", "inherit", ...open.slice(3)],
          env: { ...process.env, HOPPER_TEST_ASSETS: JSON.stringify(bench.assets) },
        },
      );
      closeSync(secret);
      await ended(runner, request.folder);
      host.kill("SIGKILL");
      await waitFor("the host's death", () => host.signalCode === "SIGKILL");
      assert.match(bench.output(request), / 1 -> .*output\.log\n[^]*done\n$/);
      assert.ok(!bench.output(request).includes("secret"), bench.output(request));
    });

    it("keeps its own files from others, and gives steps the umask of the host", async () => {
      for (const mask of [0o000, 0o027, 0o022]) {
        const request = bench.request({ blocks: [sh(`umask; : >made-${mask}`)] });
        runner.prepare(request);
        rmSync(join(request.folder, "output.log"));
        const before = process.umask(mask);
        try {
          // The host's umask is what its launcher was started with.
          bench.runner().launch(request.folder);
        } finally {
          process.umask(before);
        }
        await ended(runner, request.folder);
        assert.equal(Number.parseInt(bench.output(request), 8), mask);
        assert.equal(modeOf(join(bench.root, `made-${mask}`)), 0o666 & ~mask);
        for (const name of ["started", "exit.json", "output.log"]) {
          assert.equal(modeOf(join(request.folder, name)), 0o600, name);
        }
      }
    });

    it("gives steps the attempt's variables and working folder", async () => {
      const request = bench.request({
        title: 'It\'s a "title" with $HOME',
        blocks: [
          sh(
            'printf "%s\\n" "$PWD" "$HOPPER_PLAN" "$HOPPER_PHASE" "$HOPPER_TITLE" "$HOPPER_QUEUE_ID" ' +
              '"$HOPPER_ATTEMPT_ID" "$HOPPER_ANCESTRY" "$GIT_TERMINAL_PROMPT"',
          ),
        ],
      });
      await bench.run(
        bench.runner({ environment: { ...process.env, HOPPER_ANCESTRY: "outer" } }),
        request,
      );
      const { attemptId } = request;
      assert.deepEqual(bench.output(request).trim().split("\n"), [
        bench.root,
        "7",
        "3",
        request.title,
        request.queueId,
        attemptId,
        `outer:${attemptId}`,
        "0",
      ]);
    });

    it("gives steps the language of the host, or none where it has none", async () => {
      for (const language of [undefined, "", "C.UTF-8"]) {
        const request = bench.request({ blocks: [sh('echo "${LC_ALL-none}"')] });
        const environment = { ...process.env, LC_ALL: language };
        await bench.run(bench.runner({ environment }), request);
        assert.equal(bench.output(request), `${language ?? "none"}\n`);
      }
    });

    it("removes secrets and the host's switches from the environment, unless a runner passes them", async () => {
      const secrets = {
        VSCODE_PID: "x",
        ELECTRON_RUN_AS_NODE: "1",
        CLAUDECODE: "x",
        CLAUDE_CODE_ENTRYPOINT: "x",
        GITHUB_TOKEN: "x",
        GH_TOKEN: "kept",
        PHASE_HOPPER_TOKEN: "x",
        HARMLESS: "x",
      };
      const environment = { PATH: process.env["PATH"], ...secrets };
      const own = bench.runner({ environment });
      const names = async (passEnv: string[]) => {
        const request = bench.request({
          definition: { kind: "shell", passEnv },
          blocks: [sh("env | sed 's/=.*//' | sort")],
        });
        await bench.run(own, request);
        const lines = bench.output(request).trim().split("\n");
        return Object.keys(secrets).filter((name) => lines.includes(name));
      };
      assert.deepEqual(await names([]), ["HARMLESS"]);
      assert.deepEqual(await names(["GH_TOKEN"]), ["GH_TOKEN", "HARMLESS"]);
    });

    it("copes with hostile folder names", async () => {
      for (const name of [
        "with  two spaces ",
        "-n",
        "it's",
        'a "quote"',
        "$(touch pwned) `touch pwned` $HOME",
        "back\\slash\\n",
        "tab\there",
        "āĂă ünïcödé \u{1f680} 名前",
        "*?[a-z]~#&;|<>()!",
        "trailing\\",
      ]) {
        const workspace = join(bench.root, name);
        mkdirSync(workspace);
        const request = bench.request({
          workspace,
          folder: join(workspace, ".hopper", "attempts", "q", "1"),
          blocks: [sh("pwd -P")],
        });
        await bench.run(runner, request);
        assert.equal(bench.output(request), `${workspace}\n`);
        assert.equal((await runner.judge(request.folder)).outcome, "completed");
      }
      assert.deepEqual(
        readdirSync(bench.root, { recursive: true }).filter((path) =>
          String(path).endsWith("pwned"),
        ),
        [],
      );
    });

    it("refuses a folder with a line break and an id that is no id", () => {
      const isUsage = (error: unknown) => error instanceof HopperError && error.kind === "usage";
      assert.throws(() => runner.prepare(bench.request({ folder: `${bench.root}/a\nb` })), isUsage);
      assert.throws(() => runner.prepare(bench.request({ attemptId: "a:b" })), isUsage);
    });

    it("passes titles on byte by byte and executes nothing in them", async () => {
      // Only one of the wrappers has a shell between the title and the step.
      const titles = kind === "posix" ? hostileTexts : hostileTexts.slice(-4);
      for (const title of titles) {
        const request = bench.request({
          title,
          instructions: title,
          blocks: [sh('printf %s "$HOPPER_TITLE"')],
        });
        await bench.run(runner, request);
        assert.equal(bench.output(request), title);
      }
      assert.ok(!existsSync(join(bench.root, "pwned")));
      assert.match(
        runner.prepare(bench.request({ title: "a\0b", blocks: [sh("true")] })).problem ?? "",
        /NUL/,
      );
    });

    it("makes a folder only once, readable for nobody else, and leaves nothing when it cannot", () => {
      const request = bench.request({ blocks: [sh("true")] });
      runner.prepare(request);
      const spec = readFileSync(join(request.folder, "spec.json"));
      const hasKind = (kind: string) => (error: unknown) =>
        error instanceof HopperError && error.kind === kind;
      assert.throws(() => runner.prepare(request), hasKind("conflict"));
      assert.deepEqual(readFileSync(join(request.folder, "spec.json")), spec);
      writeFileSync(join(bench.root, "file"), "");
      const blocked = bench.request({ folder: join(bench.root, "file", "attempt") });
      assert.throws(() => runner.prepare(blocked), hasKind("storage"));
    });

    it("starts an attempt once, however often and by how many hosts it is launched", async () => {
      const other = bench.runner();
      let hints = 0;
      runner.onHint(() => (hints += 1));
      other.onHint(() => (hints += 1));
      const request = bench.request({ blocks: [sh("echo ran; sleep 0.05")] });
      runner.prepare(request);
      for (let i = 0; i < 5; i += 1) {
        runner.launch(request.folder);
        other.launch(request.folder);
      }
      await ended(runner, request.folder);
      await waitFor("a word of all ten wrappers", () => hints === 10);
      assert.equal(bench.output(request), "ran\n");
    });

    it("runs no step of an attempt that was stopped while it was being taken", async () => {
      const request = bench.request({ blocks: [sh("echo ran")] });
      runner.prepare(request);
      writeFileSync(join(request.folder, "stopped"), "");
      const told = new Promise<string>((resolve) => runner.onHint(resolve));
      runner.launch(request.folder);
      assert.equal(await told, request.folder);
      await waitFor("the wrapper's end", () => !runner.inspect(request.folder).alive);
      const { started, exit } = runner.inspect(request.folder);
      assert.ok((started?.pid ?? 0) > 0);
      assert.equal(exit, undefined);
      assert.equal(bench.output(request), "");
    });

    it("hints when the attempt has ended", async () => {
      const request = bench.request({ blocks: [sh("until [ -e go ]; do sleep 0.01; done")] });
      const seen: boolean[] = [];
      runner.onHint((folder) => {
        assert.equal(folder, request.folder);
        seen.push(runner.inspect(folder).exit !== undefined);
      });
      runner.prepare(request);
      runner.launch(request.folder);
      await waitFor("the start", () => runner.inspect(request.folder).alive);
      assert.deepEqual(seen, []);
      writeFileSync(join(bench.root, "go"), "");
      await waitFor("the hint", () => seen.length === 1);
      assert.deepEqual(seen, [true]);
    });

    it("outlives its host, and another host reads the outcome", async () => {
      const request = bench.request({
        blocks: [sh("until [ -e go ]; do sleep 0.01; done; echo done")],
      });
      runner.prepare(request);
      const host = spawn(
        process.execPath,
        ["--import", "tsx", "test/fixtures/runners/host.ts", kind, request.folder],
        {
          stdio: ["ignore", "inherit", "inherit"],
          env: { ...process.env, HOPPER_TEST_ASSETS: JSON.stringify(bench.assets) },
        },
      );
      await waitFor("the start", () => runner.inspect(request.folder).alive);
      host.kill("SIGKILL");
      await waitFor("the host's death", () => host.signalCode === "SIGKILL");
      assert.ok(runner.inspect(request.folder).alive);
      writeFileSync(join(bench.root, "go"), "");
      const { exit } = await ended(runner, request.folder);
      assert.deepEqual(exit, { step: 0, code: 0, signal: null });
      assert.equal(bench.output(request), "done\n");
    });

    it("leaves its wrappers alive when it is disposed", async () => {
      const request = bench.request({ blocks: [sh("until [ -e go ]; do sleep 0.01; done")] });
      runner.prepare(request);
      runner.launch(request.folder);
      await waitFor("the start", () => runner.inspect(request.folder).alive);
      runner.dispose();
      writeFileSync(join(bench.root, "go"), "");
      await ended(runner, request.folder);
      assert.equal((await runner.judge(request.folder)).outcome, "completed");
    });

    it("says so when the workspace folder is gone", async () => {
      const request = bench.request({ workspace: join(bench.root, "gone"), blocks: [sh("true")] });
      await bench.run(runner, request);
      const { outcome, message } = await runner.judge(request.folder);
      assert.equal(outcome, "spawn");
      assert.match(message ?? "", /workspace folder .*gone cannot be entered/);
    });
  });
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

function inheritedDescriptors(): string[] {
  const { stdout } = spawnSync("ls", ["/proc/self/fd"], { encoding: "utf8" });
  return stdout.trim().split("\n").sort();
}

const hostileTexts = [
  "; touch pwned",
  "$(touch pwned)",
  "`touch pwned`",
  "' ; touch pwned ; '",
  '"; touch pwned; "',
  "'\\''; touch pwned; '\\''",
  "| touch pwned",
  "&& touch pwned",
  "a\ntouch pwned\n",
  "\\",
  "'",
  "''",
  "%s%n %PATH% !x! ^&|",
  "--dangerously-skip-permissions",
  "-e",
  "@file",
  "${IFS}touch${IFS}pwned",
  "\u2018\u2019\u201c\u201d \u202e rtl",
  "\u0001\u0081\u0082\u0088 control",
  "\u{1f4a3}",
  " leading and trailing ",
  "x".repeat(60_000),
];
