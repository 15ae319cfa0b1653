import { existsSync } from "node:fs";
import type { Clock } from "../base/clock";
import type { KnownAttempt, ProcessIdentity, Survivor } from "../protocol/attempts";
import { readExit, readSpec, readStarted } from "./attemptFolder";
import { isAlive, type ProcessState } from "./processIdentity";
import type { ProcessTable } from "./processTable";

/** Tells which processes belong to one attempt. */
export interface Membership {
  readonly attemptId: string;
  readonly wrapper: ProcessIdentity | undefined;
  /**
   * The session with the wrapper's pid is the wrapper's: it was seen alive. Otherwise the number may
   * long belong to a stranger, and only the marker counts.
   */
  readonly ownsSession: boolean;
  /** The wrapper has written its exit record: it does nothing more and needs no stop. */
  readonly wrapperIsDone: boolean;
}

/**
 * Reads from the folder what makes a process part of its attempt; where the folder was removed under
 * it, what is `known` must do. Undefined when there is neither.
 */
export function membershipOf(folder: string, known?: KnownAttempt): Membership | undefined {
  const attemptId = known?.attemptId ?? readSpec(folder)?.attemptId;
  if (attemptId === undefined) {
    return undefined;
  }
  const wrapper = readStarted(folder) ?? known?.process;
  return {
    attemptId,
    wrapper,
    ownsSession: wrapper !== undefined && isAlive(wrapper),
    wrapperIsDone: readExit(folder) !== undefined,
  };
}

/**
 * The process, if it lives and belongs to the attempt. This process itself never does, although it
 * may run inside the attempt; nor do its threads, whose ids are pids to the system.
 */
export function memberAt(
  pid: number,
  member: Membership,
  table: ProcessTable,
): ProcessState | undefined {
  if (pid === process.pid || pid <= 1) {
    return undefined;
  }
  const found = table.read(pid);
  if (found === undefined || found.zombie) {
    return undefined;
  }
  if (pid === member.wrapper?.pid && found.startTime === member.wrapper.startTime) {
    return member.wrapperIsDone ? undefined : found;
  }
  const inSession = member.ownsSession && found.session === member.wrapper?.pid;
  const belongs = inSession || table.ancestry(pid).includes(member.attemptId);
  return belongs && !isOwnThread(pid) ? found : undefined;
}

function isOwnThread(pid: number): boolean {
  return existsSync(`/proc/self/task/${pid}`);
}

/** How long somebody who asked for the survivors waits for them, on a machine full of processes. */
const longestSearch = 1000;

/** Who lives and belongs to the attempt, as far as can be seen in a limited time. */
export function findSurvivors(member: Membership, table: ProcessTable, clock: Clock): Survivor[] {
  const end = clock.monotonic() + longestSearch;
  const found: Survivor[] = [];
  // An attempt's processes are younger than most.
  for (const pid of [...table.pids()].sort((one, other) => other - one)) {
    if (clock.monotonic() > end) {
      break;
    }
    if (memberAt(pid, member, table) !== undefined) {
      found.push({ pid, command: table.command(pid) });
    }
  }
  return found.sort((one, other) => one.pid - other.pid);
}
