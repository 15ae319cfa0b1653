import type { ErrorKind } from "../core/base/errors";

/** What the program ends with; docs/cli.md says the same to users. */
export const exitCodes = {
  /** Everything asked for is done; of a run, all its phases are completed. */
  completed: 0,
  /** A phase failed or is blocked, or the command could not be carried out. */
  failed: 1,
  /** A bad plan, or a command line that makes no sense. */
  usage: 2,
  /** Another process owns the queue, or nobody has adopted it yet. */
  owned: 3,
  /** A person must act and there is no terminal to ask on. */
  waiting: 4,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeOfKind: Readonly<Record<ErrorKind, ExitCode>> = {
  usage: exitCodes.usage,
  invalidPlan: exitCodes.usage,
  notFound: exitCodes.usage,
  conflict: exitCodes.failed,
  owned: exitCodes.owned,
  foreign: exitCodes.owned,
  damaged: exitCodes.failed,
  storage: exitCodes.failed,
  newerVersion: exitCodes.failed,
  unavailable: exitCodes.failed,
};
