import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { openAdopted } from "../queue/adoption";
import { mayPassSoon } from "../queue/owner";
import { patiently } from "../queue/patience";
import { noQueue } from "../queue/reading";
import { commandToType } from "../words/commandToType";
import { runnerSettings } from "../queue/runnerSettings";

/** Opens the queue with whatever can be read of its files, and says what was done about the rest. */
export async function repair(context: Context): Promise<ExitCode> {
  const { workspace, json, printer } = context;
  if (!workspace.exists) {
    throw noQueue(context);
  }
  const hopper = await patiently(context, mayPassSoon, () =>
    openAdopted(context, runnerSettings(context), "notAsked", { repair: true }),
  );
  if (hopper === "leave") {
    return exitCodes.interrupted;
  }
  const { notices } = hopper;
  const phases = [...hopper.queue.counts().values()].reduce((sum, count) => sum + count, 0);
  await hopper.stop();
  const count = `${phases} ${phases === 1 ? "phase is" : "phases are"} in the queue`;
  const message =
    notices.length === 0
      ? `Nothing had to be repaired; ${count}.`
      : `The queue is repaired; ${count}: look at it with \`${commandToType(context, "list")}\`.`;
  if (json) {
    printer.json({ success: true, message, notices });
  } else {
    for (const notice of notices) {
      printer.line(notice);
    }
    printer.line(message);
  }
  return exitCodes.completed;
}
