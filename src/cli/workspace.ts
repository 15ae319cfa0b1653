import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { HopperError } from "../core/base/errors";

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
 * @throws HopperError `usage` when the named folder is none.
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

function at(path: string): Workspace {
  const hopperFolder = join(path, ".hopper");
  return { path, hopperFolder, exists: isFolder(hopperFolder) };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
