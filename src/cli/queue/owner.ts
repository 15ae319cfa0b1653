import { english } from "../../core/base/words";
import type { Hopper } from "../../core/hopper";
import { currentMachine } from "../../core/ownership/machine";
import { ownedError } from "../../core/ownership/ownedError";
import {
  ownerPath,
  type OwnerRecord,
  type OwnerVerdict,
  programNames,
  readOwner,
} from "../../core/ownership/ownerRecord";
import { currentUser } from "../../core/ownership/stateFolder";
import type { QueueReader } from "../../core/queue/queueReader";
import type { Context } from "../context";
import { commandToType } from "../words/commandToType";

/** Looks who owns the queue, without asking it and without taking the lock. */
export function lookAtOwner({ workspace }: Context): OwnerVerdict {
  return workspace.exists
    ? readOwner(workspace.hopperFolder, currentMachine(currentUser()))
    : { state: "none" };
}

/**
 * Who owns the queue, in a line; undefined when nobody does.
 *
 * @param queue knows the number of the one plan that an owner may be at.
 */
export function ownerInWords(verdict: OwnerVerdict, queue: QueueReader): string | undefined {
  switch (verdict.state) {
    case "alive": {
      const plan = onlyPlan(verdict.owner, queue);
      return `Owned by ${nameOf(verdict.owner)}${plan ? `, which goes on with ${plan} only` : ""}.`;
    }
    case "notAnswering":
      return `Owned by ${nameOf(verdict.owner)}, which is stopped and does not answer.`;
    case "elsewhere":
      return `Owned by ${nameOf(verdict.owner)} on another machine or in another container.`;
    case "unreadable":
      return `It is not known who owns this queue: ${english(verdict.problem)}.`;
    case "none":
    case "dead":
      return undefined;
  }
}

/** Who starts what a command has made ready, of one plan or of the whole queue, in a sentence. */
export function whoGoesOn(
  context: Context,
  { queue, hopper }: { readonly queue: QueueReader; readonly hopper?: Hopper },
  planId?: string,
): string {
  const run = commandToType(context, "run");
  const verdict = hopper ? undefined : lookAtOwner(context);
  const owner = verdict?.state === "alive" ? verdict.owner : undefined;
  if (owner?.scope === undefined) {
    return `\`${run}\` goes on with it.`;
  }
  const plan = onlyPlan(owner, queue);
  return plan === undefined || owner.scope.planId === planId
    ? `Its owner, ${nameOf(owner)}, goes on with it.`
    : `Its owner, ${nameOf(owner)}, goes on with ${plan} only; after that, \`${run}\` ` +
        "starts the rest.";
}

/**
 * Refuses early, before anybody was asked anything, what opening the queue would refuse.
 *
 * @param isPassing which owners are no reason: they will be gone, or can be reached.
 * @throws HopperError `owned`
 */
export function assertNotOwned(context: Context, isPassing = mayPassSoon): void {
  const verdict = lookAtOwner(context);
  // Whether an owner that lives may lose the queue is known once its lock is tried.
  const takesOver = context.options.flag("takeOver");
  if (!isPassing(verdict) && !takesOver) {
    throw ownedError(verdict, ownerPath(context.workspace.hopperFolder));
  }
}

/** The one plan that an owner starts phases of, where it does not start those of all. */
function onlyPlan({ scope }: OwnerRecord, queue: QueueReader): string | undefined {
  const planId = scope?.planId;
  return planId && `Plan ${queue.plan(planId)?.plan_number ?? "?"}`;
}

/**
 * Whether another process owns the queue that a run goes through: one that stays, not a command that
 * has it for a moment. With `--take-over` none is: what may be taken is known once its lock is tried.
 */
export function isFollowed(context: Context): boolean {
  const verdict = lookAtOwner(context);
  return (
    verdict.state === "alive" &&
    (verdict.owner.program !== "cli" || verdict.owner.scope !== undefined) &&
    !context.options.flag("takeOver")
  );
}

export function nameOf({ program, pid }: OwnerRecord): string {
  return `${programNames[program]} (process ${pid})`;
}

/** Whoever it is may be gone, or be reached, in a moment. */
export function mayPass({ state }: OwnerVerdict): boolean {
  return state === "alive" || state === "none" || state === "dead";
}

/** As {@link mayPass}, but for one that runs phases: that takes as long as they do. */
export function mayPassSoon(verdict: OwnerVerdict): boolean {
  return mayPass(verdict) && !(verdict.state === "alive" && verdict.owner.scope !== undefined);
}
