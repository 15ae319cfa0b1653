import type { Hopper } from "../../core/hopper";
import type { Context } from "../context";
import { commandToType } from "../words/commandToType";

/** A wait that is longer is left to the next call. */
const patience = 15_000;
/** However much there is to write, a run that is over ends. */
const longestAfterRun = 60_000;

/** Writes to GitHub what is left at the end of a run, as far as that is a matter of seconds. */
export function letMirrorsFinish(context: Context, hopper: Pick<Hopper, "mirrors">): Promise<void> {
  return finish(context, hopper, longestAfterRun);
}

/**
 * Waits until everything is written to GitHub, or goes on only later, and says what is left.
 *
 * @param longest milliseconds
 */
export async function finish(
  context: Context,
  { mirrors }: Pick<Hopper, "mirrors">,
  longest = Number.POSITIVE_INFINITY,
): Promise<void> {
  if (!mirrors || mirrors.pending === 0) {
    return;
  }
  await mirrors.settled(patience, longest);
  const left = mirrors.pending;
  if (left > 0) {
    const things = left === 1 ? "1 thing is" : `${left} things are`;
    const sync = commandToType(context, "githubSync");
    context.logger.warn(`${things} not written to GitHub yet: \`${sync}\` goes on.`);
  }
}
