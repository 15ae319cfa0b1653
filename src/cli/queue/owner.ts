import { currentMachine } from "../../core/ownership/machine";
import { ownedError } from "../../core/ownership/ownedError";
import {
  ownerPath,
  type OwnerVerdict,
  programNames,
  readOwner,
} from "../../core/ownership/ownerRecord";
import { currentUser } from "../../core/ownership/stateFolder";
import type { Context } from "../context";

/** Looks who owns the queue, without asking it and without taking the lock. */
export function lookAtOwner({ workspace }: Context): OwnerVerdict {
  return workspace.exists
    ? readOwner(workspace.hopperFolder, currentMachine(currentUser()))
    : { state: "none" };
}

/** Who owns the queue, in a line; undefined when nobody does. */
export function ownerInWords(verdict: OwnerVerdict): string | undefined {
  switch (verdict.state) {
    case "alive":
      return `Owned by ${nameOf(verdict)}.`;
    case "notAnswering":
      return `Owned by ${nameOf(verdict)}, which is stopped and does not answer.`;
    case "elsewhere":
      return `Owned by ${nameOf(verdict)} on another machine or in another container.`;
    case "unreadable":
      return `It is not known who owns this queue: ${verdict.problem}.`;
    case "none":
    case "dead":
      return undefined;
  }
}

/**
 * Refuses early, before anybody was asked anything, what opening the queue would refuse.
 *
 * @throws HopperError `owned`
 */
export function assertNotOwned(context: Context): void {
  const verdict = lookAtOwner(context);
  const isOwned = ownerInWords(verdict) !== undefined;
  const takesOver = context.options.flag("takeOver") && verdict.state !== "alive";
  if (isOwned && !takesOver) {
    throw ownedError(verdict, ownerPath(context.workspace.hopperFolder));
  }
}

function nameOf({ owner }: Extract<OwnerVerdict, { readonly owner: unknown }>): string {
  return `${programNames[owner.program]} (process ${owner.pid})`;
}
