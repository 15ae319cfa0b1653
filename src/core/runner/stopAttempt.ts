import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, delay } from "../base/clock";
import { errorMessage } from "../base/errors";
import type { Logger } from "../base/log";
import type { KnownAttempt } from "../protocol/attempts";
import { attemptFiles } from "./attemptFolder";
import { type Membership, membershipOf } from "./attemptProcesses";
import { takeAttempt } from "./claim";
import { currentBootId } from "./processIdentity";
import { systemProcesses } from "./processTable";
import { Sweep } from "./sweep";
import { stopWindowsTree } from "./windowsTree";

/** Time that is given to end in good order. */
const grace = 5_000;
const pollInterval = 25;

/**
 * Ends everything that belongs to the attempt: SIGTERM, five seconds, SIGKILL, and sweeps until two
 * in a row found nobody. Resolves early, with work undone, only when the host stops for good.
 */
export async function stopAttempt(
  folder: string,
  known: KnownAttempt | undefined,
  clock: Clock,
  logger: Logger,
  isDisposed: () => boolean,
): Promise<void> {
  const atFirst = whomToStop(folder, known, logger);
  if (atFirst === undefined) {
    return;
  }
  if (process.platform === "win32") {
    await stopWindowsTree(atFirst.wrapper, clock, grace);
    return;
  }
  // Once seen alive, the wrapper's session stays ours to the end of this stop, also when the
  // wrapper dies first: its number is not given to anybody else while a member of it lives.
  let { ownsSession } = atFirst;
  const look = (): Membership => {
    const member = membershipOf(folder, known) ?? atFirst;
    ownsSession ||= member.ownsSession;
    return { ...member, ownsSession };
  };
  const sweep = new Sweep(systemProcesses, clock, logger);
  const began = clock.monotonic();
  let emptySweeps = 0;
  while (emptySweeps < 2 && !isDisposed()) {
    const found = sweep.run(look, clock.monotonic() - began >= grace);
    emptySweeps = found === 0 ? emptySweeps + 1 : 0;
    if (emptySweeps < 2) {
      await delay(clock, emptySweeps > 0 ? 1 : pollInterval);
    }
  }
}

/** Who is to be stopped; where no wrapper is known yet, none begins the attempt after this. */
function whomToStop(
  folder: string,
  known: KnownAttempt | undefined,
  logger: Logger,
): Membership | undefined {
  const member = membershipOf(folder, known);
  if (member === undefined || member.wrapper !== undefined) {
    return member;
  }
  keepFromStarting(folder, logger);
  // A wrapper that was about to write its line finds `stopped`, or its line is there by now.
  return membershipOf(folder, known) ?? member;
}

/**
 * Sees to it that no wrapper begins what was stopped. One that has made `started` but not yet its
 * line cannot be found by anybody: it looks for `stopped` before the first step. For one that comes
 * later the attempt is taken, for nobody.
 */
function keepFromStarting(folder: string, logger: Logger): void {
  const nobody = { pid: 0, startTime: "stopped before it began", bootId: currentBootId() };
  try {
    writeFileSync(join(folder, attemptFiles.stopped), "", { mode: 0o600 });
    takeAttempt(folder, nobody);
  } catch (error) {
    // The folder is gone or the disk is full: a wrapper cannot take the attempt either.
    logger.warn(`A stopped attempt could not be marked: ${errorMessage(error)}`);
  }
}
