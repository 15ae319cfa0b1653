import type { AttemptItem } from "../protocol/queue";
import { attemptFolder, outputFolder, readExit, readStarted } from "./attemptFolder";
import { readProcess } from "./processIdentity";

/**
 * Whether nothing more comes of an attempt by itself. From its own files, so that it is right also
 * while nobody owns the queue and writes down how it ended.
 */
export function isAtItsEnd(hopperFolder: string, attempt: AttemptItem): boolean {
  const folder = attemptFolder(hopperFolder, attempt);
  const output = outputFolder(folder);
  const startsNothing = attempt.command.length === 0 && output === folder;
  if (attempt.state === "ended" || startsNothing || readExit(output)) {
    return true;
  }
  const started = readStarted(output);
  return started !== undefined && readProcess(started.pid)?.startTime !== started.startTime;
}
