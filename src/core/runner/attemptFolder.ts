import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { ExitRecord, ProcessIdentity } from "../protocol/attempts";
import type { AttemptItem } from "../protocol/queue";
import { type AttemptSpec, attemptSpecSchema } from "./attemptSpec";
import { readSmallFile } from "./regularFile";

/** Names in an attempt's folder: the whole protocol between a host and a wrapper. */
export const attemptFiles = {
  /** What to run; written by the host before anything else. */
  spec: "spec.json",
  /** The steps as a script, for the POSIX wrapper. */
  script: "run.sh",
  /** Who took the attempt: made exclusively, so only once; without its line nobody knows yet who. */
  started: "started",
  /**
   * The attempt is settled by a stop and none of its steps may begin: made by a host that could not
   * see whose `started` is, looked for by the wrapper once its line stands there.
   */
  stopped: "stopped",
  output: "output.log",
  /** Which bytes of the output were given back to the disk. */
  gap: "output.gap.json",
  /** How the last step ended: one line; without its end it does not count. */
  exit: "exit.json",
  prompt: "prompt.md",
} as const;

/** Where an attempt keeps its files: `attempts/<queue_id>/<attempt_number>/` in the queue's folder. */
export function attemptFolder(
  hopperFolder: string,
  { queue_id, attempt_number }: Pick<AttemptItem, "queue_id" | "attempt_number">,
): string {
  return join(hopperFolder, "attempts", queue_id, String(attempt_number));
}

/** Where the verify blocks of an `external` or `manual` attempt are run. */
export function verifyFolder(folder: string): string {
  return join(folder, "verify");
}

/** Where an attempt's output lies: of one that a person or a workflow does, its verify blocks'. */
export function outputFolder(folder: string): string {
  const verify = verifyFolder(folder);
  return existsSync(verify) ? verify : folder;
}

const identitySchema = z.object({ pid: z.int(), startTime: z.string(), bootId: z.string() });

const exitSchema = z.object({
  step: z.int(),
  code: z.int().nullable(),
  signal: z.string().nullable(),
  /** Why the step's program could not be run at all. */
  problem: z.string().optional(),
});

/** An exit record, and why the step never ran where the wrapper could tell. */
export type ExitFile = ExitRecord & { readonly problem?: string | undefined };

export function readSpec(folder: string): AttemptSpec | undefined {
  return readChecked(join(folder, attemptFiles.spec), attemptSpecSchema, largestSpec);
}

export function readStarted(folder: string): ProcessIdentity | undefined {
  return readChecked(join(folder, attemptFiles.started), identitySchema);
}

export function readExit(folder: string): ExitFile | undefined {
  return readChecked(join(folder, attemptFiles.exit), exitSchema);
}

/** A spec has every step's argv; all other records are one short line. */
const largestSpec = 16 * 1024 * 1024;
const largestRecord = 64 * 1024;

/**
 * The file's value, or undefined when it is missing, cut short by a crash, too large or not ours: to
 * whoever looks, all of these are "not there (yet)". Any other trouble is thrown, for it says nothing.
 */
export function readChecked<T>(
  path: string,
  schema: z.ZodType<T>,
  most = largestRecord,
): T | undefined {
  const text = readSmallFile(path, most);
  if (text === undefined) {
    return undefined;
  }
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
