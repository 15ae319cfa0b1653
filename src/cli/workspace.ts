import { type Stats, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { errorCode, errorMessage, HopperError } from "../core/base/errors";

/** The folder whose queue a command is about. */
export interface Workspace {
  readonly path: string;
  /** Its `.hopper` folder. */
  readonly hopperFolder: string;
  /** Whether that folder is there: it is made with the first plan. */
  readonly exists: boolean;
}

/**
 * The folder named on the command line; without one the nearest folder upward that has a queue, else
 * the working folder.
 *
 * @throws HopperError `usage` when the named folder is none, or there can be no queue in it.
 */
export function findWorkspace(workingFolder: string, named: string | undefined): Workspace {
  if (named !== undefined) {
    const path = resolve(workingFolder, named);
    if (!isFolder(path)) {
      throw new HopperError("usage", `--dir ${named}: there is no folder ${path}.`);
    }
    return at(path);
  }
  for (let path = workingFolder; ; path = dirname(path)) {
    if (isFolder(join(path, ".hopper"))) {
      return at(path);
    }
    if (path === dirname(path)) {
      return at(workingFolder);
    }
  }
}

/** @throws HopperError `usage` where no queue can be in the folder. */
function at(path: string): Workspace {
  // Paths are handed to the launcher a line each, and shown a line each.
  if (/[\r\n]/.test(path)) {
    throw new HopperError(
      "usage",
      `The workspace folder ${JSON.stringify(path)} has a line break in its path: rename it, or name ` +
        "another one with --dir.",
    );
  }
  const hopperFolder = join(path, ".hopper");
  const found = stats(hopperFolder);
  if (found && !found.isDirectory()) {
    throw new HopperError(
      "usage",
      `${hopperFolder} is a file where the queue's folder belongs: move it away, or name another ` +
        "workspace folder with --dir.",
    );
  }
  return { path, hopperFolder, exists: found !== undefined };
}

function isFolder(path: string): boolean {
  return stats(path)?.isDirectory() ?? false;
}

/** @throws HopperError `usage` where it cannot be said what is there. */
function stats(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A path that leads through a file leads nowhere.
    if (errorCode(error) === "ENOTDIR") {
      return undefined;
    }
    throw new HopperError(
      "usage",
      `${dirname(path)} cannot be looked into (${errorCode(error) ?? errorMessage(error)}): mend its ` +
        "permissions, or name another workspace folder with --dir.",
      { cause: error },
    );
  }
}
