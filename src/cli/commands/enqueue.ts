import { unfinishedPlanFrom } from "../../core/coordinator/enqueuePlan";
import { HopperError } from "../../core/base/errors";
import { InvalidPlanError } from "../../core/protocol/plan";
import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { type Adoption, decideOnAdoption } from "../queue/adoption";
import { lookAtOwner, whoGoesOn } from "../queue/owner";
import { openView } from "../queue/reading";
import { runnerSettings } from "../queue/runnerSettings";
import { type CommandAccess, withCommands } from "../queue/withCommands";
import { chooseRunner } from "../run/chooseRunner";
import { enqueueRequest, type PlanFile, readPlan, refusedByQueue } from "../run/planFile";
import { commandToType } from "../words/commandToType";
import { lineWidth, renderLine, span, wrapLine } from "../terminal/line";
import { cleanText } from "../../core/protocol/words/cleanText";

/** Stores a plan with its phases; whoever owns the queue starts them in their turn. */
export async function enqueue(context: Context, name = ""): Promise<ExitCode> {
  const settings = runnerSettings(context);
  const isOwned = lookAtOwner(context).state === "alive";
  const file = readPlan(context, settings, name, isOwned ? "owner" : "us");
  const { adoption, ifEnqueued } = await choiceFor(context, file);
  const chosen = adoption === "leave" ? undefined : await chooseRunner(context, settings, file);
  if (!chosen) {
    return exitCodes.interrupted;
  }
  const work = async (access: CommandAccess): Promise<ExitCode> => {
    const { commands, queue, hopper } = access;
    const request = enqueueRequest(context, chosen, ifEnqueued);
    const { planId, planNumber, phases } = await commands
      .enqueue(request)
      .catch((error: unknown) => {
        throw error instanceof InvalidPlanError ? refusedByQueue(context, chosen, error) : error;
      });
    const title = hopper ? queue.plan(planId)?.title : chosen.loaded.plan.title;
    const count = phases.length === 1 ? "1 phase" : `${phases.length} phases`;
    const message = `Plan ${planNumber} ${cleanText(title ?? "")} is enqueued with ${count}.`;
    const hint = whoGoesOn(context, access, planId);
    if (context.json) {
      const plan = { plan_id: planId, plan_number: planNumber, phases };
      context.printer.json({ success: true, message: `${message} ${hint}`, ...plan });
    } else {
      const { printer, terminal } = context;
      const both = [span(`${message} ${hint}`)];
      // The hint names a command, which is not parted.
      const lines =
        lineWidth(both) <= terminal.columns
          ? [both]
          : [...wrapLine([span(message)], terminal.columns), [span(hint)]];
      lines.forEach((line) => printer.line(renderLine(line, terminal.palette)));
    }
    return exitCodes.completed;
  };
  return withCommands(context, work, adoption);
}

interface Choice {
  readonly adoption: Adoption;
  readonly ifEnqueued: "refuse" | "again" | "replace";
}

/**
 * @throws HopperError `conflict` when the file is enqueued and unfinished and no option decides;
 * `foreign` when the queue is, and nobody can be asked.
 */
async function choiceFor(context: Context, { loaded, name }: PlanFile): Promise<Choice> {
  const { options } = context;
  const view = await openView(context);
  try {
    const adoption = view ? await decideOnAdoption(context, view.queue) : "notAsked";
    if (options.flag("again") || options.flag("replace")) {
      return { adoption, ifEnqueued: options.flag("again") ? "again" : "replace" };
    }
    const plan = view && unfinishedPlanFrom(view.queue, loaded.sourcePath);
    if (plan && adoption !== "leave") {
      throw new HopperError(
        "conflict",
        `${name} is enqueued and unfinished already, as Plan ${plan.plan_number}: ` +
          `\`${commandToType(context, "run", name)}\` goes on with it, --replace removes it first, ` +
          "--again enqueues a second copy.",
      );
    }
    return { adoption, ifEnqueued: "refuse" };
  } finally {
    view?.dispose();
  }
}
