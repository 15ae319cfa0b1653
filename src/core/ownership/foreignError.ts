import { HopperError } from "../base/errors";
import { words } from "../base/words";

/**
 * Says that a queue was not made by this user on this machine, and what a person can do about it.
 *
 * @param list the command line that shows this queue.
 */
export function foreignError(hopperFolder: string, list = "phase-hopper list"): HopperError {
  return new HopperError(
    "foreign",
    words`The queue in ${hopperFolder} was not made by you on this machine, so nothing of it is run. Look at it with \`${list}\`; --adopt makes it yours, without what it wrote to GitHub.`,
  );
}
