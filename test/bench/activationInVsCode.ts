import { execFile } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { builtCli, chainPlan } from "../support/bed";
import { serverInstallation } from "../support/vscode/installation";
import { VsCodeServer } from "../support/vscode/server";
import { Workbench } from "../support/vscode/workbench";
import { median } from "./measure";

const execute = promisify(execFile);
const measuredSchema = z.object({
  /** Milliseconds of the extension's own script, loading it and `activate()`: the processor's on its thread. */
  processor: z.number(),
  /** The same by the clock. */
  wall: z.number(),
  /** The same with what VS Code does around it, a workbench that is starting up among it. */
  activated: z.number(),
  opened: z.number(),
  /** Bytes by which the extension host grew. */
  memory: z.number(),
});
type Measured = z.infer<typeof measuredSchema>;

/** What the extension costs in the extension host of a real VS Code, without and with a queue. */
export async function benchActivationInVsCode(rounds: number): Promise<string[]> {
  const lines: string[] = [];
  for (const phases of [0, 10_000]) {
    const measured: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      measured.push(await measure(phases));
    }
    const of = (key: keyof Measured): number => median(measured.map((one) => one[key]));
    const opened = phases === 0 ? "" : `, the queue open after ${of("opened").toFixed(0)} ms`;
    lines.push(
      `in VS Code, ${phases === 0 ? "no queue" : `a queue of ${phases} phases`}: its script ` +
        `${of("processor").toFixed(0)} ms of the processor (${of("wall").toFixed(0)} by the clock), active after ${of("activated").toFixed(0)} ms${opened}; the extension host grew by ` +
        `${(of("memory") / 1e6).toFixed(0)} MB`,
    );
  }
  return lines;
}

async function measure(phases: number): Promise<Measured> {
  const server = await VsCodeServer.start(await serverInstallation(), {
    runsTests: true,
    settings: { "phaseHopper.autoStart": false },
  });
  try {
    const workspace = join(server.root, "workspace");
    mkdirSync(workspace);
    if (phases > 0) {
      await fill(server, workspace, phases);
    }
    const suite = { extension: resolve("."), tests: resolve("test/out/bench/activation") };
    let found: Measured | undefined;
    const workbench = await Workbench.open(server, {
      workspace,
      suite,
      onLog(line) {
        const json = /bench: (\{.*\})/.exec(line)?.[1];
        found = json === undefined ? found : measuredSchema.parse(JSON.parse(json));
      },
    });
    try {
      await workbench.testsEnded;
    } finally {
      await workbench.close();
    }
    if (!found) {
      throw new Error("VS Code did not say what was measured.");
    }
    return found;
  } finally {
    await server.stop();
  }
}

/** Enqueues so many phases of 2 KB, and lays the queue beside the folder. */
async function fill(server: VsCodeServer, workspace: string, phases: number): Promise<void> {
  const env = {
    ...process.env,
    HOME: join(server.root, "home"),
    XDG_STATE_HOME: join(server.root, "state"),
    CI: "1",
  };
  writeFileSync(join(workspace, "plan.md"), chainPlan(1000, "x".repeat(1900)));
  for (let stored = 0; stored < phases; stored += 1000) {
    const args = [builtCli, "enqueue", "plan.md", "--yes", "--again", "--json"];
    await execute(process.execPath, args, { cwd: workspace, env, maxBuffer: 2 ** 28 });
  }
  renameSync(join(workspace, ".hopper"), `${workspace}.queue`);
}
