import { HopperError } from "../../core/base/errors";
import type { Hopper } from "../../core/hopper";
import { findOwner } from "../../core/ownership/follower";
import { currentUser, openStateFolder } from "../../core/ownership/stateFolder";
import type { HopperCommands } from "../../core/protocol/commands";
import type { QueueReader } from "../../core/queue/queueReader";
import type { Context } from "../context";
import { openOwner } from "./openOwner";
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
 * itself, else through its owner.
 *
 * @throws HopperError as opening and the commands do; `owned` when the owner cannot be reached.
 */
export async function withCommands<T>(
  context: Context,
  work: (access: CommandAccess) => Promise<T>,
): Promise<T> {
  const settings = runnerSettings(context);
  let hopper: Hopper;
  try {
    hopper = await openOwner(context, settings);
  } catch (error) {
    if (error instanceof HopperError && error.kind === "owned") {
      return throughOwner(context, error, work);
    }
    throw error;
  }
  try {
    for (const notice of hopper.notices) {
      context.logger.warn(notice);
    }
    return await work({ commands: hopper, queue: hopper.queue, hopper });
  } finally {
    await hopper.stop();
  }
}

/** @param refusal why this process cannot be the owner itself: it knows the remedies. */
async function throughOwner<T>(
  context: Context,
  refusal: HopperError,
  work: (access: CommandAccess) => Promise<T>,
): Promise<T> {
  const { workspace, clock } = context;
  const client = findOwner(workspace.path, openStateFolder(currentUser()), clock);
  if (!client) {
    throw refusal;
  }
  try {
    try {
      await client.ping();
    } catch {
      throw refusal;
    }
    const view = await openView(context);
    if (!view) {
      throw refusal;
    }
    try {
      return await work({ commands: client, queue: view.queue });
    } finally {
      view.dispose();
    }
  } finally {
    client.dispose();
  }
}
