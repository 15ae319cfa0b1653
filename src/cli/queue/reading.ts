import { HopperError } from "../../core/base/errors";
import type { QueueReader } from "../../core/queue/queueReader";
import { type QueueView, readQueue } from "../../core/queue/readQueue";
import type { Context } from "../context";
import { commandToType } from "../words/commandToType";

/** Opens the queue's files for reading, without the lock; undefined when there is no queue. */
export async function openView(context: Context): Promise<QueueView | undefined> {
  const { workspace } = context;
  return workspace.exists ? readQueue(workspace.hopperFolder, context) : undefined;
}

/**
 * Reads something from the queue.
 *
 * @throws HopperError `notFound` when there is no queue.
 */
export async function reading<T>(
  context: Context,
  work: (queue: QueueReader) => T | Promise<T>,
): Promise<T> {
  const view = await openView(context);
  if (!view) {
    throw noQueue(context);
  }
  try {
    return await work(view.queue);
  } finally {
    view.dispose();
  }
}

export function noQueue(context: Context): HopperError {
  const run = commandToType(context, "run", "PLAN");
  return new HopperError(
    "notFound",
    `There is no queue in ${context.workspace.path}: \`${run}\` starts one.`,
  );
}
