import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { answer, errorAnswer } from "../support/answers";
import { planText, useWorkspace } from "../support/workspace";

describe("the command line itself", () => {
  const workspace = useWorkspace();

  it("prints its version and its help", async () => {
    const version = await workspace().expect(0, ["--version"]);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    const help = await workspace().expect(0, ["--help"]);
    for (const name of ["run", "check", "enqueue", "list", "show", "start", "retry", "cancel"]) {
      assert.match(help.stdout, new RegExp(`^ {2}${name} `, "m"));
    }
    const run = await workspace().expect(0, ["run", "--help"]);
    assert.match(run.stdout, /--max-concurrent/);
    assert.match(run.stdout, /--dir/);
    assert.ok(run.stdout.split("\n").every((line) => line.length <= 100));
  });

  it("fits its help into a terminal of 80 columns", async () => {
    for (const args of [["--help"], ["run", "--help"], ["enqueue", "--help"]]) {
      const cli = workspace().onTerminal(args, { columns: 80 });
      assert.equal(await cli.ended, 0);
      assert.match(cli.screen.text, /--dir/);
      assert.equal(cli.screen.wraps, 0, cli.screen.text);
    }
  });

  it("answers a bad command line in one line, with exit code 2 and a way on", async () => {
    const bad: readonly (readonly [readonly string[], RegExp])[] = [
      [["rum"], /unknown command 'rum'.*run/],
      [["run", "--parallel", "2"], /unknown option '--parallel'/],
      [["run", "--max-concurrent", "0"], /--max-concurrent.*whole number from 1/],
      [["run", "a.md", "b.md"], /too many arguments/],
      [["retry"], /missing required argument 'id'/],
      [["enqueue", "plan.md", "--priority", "huge"], /Allowed choices are urgent, high/],
      [["list", "--dir", "/nowhere/at/all"], /there is no folder/],
      [["run", "missing.md"], /There is no plan .*missing\.md/],
      [["run", "plan.md", "--runner", "nobody"], /There is no runner "nobody": choose one of/],
      [["run", "plan.md", "--config", "none.json"], /none\.json cannot be read/],
      [["run", "plan.md", "--replace", "--keep"], /'--keep' cannot be used with .*'--replace'/],
      [["enqueue", "plan.md", "--again", "--replace"], /'--replace' cannot be .*'--again'/],
    ];
    workspace().write("plan.md", planText("Plan", [{ sh: "true" }]));
    for (const [args, expected] of bad) {
      const { stderr, stdout } = await workspace().expect(2, args);
      assert.match(stderr, expected);
      assert.match(stderr, /^error: .+\n$/);
      assert.equal(stdout, "");
      const json = await workspace().expect(2, [...args, "--json"]);
      answer(errorAnswer, json.stdout);
      assert.equal(json.stderr, "");
    }
    assert.equal((await workspace().call([])).code, 2);
  });

  it("knows phases and plans apart, and says which there are not", async () => {
    workspace().write("plan.md", planText("Plan", [{ sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const plan = await workspace().expect(2, ["skip", "1"]);
    assert.match(plan.stderr, /1 is a plan: name one of its phases, such as 1\.1/);
    for (const id of ["1.2", "2.1", "9", "nonsense"]) {
      const { stderr } = await workspace().expect(2, ["skip", id]);
      assert.match(stderr, /^error: There is no phase .*phase-hopper list/);
    }
    await workspace().expect(2, ["pause", "7"]);
    const removed = await workspace().expect(2, ["remove", "7"]);
    assert.match(removed.stderr, /^error: There is no plan 7 /);
  });

  it("names what there is not by a command that can be typed where this one was", async () => {
    workspace().write("my notes/plan.md", planText("Plan", [{ sh: "true" }]));
    const elsewhere = { folder: workspace().outside("home") };
    const dir = ["--dir", "../workspace/my notes"];
    await workspace().expect(
      0,
      ["enqueue", "../workspace/my notes/plan.md", "--yes", ...dir],
      elsewhere,
    );
    for (const args of [
      ["skip", "1.2"],
      ["skip", "1"],
      ["pause", "7"],
    ]) {
      const { stderr } = await workspace().expect(2, [...args, ...dir], elsewhere);
      const [, named = ""] = /`phase-hopper (list [^`]*)`/.exec(stderr) ?? [];
      const words = spawnSync("sh", ["-c", `printf '%s\\n' ${named}`], { encoding: "utf8" }).stdout;
      const listed = await workspace().expect(0, words.trimEnd().split("\n"), elsewhere);
      assert.match(listed.stdout, /1\.1/, stderr);
    }
  });

  it("shows a stack only with --debug", async () => {
    const { stderr } = await workspace().call(["run", "missing.md", "--debug"]);
    assert.match(stderr, /^ {4}at /m);
  });

  it("has colours on a terminal only, and none with NO_COLOR", async () => {
    workspace().write("plan.md", planText("Plan", [{ sh: "true" }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    // eslint-disable-next-line no-control-regex -- colours begin like this
    const colour = /\u001b\[\d+(;\d+)*m/;
    const piped = await workspace().expect(0, ["list"]);
    assert.doesNotMatch(piped.stdout, colour);
    const onTerminal = workspace().onTerminal(["list"]);
    await onTerminal.ended;
    assert.match(onTerminal.bytes(), colour);
    for (const environment of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
      const plain = workspace().onTerminal(["list"], { environment });
      await plain.ended;
      assert.doesNotMatch(plain.bytes(), colour);
    }
    const forced = await workspace().expect(0, ["list"], { environment: { FORCE_COLOR: "1" } });
    assert.match(forced.stdout, colour);
  });

  it("ends quietly when nobody reads its output any more", async () => {
    const phases = Array.from({ length: 900 }, () => ({ sh: "true" }));
    workspace().write("plan.md", planText("Long", phases));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    for (const args of [["list"], ["list", "--json"], ["show", "1.1"]]) {
      const { child, ended } = workspace().start(args);
      child.stdout.destroy();
      const { code, stderr } = await ended;
      assert.deepEqual([code, stderr], [0, ""]);
    }
  });

  it("says in one line what is wrong with the folder, and what to do", async () => {
    workspace().write("file/.hopper", "");
    const broken = workspace().outside("with\na line break");
    mkdirSync(broken);
    const refusals: readonly (readonly [string, RegExp])[] = [
      [
        workspace().file("file"),
        /\.hopper is a file where the queue's folder belongs: move it away/,
      ],
      [workspace().file("file/.hopper"), /there is no folder/],
      [broken, /"[^"]*with\\na line break" has a line break in its path: rename it/],
    ];
    workspace().write("plan.md", planText("Plan", [{ sh: "true" }]));
    for (const [folder, expected] of refusals) {
      for (const args of [["list"], ["run", "plan.md", "--yes"], ["pause"], ["show", "1.1"]]) {
        const { stderr } = await workspace().expect(2, [...args, "--dir", folder]);
        assert.match(stderr, expected);
        assert.match(stderr, /^error: .+\n$/);
      }
    }
  });

  it("says so in one line when the current folder is gone", () => {
    const gone = workspace().outside("gone");
    mkdirSync(gone);
    const cli = [process.execPath, resolve("dist/cli.js"), "list"].join(" ");
    const { status, stderr } = spawnSync("sh", ["-c", `cd ${gone} && rmdir ${gone} && ${cli}`], {
      env: workspace().environment(),
      encoding: "utf8",
    });
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^error: The current folder cannot be used \(ENOENT\): .* Go to another one.*\n$/,
    );
  });

  it("takes --json without a command for a mistake, and says so as JSON", async () => {
    const { stdout, stderr } = await workspace().expect(2, ["--json"]);
    const { kind, message } = answer(errorAnswer, stdout).error;
    assert.deepEqual([kind, stderr], ["usage", ""]);
    assert.match(message, /^No command was given\./);
  });
});
