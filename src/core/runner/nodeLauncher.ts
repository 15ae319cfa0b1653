import type { Assets } from "../base/assets";
import { errorMessage } from "../base/errors";
import { type Disposable, toDisposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { ancestryOf } from "./childEnvironment";
import type { Launcher, LauncherEvents } from "./launcher";
import { readLines, unref } from "./lineReader";
import { spawnSealed } from "./spawnSealed";

/**
 * Starts the Node wrapper once per attempt, where there is no `setsid` or no `sh`. The program is
 * the host's own: in the editor that is Electron, which `ELECTRON_RUN_AS_NODE` turns into Node (the
 * wrapper removes it again for its steps).
 */
export function startNodeLauncher(
  assets: Assets,
  logger: Logger,
  environment: NodeJS.ProcessEnv,
  events: LauncherEvents,
): Launcher {
  const running = new Set<Disposable>();
  return {
    send({ attemptId, folder }) {
      const child = spawnSealed(process.execPath, [assets.wrapperProgram, folder, attemptId], {
        cwd: folder,
        detached: true,
        windowsHide: true,
        env: {
          ...environment,
          ELECTRON_RUN_AS_NODE: "1",
          HOPPER_ANCESTRY: ancestryOf(environment, attemptId),
        },
        stdin: "ignore",
      });
      const pipes = toDisposable(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
      running.add(pipes);
      child.on("error", (error) => events.onGone(errorMessage(error)));
      child.on("exit", (code, signal) => {
        running.delete(pipes);
        if (code !== 0) {
          events.onGone(`a wrapper ended with ${signal ?? `code ${String(code)}`}`);
        }
      });
      readLines(child.stdout, (line) => events.onLine(line));
      readLines(child.stderr, (line) => logger.warn(`wrapper: ${line}`));
      child.unref();
      unref(child.stdout);
      unref(child.stderr);
    },
    retire: () => undefined,
    dispose() {
      for (const pipes of running) {
        pipes.dispose();
      }
    },
  };
}
