import { delay } from "../../core/base/clock";
import { HopperError } from "../../core/base/errors";
import type { OwnerVerdict } from "../../core/ownership/ownerRecord";
import type { Context } from "../context";
import { lookAtOwner } from "./owner";

/** Longer than a command owns a queue, or than a run takes from its lock to its socket. */
const longest = 2_500;
/** One that starts no phases is such a command for certain: only a loaded machine keeps it so long. */
const longestOfCommand = 10_000;
/** However many of them come one after another. */
const longestQueue = 30_000;
const interval = 50;

/**
 * Tries again for a moment while the attempt is refused because of an owner that is only passing:
 * commands, and runs that begin or end, are in each other's way for milliseconds. Each owner gets
 * that moment: a dozen commands that were started at once come one after another.
 *
 * @throws what the last attempt did.
 */
export async function patiently<T>(
  context: Context,
  isPassing: (verdict: OwnerVerdict) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  const { clock } = context;
  const begin = clock.monotonic();
  let since = begin;
  let ownerId: string | undefined;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const isOwned = error instanceof HopperError && error.kind === "owned";
      const verdict = lookAtOwner(context);
      const now = clock.monotonic();
      if (verdict.state === "alive" && verdict.owner.ownerId !== ownerId) {
        ownerId = verdict.owner.ownerId;
        since = now;
      }
      const isCommand = verdict.state === "alive" && verdict.owner.scope === undefined;
      const isOver =
        now - since >= (isCommand ? longestOfCommand : longest) || now - begin >= longestQueue;
      if (!isOwned || isOver || !isPassing(verdict)) {
        throw error;
      }
      await delay(clock, interval);
    }
  }
}
