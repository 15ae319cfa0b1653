import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { planText, until, useWorkspace } from "../support/workspace";

describe("the commands to go on with", () => {
  const workspace = useWorkspace();
  const plan = planText("Far", [
    { lines: ["Runner: a-helper"], sh: "echo 1 >> ledger; test -e mended" },
    { lines: ["Runner: a-helper"], sh: `echo 2 >> ledger; touch up; ${until("go")}` },
  ]);
  const given = ["--dir", "it's there", "--config", "runners.json"];

  beforeEach(() => {
    workspace().write("plan.md", plan);
    workspace().write(
      "runners.json",
      JSON.stringify({ runners: { "a-helper": { kind: "shell" } } }),
    );
    mkdirSync(workspace().file("it's there"));
  });

  /** Types the command that the output offers for this, as it stands there, into a shell. */
  function type(output: string, purpose: string): { code: number | null; output: string } {
    const command = new RegExp(String.raw`^  (phase-hopper .*?)(?:  |\n    )${purpose}$`, "m");
    const [, typed] = command.exec(output) ?? [];
    assert.ok(typed, `nothing is offered that "${purpose}":\n${output}`);
    const bin = workspace().outside("bin");
    mkdirSync(bin, { recursive: true });
    const program = `#!/bin/sh\nexec '${process.execPath}' '${resolve("dist/cli.js")}' "$@"\n`;
    writeFileSync(`${bin}/phase-hopper`, program, { mode: 0o755 });
    const { status, stdout, stderr } = spawnSync("sh", ["-c", typed], {
      cwd: workspace().path,
      encoding: "utf8",
      env: workspace().environment({ PATH: `${bin}:${process.env["PATH"] ?? ""}` }),
    });
    return { code: status, output: `${stdout}${stderr}` };
  }

  it("lead to the same queue and the same runners as the options that were given", async () => {
    const failed = await workspace().expect(1, ["run", "plan.md", ...given]);
    workspace().write("it's there/mended", "");
    workspace().write("it's there/go", "");
    const retried = type(failed.stdout, "tries it again");
    assert.equal(retried.code, 0, retried.output);
    assert.match(retried.output, /^2 completed/m);
    assert.equal(workspace().read("it's there/ledger"), "1\n1\n2\n");
  });

  it("come back to the same run after Ctrl-C, and enqueue nothing a second time", async () => {
    workspace().write("it's there/mended", "");
    const run = workspace().start(["run", "plan.md", ...given, "--max-concurrent", "2"]);
    await workspace().wrote("it's there/up");
    run.child.kill("SIGTERM");
    const { stdout } = await run.ended;
    assert.match(stdout, / --max-concurrent 2\b/);
    workspace().write("it's there/go", "");
    const back = type(stdout, "comes back to it");
    assert.equal(back.code, 0, back.output);
    assert.equal(workspace().read("it's there/ledger"), "1\n2\n");
    const listed = await workspace().expect(0, ["list", "--dir", "it's there"]);
    assert.doesNotMatch(listed.stdout, /Plan 2/);
  });

  it("of a command that changes something name the queue it was given", async () => {
    await workspace().expect(0, ["enqueue", "plan.md", ...given]);
    const { stdout } = await workspace().expect(0, ["pause", "--dir", "it's there"]);
    assert.equal(
      stdout,
      "The queue is paused. `phase-hopper resume --dir 'it'\\''s there'` lets it go on.\n",
    );
    const listed = await workspace().expect(0, ["list", "--dir", "it's there"]);
    const command = "phase-hopper resume --dir 'it'\\''s there' && phase-hopper run --dir";
    assert.ok(listed.stdout.includes(command), listed.stdout);
  });
});
