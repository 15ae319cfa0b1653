import type { Assets } from "../core/base/assets";
import type { Clock } from "../core/base/clock";
import { errorCode, errorMessage, HopperError } from "../core/base/errors";
import type { Logger } from "../core/base/log";
import { type GivenOptions } from "./options";
import { createLogger, type Printer } from "./printer";
import type { Terminal } from "./terminal/terminal";
import { findWorkspace, type Workspace } from "./workspace";

/** What is around one call of the program, whatever it is asked to do. */
export interface Invocation {
  readonly version: string;
  readonly assets: Assets;
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  /** Throws where that folder was removed. */
  readonly currentFolder: () => string;
  readonly printer: Printer;
  readonly terminal: Terminal;
}

/** What a command works with. */
export interface Context extends Invocation {
  readonly options: GivenOptions;
  readonly json: boolean;
  readonly workingFolder: string;
  readonly workspace: Workspace;
  readonly logger: Logger;
}

/** @throws HopperError `usage` when there is no folder to work in. */
export function createContext(invocation: Invocation, options: GivenOptions): Context {
  const json = options.flag("json");
  const workingFolder = workingFolderOf(invocation);
  return {
    ...invocation,
    options,
    json,
    workingFolder,
    workspace: findWorkspace(workingFolder, options.text("dir")),
    logger: createLogger(invocation.printer, {
      debug: options.flag("debug"),
      quiet: json,
      palette: invocation.terminal.notePalette,
    }),
  };
}

function workingFolderOf({ currentFolder }: Invocation): string {
  try {
    return currentFolder();
  } catch (error) {
    throw new HopperError(
      "usage",
      `The current folder cannot be used (${errorCode(error) ?? errorMessage(error)}): it was ` +
        "removed, perhaps. Go to another one and try again.",
      { cause: error },
    );
  }
}
