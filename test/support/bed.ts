import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/core/base/clock";
import { silentLogger } from "../../src/core/base/log";
import { createHopper, type Hopper, type HopperOptions } from "../../src/core/hopper";
import { currentMachine } from "../../src/core/ownership/machine";
import { currentUser, openStateFolder } from "../../src/core/ownership/stateFolder";
import { builtInRunners } from "../../src/core/runner/presets";
import { builtAssets, dist } from "./assets";
import { ownEnvironment } from "./ownEnvironment";

export const builtCli = join(dist, "cli.js");

/** A folder with workspaces and a home of its own, and the hoppers opened in it. */
export class Bed {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "hopper-bed-")));
  readonly workspace = this.folder("workspace");
  readonly environment: NodeJS.ProcessEnv = {
    ...ownEnvironment(),
    HOME: this.root,
    XDG_STATE_HOME: this.root,
    CI: "1",
  };
  private readonly hoppers: Hopper[] = [];

  /** Makes a folder beside the workspace. */
  folder(name: string): string {
    const path = join(this.root, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  async openHopper(options: Partial<HopperOptions> = {}): Promise<Hopper> {
    const user = { ...currentUser(), env: this.environment, home: this.root };
    const hopper = await createHopper({
      workspace: this.workspace,
      program: "cli",
      version: "test",
      assets: builtAssets,
      clock: systemClock,
      logger: silentLogger,
      state: openStateFolder(user),
      machine: currentMachine(user),
      environment: this.environment,
      runners: () => builtInRunners,
      maxConcurrentPhases: () => 1,
      ...options,
    });
    this.hoppers.push(hopper);
    return hopper;
  }

  /** Stops every hopper and removes everything. */
  async remove(): Promise<void> {
    for (const hopper of this.hoppers) {
      await hopper.cancelAll();
      await hopper.stop();
    }
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
