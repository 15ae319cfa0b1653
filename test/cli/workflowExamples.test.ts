import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { planText, useWorkspace } from "../support/workspace";

const execute = promisify(execFile);

/** The examples of docs/workflows.md in one language, as they stand there, in order. */
function examples(language: string): string[] {
  const page = readFileSync("docs/workflows.md", "utf8");
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , source = ""]) => source);
}

describe("the examples of docs/workflows.md", () => {
  const workspace = useWorkspace();

  /** Runs a script in the workspace, with `phase-hopper` as one of its programs. */
  async function bash(script: string): Promise<string> {
    const bin = workspace().outside("bin");
    mkdirSync(bin);
    const program = `#!/bin/sh\nexec "${process.execPath}" "${resolve("dist/cli.js")}" "$@"\n`;
    writeFileSync(join(bin, "phase-hopper"), program, { mode: 0o755 });
    const environment = workspace().environment();
    const env = { ...environment, PATH: `${bin}:${environment["PATH"] ?? ""}` };
    const whole = `set -e\ntrap 'kill $(jobs -p) 2> /dev/null || true; wait' EXIT\n${script}`;
    const options = { cwd: workspace().path, env };
    return (await execute("bash", ["-c", whole], options)).stdout;
  }

  /** A plan of so many phases that wait for an outside program. */
  function writePlan(count: number): void {
    const phases = Array.from({ length: count }, () => ({ lines: ["Runner: external"] }));
    workspace().write("plan.md", planText("Outside", phases));
  }

  it("report over the API, with a token, and as rows of our own table", async () => {
    writePlan(3);
    const [serving = "", report = "", token = "", rows = ""] = examples("sh");
    const [findPhase = ""] = report.split("\n\n");
    await bash(
      [
        "git init --quiet && git -c user.name=a -c user.email=a commit --quiet --allow-empty -m one",
        "phase-hopper enqueue plan.md",
        serving,
        report,
        token,
        findPhase,
        rows,
      ].join("\n"),
    );
    assert.deepEqual(await workspace().statuses(), ["completed", "completed", "completed"]);
    const [first] = await workspace().phases();
    assert.equal(first?.adw_id, "adw-42");
  });

  it("report from Python, where its requests are installed", async function () {
    try {
      await execute("python3", ["-c", "import requests"]);
    } catch {
      this.skip();
    }
    writePlan(1);
    const [serving = ""] = examples("sh");
    const [report = ""] = examples("python");
    workspace().write("report.py", report);
    const said = await bash(`phase-hopper enqueue plan.md\n${serving}\npython3 report.py`);
    assert.match(said, /Phase 1 was marked as failed/);
    assert.deepEqual(await workspace().statuses(), ["failed"]);
  });

  it("note runs in an SQLite file", async () => {
    writePlan(1);
    const [, history = ""] = examples("python");
    workspace().write("history.py", history);
    await workspace().expect(0, ["enqueue", "plan.md"]);
    const [phase] = await workspace().phases();
    await bash(
      [
        "phase-hopper run --workflow-history workflow_history.db &",
        // What is there before the run knows the file does not count.
        "until grep -q workflow_history.db .hopper/queue.journal; do sleep 0.1; done",
        `python3 history.py ${phase?.queue_id ?? ""}`,
        "wait %1",
      ].join("\n"),
    );
    assert.deepEqual(await workspace().statuses(), ["completed"]);
  });
});
