import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { findPhase } from "../queue/ids";
import { noQueue } from "../queue/reading";
import { withCommands } from "../queue/withCommands";

/**
 * Makes the token of a running phase's attempt and prints it, alone on stdout, so that a script can
 * hand it on. One that was made before is worth nothing more.
 */
export async function token(context: Context, id: string | undefined): Promise<ExitCode> {
  const { workspace, json, printer, logger } = context;
  if (!workspace.exists) {
    throw noQueue(context);
  }
  return withCommands(context, async ({ commands, queue }) => {
    const phase = findPhase(context, queue, id);
    const made = await commands.issueToken(phase.queue_id);
    if (json) {
      const { token, queueId: queue_id, attemptId: attempt_id, message } = made;
      printer.json({ token, queue_id, attempt_id, message });
    } else {
      logger.info(made.message);
      printer.line(made.token);
    }
    return exitCodes.completed;
  });
}
