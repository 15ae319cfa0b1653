import { HopperError } from "../../core/base/errors";
import type { Hopper } from "../../core/hopper";
import { findOwner } from "../../core/ownership/follower";
import { currentUser, openStateFolder } from "../../core/ownership/stateFolder";
import type { HopperCommands } from "../../core/protocol/commands";
import type { QueueReader } from "../../core/queue/queueReader";
import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { type Adoption, openAdopted } from "./adoption";
import { mayPass } from "./owner";
import { patiently } from "./patience";
import { openView } from "./reading";
import { runnerSettings } from "./runnerSettings";

/** The queue's commands, carried out here or by its owner. */
export interface CommandAccess {
  readonly commands: HopperCommands;
  readonly queue: QueueReader;
  /** This process's own; undefined when another process is the owner and gets the commands. */
  readonly hopper?: Hopper;
}

/**
 * Works on the queue: as its owner where nobody is, which changes the state and starts nothing of
 * itself, else through its owner. A foreign queue only once somebody has adopted it.
 *
 * @throws HopperError as opening and the commands do; `owned` when the owner cannot be reached.
 */
export function withCommands(
  context: Context,
  work: (access: CommandAccess) => Promise<ExitCode>,
  adoption: Adoption = "notAsked",
): Promise<ExitCode> {
  return patiently(context, mayPass, async () => {
    const opened = await openHere(context, adoption);
    if (opened === "leave") {
      return exitCodes.interrupted;
    }
    return opened instanceof HopperError
      ? throughOwner(context, opened, work)
      : asOwner(context, opened, work);
  });
}

/** This process's hopper; or the refusal, where another process is the owner; or the answer "no". */
async function openHere(
  context: Context,
  adoption: Adoption,
): Promise<Hopper | HopperError | "leave"> {
  try {
    return await openAdopted(context, runnerSettings(context), adoption);
  } catch (error) {
    if (error instanceof HopperError && error.kind === "owned") {
      return error;
    }
    throw error;
  }
}

async function asOwner(
  { logger }: Context,
  hopper: Hopper,
  work: (access: CommandAccess) => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    for (const notice of hopper.notices) {
      logger.warn(notice);
    }
    return await work({ commands: hopper, queue: hopper.queue, hopper });
  } finally {
    await hopper.stop();
  }
}

/** @param refusal why this process cannot be the owner itself: it knows the remedies. */
async function throughOwner(
  context: Context,
  refusal: HopperError,
  work: (access: CommandAccess) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { workspace, clock } = context;
  const client = findOwner(workspace.path, openStateFolder(currentUser()), clock);
  if (!client) {
    throw refusal;
  }
  try {
    await client.ping();
    const view = await openView(context);
    if (!view) {
      throw refusal;
    }
    try {
      return await work({ commands: client, queue: view.queue });
    } finally {
      view.dispose();
    }
  } catch (error) {
    const isGone = error instanceof HopperError && error.kind === "unavailable" && !client.hasSent;
    throw isGone ? refusal : error;
  } finally {
    client.dispose();
  }
}
