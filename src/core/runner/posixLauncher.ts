import { existsSync } from "node:fs";
import type { Assets } from "../base/assets";
import type { Clock } from "../base/clock";
import { errorMessage } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import type { Launcher, LauncherEvents } from "./launcher";
import { readLines, unref } from "./lineReader";
import { findProgram } from "./programs";
import { spawnSealed } from "./spawnSealed";

const shell = "/bin/sh";

/**
 * Milliseconds from an attempt's launch until the wrapper of the next one is started, unless one ends
 * before, or anything else is heard of one: both at once would share the processors, and the attempt is what
 * somebody waits for.
 */
const untilNext = 10;

interface PosixLauncherOptions {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The absolute path of `setsid`, where this machine can run POSIX wrappers at all. */
export function findSetsid(environment: NodeJS.ProcessEnv): string | undefined {
  if (process.platform !== "linux" || !existsSync(shell)) {
    return undefined;
  }
  return (
    ["/usr/bin/setsid", "/bin/setsid"].find((path) => existsSync(path)) ??
    findProgram("setsid", environment, "/")
  );
}

/**
 * Starts wrappers through one small, long-lived shell: a fork of the host would copy the page
 * tables of half a gigabyte (20 to 40 ms with the event loop blocked), a fork of that shell takes
 * less than one. It is in a session of its own, so a Ctrl-C in the host's terminal does not reach it.
 */
export function startPosixLauncher(
  setsid: string,
  { assets, clock, logger }: PosixLauncherOptions,
  environment: NodeJS.ProcessEnv,
  events: LauncherEvents,
): Launcher {
  let gone = false;
  const end = (reason: string) => {
    if (!gone) {
      gone = true;
      child.stdin?.destroy();
      events.onGone(reason);
    }
  };

  const child = spawnSealed(shell, [assets.launcherScript, assets.wrapperScript, setsid], {
    cwd: "/",
    detached: true,
    env: environment,
    stdin: "pipe",
  });
  child.on("error", (error) => end(errorMessage(error)));
  child.on("exit", (code, signal) => end(`it ended with ${signal ?? `code ${String(code)}`}`));
  // It does not read any more: if it has not ended yet, it is of no use. How it ended says more.
  child.stdin?.on("error", () => child.kill());
  /** Whether a wrapper waits for its line, or is about to. */
  let waits = true;
  let timer: Disposable | undefined;
  const startNext = (): void => {
    timer?.dispose();
    if (!waits && !gone) {
      waits = true;
      child.stdin?.write("\n");
    }
  };

  // Wrappers hold these pipes too: they stay readable after the launcher itself has died.
  readLines(child.stdout, (line) => {
    // One starts on another processor while the host works out what to do about this line.
    startNext();
    events.onLine(line);
  });
  readLines(child.stderr, (line) => logger.warn(`launcher: ${line}`));

  // Nothing of this may keep the host running when it has nothing else to do.
  child.unref();
  unref(child.stdin);
  unref(child.stdout);
  unref(child.stderr);

  return {
    send({ attemptId, folder }) {
      startNext();
      if (!gone) {
        child.stdin?.write(`${attemptId} ${folder}\n`);
        waits = false;
        timer = clock.after(untilNext, startNext);
      }
    },
    retire() {
      gone = true;
      timer?.dispose();
      child.stdin?.destroy();
    },
    dispose() {
      gone = true;
      timer?.dispose();
      child.stdin?.destroy();
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  };
}
