import type { Assets } from "../base/assets";
import type { Clock } from "../base/clock";
import type { Logger } from "../base/log";
import type {
  AttemptInspection,
  AttemptRunner,
  ExitRecord,
  ProcessIdentity,
} from "../protocol/attempts";
import { type ExitFile, readExit, readSpec, readStarted } from "./attemptFolder";
import { judge } from "./judge";
import type { LauncherFactory } from "./launcher";
import { LaunchPad } from "./launchPad";
import { startNodeLauncher } from "./nodeLauncher";
import { OutputCap } from "./outputCap";
import { outputSize } from "./outputFile";
import { findSetsid, startPosixLauncher } from "./posixLauncher";
import { PreparedFolders } from "./preparedFolders";
import { currentBootId, isAlive } from "./processIdentity";
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
  const folders = new PreparedFolders(environment, clock);
  const launchPad = new LaunchPad(
    launcherFactory(options),
    (folder) => folders.spec(folder),
    environment,
    clock,
    logger,
  );
  const cap = new OutputCap(logger);
  /** Exit records that a look found, until their attempts are settled: they do not change any more. */
  const exits = new Map<string, ExitFile>();
  let disposed = false;
  return {
    bootId: currentBootId(),
    onHint: launchPad.onHint,
    onDidFailToStart: launchPad.onDidFailToStart,
    prepare: (request) => folders.prepare(request),
    prepareAhead: (request) => folders.prepareAhead(request),
    launch: (folder) => launchPad.launch(folder),
    settle(folder) {
      launchPad.settle(folder);
      folders.forget(folder);
      exits.delete(folder);
    },
    inspect: (folder) => inspectFolder(folder, exits),
    isAlive,
    judge: (folder) => judge(folder, folders.spec(folder), exits.get(folder)),
    outputSize,
    capOutput: (folder) => cap.apply(folder),
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
function inspectFolder(folder: string, exits: Map<string, ExitFile>): AttemptInspection {
  try {
    return lookInto(folder, exits);
  } catch {
    return { prepared: true, alive: true };
  }
}

function lookInto(folder: string, exits: Map<string, ExitFile>): AttemptInspection {
  const started = readStarted(folder);
  const ended = readExit(folder);
  if (ended) {
    exits.set(folder, ended);
    // All that a host needs of an attempt that has ended; most looks are at one.
    return { prepared: true, alive: false, ...startedOf(started), exit: recordOf(ended) };
  }
  const alive = started !== undefined && isAlive(started);
  // Looked at again: a wrapper that ended between the two looks has left its record by now.
  const exit = alive ? undefined : readExit(folder);
  const spec = readSpec(folder);
  return {
    prepared: spec !== undefined,
    alive,
    ...(spec === undefined ? {} : { preparedInBoot: spec.bootId }),
    ...startedOf(started),
    ...(exit === undefined ? {} : { exit: recordOf(exit) }),
  };
}

function startedOf(started: ProcessIdentity | undefined): { started?: ProcessIdentity } {
  return started === undefined ? {} : { started };
}

function recordOf({ step, code, signal }: ExitFile): ExitRecord {
  return { step, code, signal };
}

function launcherFactory(options: AttemptRunnerOptions): LauncherFactory {
  const { assets, logger, environment, wrapper } = options;
  const setsid = wrapper === "node" ? undefined : findSetsid(environment);
  if (setsid !== undefined) {
    return (variables, events) => startPosixLauncher(setsid, options, variables, events);
  }
  if (wrapper === "posix") {
    throw new Error("this machine has no setsid or no sh");
  }
  return (variables, events) => startNodeLauncher(assets, logger, variables, events);
}
