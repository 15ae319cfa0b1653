import { createHopper, type Hopper } from "../../core/hopper";
import { currentMachine } from "../../core/ownership/machine";
import { currentUser, openStateFolder } from "../../core/ownership/stateFolder";
import type { Context } from "../context";
import { githubAccess } from "../github/access";
import type { RunnerSettings } from "./runnerSettings";

/**
 * Opens the workspace's queue as its owner and says what opening found; whoever calls stops it.
 *
 * @throws HopperError `owned`, `foreign`, `damaged`, `newerVersion` or `storage`.
 */
export async function openOwner(
  context: Context,
  settings: RunnerSettings,
  { repair = false, adopt = context.options.flag("adopt") } = {},
): Promise<Hopper> {
  const { options, workspace, clock, logger } = context;
  const user = currentUser();
  return createHopper({
    workspace: workspace.path,
    program: "cli",
    version: context.version,
    assets: context.assets,
    clock,
    logger,
    state: openStateFolder(user),
    machine: currentMachine(user),
    environment: context.environment,
    runners: () => settings.runners,
    maxConcurrentPhases: () => settings.maxConcurrentPhases,
    workflowHistory: () => settings.workflowHistory,
    adopt,
    takeOver: options.flag("takeOver"),
    repair,
    github: githubAccess(context),
  });
}
