import { readdir, rm, stat } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import type { Clock } from "../base/clock";
import { errorCode, errorMessage } from "../base/errors";
import type { Logger } from "../base/log";
import { readListeningPath } from "./endpoint";
import type { StateFolder } from "./stateFolder";

const day = 24 * 60 * 60 * 1000;
/** A temporary file lives for milliseconds, unless its writer is killed. */
const temporaryAge = day;
/** So old must be what nobody answers at: an owner on another machine of a shared home is not seen. */
const abandonedAge = 30 * day;

/**
 * Removes what owners that were killed left in the user's state folder: half-written files, records
 * of where they listened, and their sockets. What a workspace's next owner replaces by itself is not
 * waited for: that workspace may never have one. Known databases stay: they are what is trusted.
 *
 * @param sockets the folder in which owners listen.
 */
export async function sweepState(
  state: StateFolder,
  sockets: string,
  clock: Clock,
  logger: Logger,
): Promise<void> {
  try {
    for (const folder of [state.endpoints, state.databases, state.api]) {
      for (const path of await olderThan(folder, ".tmp", temporaryAge, clock)) {
        await rm(path, { force: true });
      }
    }
    if (state.user.platform === "win32") {
      return;
    }
    for (const path of await olderThan(state.endpoints, ".json", abandonedAge, clock)) {
      const listening = readListeningPath(path);
      if (listening === undefined || (await nobodyListensAt(listening))) {
        await rm(path, { force: true });
      }
    }
    for (const path of await olderThan(sockets, ".sock", abandonedAge, clock)) {
      if (await nobodyListensAt(path)) {
        await rm(path, { force: true });
      }
    }
  } catch (error) {
    logger.warn(`${state.path} could not be tidied: ${errorMessage(error)}`);
  }
}

async function olderThan(
  folder: string,
  ending: string,
  age: number,
  clock: Clock,
): Promise<string[]> {
  const old: string[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // What goes away meanwhile needs no sweeping.
    const found = name.endsWith(ending) ? await stat(path).catch(() => undefined) : undefined;
    if (found && clock.now() - found.mtimeMs > age) {
      old.push(path);
    }
  }
  return old;
}

function nobodyListensAt(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.on("connect", () => {
      socket.destroy();
      resolve(false);
    });
    // An owner that is stopped, or has too much to do, answers otherwise.
    socket.on("error", (error) =>
      resolve(["ECONNREFUSED", "ENOENT", "ENOTSOCK"].includes(errorCode(error) ?? "")),
    );
  });
}
