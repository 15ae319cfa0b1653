import { dirname, resolve } from "node:path";
import type { OutsideFileSettings } from "../../core/coordinator/outsideFile";
import type { Runners } from "../../core/protocol/runners";
import { builtInRunners } from "../../core/runner/presets";
import { loadRunnerConfig, type RunnerConfig } from "../../core/runner/runnerConfig";
import type { Context } from "../context";

export interface RunnerSettings {
  readonly runners: Runners;
  readonly maxConcurrentPhases: number;
  readonly workflowHistory?: OutsideFileSettings;
}

/**
 * The runners of the file named on the command line, or those that are built in. Nothing that lies
 * in the workspace is read by itself: it could name any program.
 */
export function runnerSettings({ options, workingFolder }: Context): RunnerSettings {
  const file = options.text("config");
  const config: RunnerConfig =
    file === undefined
      ? { runners: builtInRunners }
      : loadRunnerConfig(resolve(workingFolder, file));
  const { path, pollSeconds = usualPoll } = config.workflowHistory ?? {};
  const named = options.text("workflowHistory");
  const history =
    named === undefined
      ? path !== undefined && resolve(workingFolder, dirname(file ?? ""), path)
      : resolve(workingFolder, named);
  return {
    runners: config.runners,
    maxConcurrentPhases: options.number("maxConcurrent") ?? config.maxConcurrentPhases ?? 1,
    ...(history !== false && {
      workflowHistory: { path: history, pollMilliseconds: pollSeconds * 1000 },
    }),
  };
}

/** Seconds. */
const usualPoll = 10;
