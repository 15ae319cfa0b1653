import type { Clock } from "../base/clock";
import type { KnownAttempt, Survivor } from "../protocol/attempts";
import { findSurvivors, membershipOf } from "./attemptProcesses";
import { systemProcesses } from "./processTable";

/**
 * Who lives and belongs to this attempt, by pid: its wrapper until the exit record is there, the
 * wrapper's session while that lives, and for as long as they live all whose environment has the
 * attempt's marker. So it also tells who outlives an attempt that succeeded; only a process that gave
 * up its environment is then no longer found. For people: the search ends after a second, the
 * youngest processes come first in it, and on Windows nobody is found. Needs no owner.
 */
export function survivorsOf(folder: string, clock: Clock, known?: KnownAttempt): Survivor[] {
  const member = membershipOf(folder, known);
  return member === undefined ? [] : findSurvivors(member, systemProcesses(), clock);
}
