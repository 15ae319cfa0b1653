import { resolve } from "node:path";
import type { Runners } from "../../core/protocol/runners";
import { builtInRunners } from "../../core/runner/presets";
import { loadRunnerConfig } from "../../core/runner/runnerConfig";
import type { Context } from "../context";

export interface RunnerSettings {
  readonly runners: Runners;
  readonly maxConcurrentPhases: number;
}

/**
 * The runners of the file named on the command line, or those that are built in. Nothing that lies
 * in the workspace is read by itself: it could name any program.
 */
export function runnerSettings({ options, workingFolder }: Context): RunnerSettings {
  const file = options.text("config");
  const config =
    file === undefined
      ? { runners: builtInRunners }
      : loadRunnerConfig(resolve(workingFolder, file));
  return {
    runners: config.runners,
    maxConcurrentPhases: options.number("maxConcurrent") ?? config.maxConcurrentPhases ?? 1,
  };
}
