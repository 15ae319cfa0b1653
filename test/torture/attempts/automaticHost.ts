import { systemClock } from "../../../src/core/base/clock";
import { silentLogger } from "../../../src/core/base/log";
import { createHopper } from "../../../src/core/hopper";
import { currentMachine } from "../../../src/core/ownership/machine";
import { currentUser, openStateFolder } from "../../../src/core/ownership/stateFolder";
import { builtInRunners } from "../../../src/core/runner/presets";
import { assetsIn } from "../../support/assets";

/**
 * Opens a queue as the extension does when it is activated, starts what is ready, says what came of
 * it, and stays until it is killed.
 *
 * usage: node automaticHost.js WORKSPACE HOME ASSETS_FOLDER
 */
async function open(workspace: string, home: string, assets: string): Promise<void> {
  const environment = { ...process.env, HOME: home, XDG_STATE_HOME: home };
  const user = { ...currentUser(), env: environment, home };
  const hopper = await createHopper({
    workspace,
    program: "cli",
    version: "test",
    assets: assetsIn(assets),
    clock: systemClock,
    logger: silentLogger,
    state: openStateFolder(user),
    machine: currentMachine(user),
    environment,
    runners: () => builtInRunners,
    maxConcurrentPhases: () => 1,
    automatic: true,
  });
  const { pausedReason } = hopper.snapshot();
  if (pausedReason === undefined) {
    hopper.run();
  }
  console.log(pausedReason ?? "goes on");
  setInterval(() => undefined, 60_000);
}

const [workspace = "", home = "", assets = ""] = process.argv.slice(2);
void open(workspace, home, assets);
