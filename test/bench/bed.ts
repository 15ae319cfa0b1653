import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Assets } from "../../src/core/base/assets";
import { systemClock } from "../../src/core/base/clock";
import { silentLogger } from "../../src/core/base/log";
import { createHopper, type Hopper } from "../../src/core/hopper";
import { currentMachine } from "../../src/core/ownership/machine";
import { currentUser, openStateFolder } from "../../src/core/ownership/stateFolder";
import { builtInRunners } from "../../src/core/runner/presets";

/** Where `npm run build` puts what the core needs. */
const dist = resolve(__dirname, "../../dist");
export const builtCli = join(dist, "cli.js");
const builtAssets: Assets = {
  sqlWasm: join(dist, "sql-wasm.wasm"),
  snapshotWorker: join(dist, "snapshotWorker.js"),
  wrapperScript: join(dist, "wrapper.sh"),
  wrapperProgram: join(dist, "wrapper.js"),
  launcherScript: join(dist, "launcher.sh"),
};

/** A workspace and a home of its own for one measurement. */
export class Bed {
  private readonly root = mkdtempSync(join(tmpdir(), "hopper-bench-"));
  readonly workspace = mkdtempSync(join(this.root, "workspace-"));
  readonly environment = { ...process.env, HOME: this.root, XDG_STATE_HOME: this.root, CI: "1" };

  openHopper(): Promise<Hopper> {
    const user = { ...currentUser(), env: this.environment, home: this.root };
    return createHopper({
      workspace: this.workspace,
      program: "cli",
      version: "bench",
      assets: builtAssets,
      clock: systemClock,
      logger: silentLogger,
      state: openStateFolder(user),
      machine: currentMachine(user),
      environment: this.environment,
      runners: () => builtInRunners,
      maxConcurrentPhases: () => 1,
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A plan of so many phases, each running `true`, with so much text in each. */
export function chainPlan(phases: number, text = ""): string {
  return Array.from(
    { length: phases },
    (_, index) => `## Phase ${index + 1}: Step ${index + 1}\n\n${text}\n\n\`\`\`sh\ntrue\n\`\`\`\n`,
  ).join("\n");
}
