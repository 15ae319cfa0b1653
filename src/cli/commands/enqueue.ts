import { unfinishedPlanFrom } from "../../core/coordinator/enqueuePlan";
import { HopperError } from "../../core/base/errors";
import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { openView } from "../queue/reading";
import { runnerSettings } from "../queue/runnerSettings";
import { withCommands } from "../queue/withCommands";
import { chooseRunner } from "../run/chooseRunner";
import { enqueueRequest, type PlanFile, readPlan } from "../run/planFile";
import { cleanText } from "../terminal/cleanText";

/** Stores a plan with its phases; whoever owns the queue starts them in their turn. */
export async function enqueue(context: Context, name = ""): Promise<ExitCode> {
  const settings = runnerSettings(context);
  const file = readPlan(context, settings, name);
  const ifEnqueued = await choiceFor(context, file);
  const chosen = await chooseRunner(context, settings, file);
  if (!chosen) {
    return exitCodes.interrupted;
  }
  return withCommands(context, async ({ commands, queue, hopper }) => {
    const request = enqueueRequest(context, chosen, ifEnqueued);
    const { planId, planNumber, phases } = await commands.enqueue(request);
    const title = hopper ? queue.plan(planId)?.title : chosen.loaded.plan.title;
    const count = phases.length === 1 ? "1 phase" : `${phases.length} phases`;
    const message = `Plan ${planNumber} ${cleanText(title ?? "")} is enqueued with ${count}.`;
    const hint = hopper ? "`phase-hopper run` runs it." : "The queue's owner goes on with it.";
    if (context.json) {
      const plan = { plan_id: planId, plan_number: planNumber, phases };
      context.printer.json({ success: true, message: `${message} ${hint}`, ...plan });
    } else {
      context.printer.line(`${message} ${hint}`);
    }
    return exitCodes.completed;
  });
}

/** @throws HopperError `conflict` when the file is enqueued and unfinished and no option decides. */
async function choiceFor(
  context: Context,
  { loaded, name }: PlanFile,
): Promise<"refuse" | "again" | "replace"> {
  const { options } = context;
  if (options.flag("again")) {
    return "again";
  }
  if (options.flag("replace")) {
    return "replace";
  }
  const view = await openView(context);
  try {
    const plan = view && unfinishedPlanFrom(view.queue, loaded.sourcePath);
    if (plan) {
      throw new HopperError(
        "conflict",
        `${name} is enqueued and unfinished already, as Plan ${plan.plan_number}: ` +
          `\`phase-hopper run ${name}\` goes on with it, --replace removes it first, --again ` +
          `enqueues a second copy.`,
      );
    }
    return "refuse";
  } finally {
    view?.dispose();
  }
}
