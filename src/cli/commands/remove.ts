import type { Context } from "../context";
import type { ExitCode } from "../exitCodes";
import { findPhase, findPlanIfThere } from "../queue/ids";
import { noQueue } from "../queue/reading";
import { withCommands } from "../queue/withCommands";
import { sayDone } from "./phaseCommands";

/** Removes a plan with all its phases, or one phase. */
export async function remove(context: Context, id: string | undefined): Promise<ExitCode> {
  if (!context.workspace.exists) {
    throw noQueue(context);
  }
  return withCommands(context, async ({ commands, queue }) => {
    const plan = findPlanIfThere(queue, id ?? "");
    const { message } = plan
      ? await commands.removePlan(plan.plan_id)
      : await commands.removePhase(
          findPhase(queue, id).queue_id,
          context.options.flag("dropDependencies"),
        );
    return sayDone(context, message);
  });
}
