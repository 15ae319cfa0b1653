import type { Assets } from "../base/assets";
import type { Clock } from "../base/clock";
import type { Logger } from "../base/log";
import type { AttemptInspection, AttemptRunner } from "../protocol/attempts";
import { readExit, readSpec, readStarted } from "./attemptFolder";
import { findSurvivors, membershipOf } from "./attemptProcesses";
import { judge } from "./judge";
import type { LauncherFactory } from "./launcher";
import { LaunchPad } from "./launchPad";
import { startNodeLauncher } from "./nodeLauncher";
import { OutputCap } from "./outputCap";
import { outputSize } from "./outputFile";
import { findSetsid, startPosixLauncher } from "./posixLauncher";
import { prepareAttempt } from "./prepareAttempt";
import { currentBootId, isAlive } from "./processIdentity";
import { systemProcesses } from "./processTable";
import { stopAttempt } from "./stopAttempt";

export interface AttemptRunnerOptions {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The host's own environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Which wrapper to use; without it the one that suits this machine. */
  readonly wrapper?: "posix" | "node";
}

/** The runner of this machine's attempts. */
export function createAttemptRunner(options: AttemptRunnerOptions): AttemptRunner {
  const { clock, logger } = options;
  // Copied once: each look into the process's own environment is a call into the system.
  const environment = { ...options.environment };
  const launchPad = new LaunchPad(launcherFactory(options), environment, clock, logger);
  const cap = new OutputCap(logger);
  let disposed = false;
  return {
    bootId: currentBootId(),
    onHint: launchPad.onHint,
    onDidFailToStart: launchPad.onDidFailToStart,
    prepare: (request) => prepareAttempt(request, environment, clock),
    launch: (folder) => launchPad.launch(folder),
    settle: (folder) => launchPad.settle(folder),
    inspect: inspectFolder,
    isAlive,
    judge,
    outputSize,
    capOutput: (folder) => cap.apply(folder),
    survivors(folder, known) {
      const member = membershipOf(folder, known);
      return member === undefined ? [] : findSurvivors(member, systemProcesses(), clock);
    },
    stop: (folder, known) => stopAttempt(folder, known, clock, logger, () => disposed),
    dispose() {
      disposed = true;
      launchPad.dispose();
    },
  };
}

/**
 * A look that fails for a reason of its own (too many open files) says nothing about the attempt: it
 * is answered as "still running", never as an end.
 */
function inspectFolder(folder: string): AttemptInspection {
  try {
    return lookInto(folder);
  } catch {
    return { prepared: true, alive: true };
  }
}

function lookInto(folder: string): AttemptInspection {
  const spec = readSpec(folder);
  const started = readStarted(folder);
  const alive = started !== undefined && isAlive(started);
  // Looked at last: a wrapper that ended between the two looks has left its record by now.
  const exit = readExit(folder);
  return {
    prepared: spec !== undefined,
    alive,
    ...(spec === undefined ? {} : { preparedInBoot: spec.bootId }),
    ...(started === undefined ? {} : { started }),
    ...(exit === undefined
      ? {}
      : { exit: { step: exit.step, code: exit.code, signal: exit.signal } }),
  };
}

function launcherFactory(options: AttemptRunnerOptions): LauncherFactory {
  const { assets, logger, environment, wrapper } = options;
  const setsid = wrapper === "node" ? undefined : findSetsid(environment);
  if (setsid !== undefined) {
    return (environment, events) => startPosixLauncher(setsid, assets, logger, environment, events);
  }
  if (wrapper === "posix") {
    throw new Error("this machine has no setsid or no sh");
  }
  return (variables, events) => startNodeLauncher(assets, logger, variables, events);
}
