import type { Context } from "../context";
import type { ExitCode } from "../exitCodes";
import { findPlan } from "../queue/ids";
import { whoGoesOn } from "../queue/owner";
import { noQueue } from "../queue/reading";
import { withCommands } from "../queue/withCommands";
import { commandToType } from "../words/commandToType";
import { sayDone } from "./phaseCommands";

/** Pauses or resumes the whole queue, or one plan. */
export async function setPaused(
  context: Context,
  paused: boolean,
  planId: string | undefined,
): Promise<ExitCode> {
  if (!context.workspace.exists) {
    throw noQueue(context);
  }
  return withCommands(context, async (access) => {
    const { commands, queue } = access;
    const plan = planId === undefined ? undefined : findPlan(context, queue, planId);
    const { message } = await commands.setPaused(paused, plan?.plan_id);
    if (paused) {
      const resume = commandToType(context, "resume", ...(plan ? [String(plan.plan_number)] : []));
      return sayDone(context, message, `\`${resume}\` lets it go on.`);
    }
    const stillPaused = plan && queue.pausedReason !== undefined;
    return stillPaused
      ? sayDone(
          context,
          message,
          `The queue itself is paused: \`${commandToType(context, "resume")}\` resumes it.`,
        )
      : sayDone(context, message, whoGoesOn(context, access, plan?.plan_id));
  });
}
