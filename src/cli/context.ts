import type { Assets } from "../core/base/assets";
import type { Clock } from "../core/base/clock";
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
  readonly workingFolder: string;
  readonly printer: Printer;
  readonly terminal: Terminal;
}

/** What a command works with. */
export interface Context extends Invocation {
  readonly options: GivenOptions;
  readonly json: boolean;
  readonly workspace: Workspace;
  readonly logger: Logger;
}

/** @throws HopperError `usage` when `--dir` names no folder. */
export function createContext(invocation: Invocation, options: GivenOptions): Context {
  const json = options.flag("json");
  return {
    ...invocation,
    options,
    json,
    workspace: findWorkspace(invocation.workingFolder, options.text("dir")),
    logger: createLogger(invocation.printer, {
      debug: options.flag("debug"),
      quiet: json,
      palette: invocation.terminal.notePalette,
    }),
  };
}
