import { readFileSync } from "node:fs";
import type { KnownAttempt } from "../protocol/attempts";
import { findMembers, membershipOf } from "./attemptProcesses";
import { systemProcesses } from "./processTable";

/** A process that outlived its attempt. */
export interface Survivor {
  readonly pid: number;
  /** Its program and arguments, as far as this machine tells; empty where it does not. */
  readonly command: readonly string[];
}

/** Who of an attempt lives, as far as it can be seen from here: needs no runner and changes nothing. */
export function survivorsOf(folder: string, known: KnownAttempt): Survivor[] {
  const member = membershipOf(folder, known);
  return member === undefined
    ? []
    : findMembers(member, systemProcesses()).map(({ pid }) => ({ pid, command: commandOf(pid) }));
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replace(/\0$/, "").split("\0");
  } catch {
    // It has ended, or this system keeps no such files.
    return [];
  }
}
