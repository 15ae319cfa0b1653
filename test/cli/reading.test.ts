import assert from "node:assert/strict";
import { answer, listAnswer, logLine, showAnswer } from "../support/answers";
import { eventually } from "../support/eventually";
import { planText, until, useWorkspace } from "../support/workspace";

describe("commands that read", () => {
  const workspace = useWorkspace();

  it("list shows plans, phases, why they wait and how to go on", async () => {
    workspace().write(
      "plan.md",
      planText("Listed", [{ title: "Setup", sh: "true" }, { sh: "exit 3" }, { sh: "true" }]),
    );
    await workspace().expect(1, ["run", "plan.md", "--yes"]);
    const { stdout } = await workspace().expect(0, ["list"]);
    const lines = stdout.replaceAll(/\d+\.\d+s/g, "TIME").split("\n");
    assert.deepEqual(lines.slice(0, 5), [
      "Plan 1  Listed  1 completed, 1 failed, 1 blocked",
      "  ✓ 1.1  Setup   completed  TIME",
      "  ✗ 1.2  Step 2  failed     TIME  step 1 (sh, line 11) exited with code 3",
      "  ⊘ 1.3  Step 3  blocked          Phase 2 failed: step 1 (sh, line 11) exited with code 3",
      "",
    ]);
    assert.match(stdout, /^Phase 2 failed\.$/m);
    assert.match(stdout, /^ {2}phase-hopper retry 1\.2 && phase-hopper run {2}/m);
    const one = await workspace().expect(0, ["list", "1", "--json"]);
    assert.equal(answer(listAnswer, one.stdout).total, 3);
    await workspace().expect(2, ["list", "2"]);
  });

  it("show tells everything about a phase", async () => {
    workspace().write(
      "plan.md",
      planText("Shown", [
        { title: "Setup", sh: "true" },
        { title: "Build", sh: "exit 3" },
      ]),
    );
    await workspace().expect(1, ["run", "plan.md", "--yes"]);
    const { stdout } = await workspace().expect(0, ["show", "1.2"]);
    for (const expected of [
      /^1\.2 {2}Build$/m,
      /^status +✗ failed \(exit\)/m,
      /^plan +1 {2}Shown$/m,
      /^file +\/.*\/plan\.md$/m,
      /^after +Phase 1 \(completed\)$/m,
      /^runner +shell$/m,
      /^attempt 1 +exit, exit code 3, /m,
      /^command +\/.*sh -e \/.*\.sh$/m,
      /^ {2}exit 3$/m,
    ]) {
      assert.match(stdout, expected);
    }
    const { stdout: text } = await workspace().expect(0, ["show", "1.2", "--json"]);
    const json = answer(showAnswer, text);
    assert.equal(json.phase.status, "failed");
    assert.equal(json.plan.title, "Shown");
    assert.equal(json.attempts[0]?.exit_code, 3);
  });

  it("log prints an attempt's bytes as they are, of any attempt", async () => {
    workspace().write(
      "plan.md",
      planText("Logged", [{ sh: String.raw`printf 'a\033[1mb\377' ; test -e ok` }]),
    );
    await workspace().expect(1, ["run", "plan.md", "--yes"]);
    await workspace().expect(0, ["retry", "1.1"]);
    workspace().write("ok", "");
    await workspace().expect(0, ["run", "plan.md"]);
    for (const args of [
      ["log", "1.1"],
      ["log", "1.1", "--attempt", "1"],
      ["log", "-f", "1.1"],
    ]) {
      const { child, ended } = workspace().start(args);
      const chunks: Buffer[] = [];
      child.stdout.on("data", (data: string) => chunks.push(Buffer.from(data, "utf8")));
      await ended;
      assert.equal(Buffer.concat(chunks).toString("utf8"), "a\u{1b}[1mb\u{fffd}");
    }
    const { stderr } = await workspace().expect(2, ["log", "1.1", "--attempt", "3"]);
    assert.equal(stderr, "error: Phase 1.1 has no attempt 3: it has 2.\n");
  });

  it("log -f follows an attempt until it ends, with or without an owner", async () => {
    workspace().write(
      "plan.md",
      planText("Followed", [{ sh: `echo one; ${until("go")}; echo two` }]),
    );
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const { stderr } = await workspace().expect(2, ["log", "1.1"]);
    assert.equal(stderr, "error: Phase 1.1 has not been started yet: it is ready.\n");
    await workspace().expect(0, ["start", "1.1"]);
    const raw = workspace().start(["log", "-f", "1.1"]);
    const json = workspace().start(["log", "-f", "1.1", "--json"]);
    await Promise.all([
      new Promise((resolve) => raw.child.stdout.once("data", resolve)),
      new Promise((resolve) => json.child.stdout.once("data", resolve)),
    ]);
    assert.equal(raw.output(), "one\n");
    workspace().write("go", "");
    const ended = await raw.ended;
    assert.deepEqual([ended.code, ended.stdout], [0, "one\ntwo\n"]);
    const texts = (await json.ended).stdout
      .trimEnd()
      .split("\n")
      .map((line) => answer(logLine, line).text);
    assert.equal(texts.join(""), "one\ntwo\n");
    await workspace().expect(0, ["run"]);
  });

  it("takes what could fool a terminal out of titles and messages", async () => {
    const title = "Evil \u{1b}[2Jtitle\u{202e}gpj";
    workspace().write(
      "plan.md",
      planText(title, [{ title, sh: String.raw`printf '\033]0;owned\007 bad\033[31m\n'; exit 1` }]),
    );
    const { stdout } = await workspace().expect(1, ["run", "plan.md", "--yes"]);
    const list = await workspace().expect(0, ["list"]);
    const show = await workspace().expect(0, ["show", "1.1"]);
    for (const text of [stdout, list.stdout, show.stdout]) {
      // eslint-disable-next-line no-control-regex -- exactly those must not be there
      assert.doesNotMatch(text, /[\u001b\u0007\u202e]/);
      assert.match(text, /Evil/);
    }
  });

  it("show lists what outlived a successful attempt, for as long as it lives", async () => {
    workspace().write("plan.md", planText("Left", [{ sh: "sleep 600 & touch up" }]));
    await workspace().expect(0, ["run", "plan.md", "--yes"]);
    const [left] = workspace().processes();
    assert.equal(left?.command, "sleep 600");
    const { stdout } = await workspace().expect(0, ["show", "1.1"]);
    assert.match(stdout, new RegExp(`^still alive +${left.pid} {2}sleep 600$`, "m"));
    const json = await workspace().expect(0, ["show", "1.1", "--json"]);
    assert.deepEqual(answer(showAnswer, json.stdout).attempts[0]?.["survivors"], [
      { pid: left.pid, command: "sleep 600" },
    ]);
    process.kill(left.pid, "SIGKILL");
    await eventually("it is gone", () => workspace().processes().length === 0);
    assert.doesNotMatch((await workspace().expect(0, ["show", "1.1"])).stdout, /still alive/);
  });
});
