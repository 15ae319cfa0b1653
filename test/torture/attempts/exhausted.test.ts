import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { answer, listAnswer, type ListedPhase } from "../../support/answers";
import { planText } from "../../support/workspace";
import { figure, isWhole } from "../support/extent";

/** Nobody's: whoever runs these tests may have as many processes as there is room for. */
const user = "54321";

/** Processes and threads of that user, from too few for Node itself to enough for everything. */
const limits = isWhole ? Array.from({ length: 12 }, (_, i) => 8 + 2 * i) : [12, 14, 17, 30];

describe("a machine whose processes are used up", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hopper-exhausted-"));
    cpSync(resolve("dist"), join(root, "dist"), { recursive: true });
    chmodSync(root, 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("fails the phase with the reason, or does it; a retry goes on when there is room", function () {
    this.timeout(limits.length * 120_000);
    const refusal = whyNot(root);
    if (refusal !== undefined) {
      figure("D8 attempts, no process left (EAGAIN)", `not tried: ${refusal}`);
      return;
    }
    const came = { "could not begin": 0, failed: 0, completed: 0 };
    for (const limit of limits) {
      const workspace = join(root, `workspace ${limit}`);
      mkdirSync(workspace);
      chmodSync(workspace, 0o777);
      const step = "echo $HOPPER_ATTEMPT_ID >> ledger; true | cat | cat | cat";
      writeFileSync(join(workspace, "plan.md"), planText("Crowded", [{ sh: step }, { sh: step }]));

      const first = run(workspace, limit, "run", "plan.md", "--yes");
      const said = `limit ${limit}: ${String(first.status)}\n${first.stdout}${first.stderr}`;
      assert.doesNotMatch(first.stderr, /^ {4}at .*cli\.js/m, said);
      if (first.status === 1) {
        came.failed++;
        // A shell that cannot fork dies of it, and its last words are in the log, which is shown.
        const reason =
          /failed after .*(EAGAIN|fork|could not be started)|without leaving a result\n.*fork/;
        assert.match(first.stdout, reason, said);
        const phases = list(workspace);
        assert.ok(
          phases.every(({ status }) => status !== "running" && status !== "completed"),
          said,
        );
        const [phase] = phases;
        assert.equal(run(workspace, undefined, "retry", phase?.queue_id ?? "").status, 0, said);
      } else if (first.status === 0) {
        came.completed++;
      } else {
        // Node aborts where it cannot have its own threads.
        came["could not begin"]++;
        assert.equal(first.signal, "SIGABRT", said);
      }
      // With a plan that is done there is nothing left to go on with.
      const goOn = first.status === 0 ? ["list"] : ["run", "plan.md", "--yes"];
      const second = run(workspace, undefined, ...goOn);
      assert.equal(second.status, 0, `${said}\nthen: ${second.stdout}${second.stderr}`);
      assert.ok(
        list(workspace).every(({ status }) => status === "completed"),
        said,
      );
      const ledger = readFileSync(join(workspace, "ledger"), "utf8").trimEnd().split("\n");
      assert.equal(new Set(ledger).size, ledger.length, `${said}: an attempt ran twice`);
    }
    const counts = Object.entries(came).map(([what, times]) => `${times} ${what}`);
    figure(
      "D8 attempts, no process left (EAGAIN)",
      `${limits.length} limits of ${limits[0]} to ${limits.at(-1)} processes and threads: ${counts.join(", ")}; ` +
        `0 attempts run twice, all completed once there was room`,
    );
  });

  /** Calls the command line as that user, with at most so many processes and threads of it. */
  function run(workspace: string, limit: number | undefined, ...args: readonly string[]) {
    const program = [process.execPath, join(root, "dist", "cli.js"), ...args];
    return as(
      workspace,
      limit === undefined ? program : ["prlimit", `--nproc=${limit}`, ...program],
    );
  }

  function list(workspace: string): readonly ListedPhase[] {
    const { stdout } = run(workspace, undefined, "list", "--json");
    return answer(listAnswer, stdout).phases;
  }
});

function as(folder: string, program: readonly string[]) {
  return spawnSync("setpriv", ["--reuid", user, "--regid", user, "--clear-groups", ...program], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, LANG: "C.UTF-8" },
  });
}

/** Why this machine does not let us be that user; undefined where it does. */
function whyNot(folder: string): string | undefined {
  const { status, stderr, error } = as(folder, [
    ...["prlimit", "--nproc=200", process.execPath],
    ...["-e", `require("node:fs").readdirSync(${JSON.stringify(join(folder, "dist"))})`],
  ]);
  const why = error?.message ?? stderr.trim().split("\n")[0] ?? "";
  return status === 0 ? undefined : `nobody else's limits can be set here (${why})`;
}
