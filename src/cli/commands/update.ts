import { loadPlanFile } from "../../core/coordinator/planSource";
import { HopperError } from "../../core/base/errors";
import { canBeUpdated, compareFrame, comparePlan } from "../../core/plan/comparePlan";
import { phaseList } from "../../core/protocol/words/phaseList";
import type { Context } from "../context";
import type { ExitCode } from "../exitCodes";
import { findPlan } from "../queue/ids";
import { noQueue } from "../queue/reading";
import { runnerSettings } from "../queue/runnerSettings";
import { withCommands } from "../queue/withCommands";
import { sayDone } from "./phaseCommands";

/** Brings the stored text of a plan's unstarted and failed phases up to its file. */
export async function update(context: Context, id = ""): Promise<ExitCode> {
  if (!context.workspace.exists) {
    throw noQueue(context);
  }
  const { runners } = runnerSettings(context);
  return withCommands(context, async ({ commands, queue }) => {
    const plan = findPlan(context, queue, id);
    if (plan.source_path === undefined) {
      throw new HopperError("usage", `Plan ${plan.plan_number} came as text, not from a file.`);
    }
    const { sha256, plan: written } = loadPlanFile(plan.source_path, {
      workspace: context.workspace.path,
      runners,
      defaultRunner: plan.runner,
    });
    const stored = queue.phases({ planId: plan.plan_id });
    const { pairs, added, removed } = comparePlan(stored, written.phases);
    const differing = pairs.filter(
      ({ differs, moved, stored }) => (differs || moved) && canBeUpdated(stored),
    );
    const renumbered = pairs.some(({ stored, written }) => stored.phase_number !== written.number);
    const frame = compareFrame(
      {
        title: plan.title,
        context: queue.planContext(plan.plan_id),
        sha256: plan.source_sha256,
      },
      { ...written, sha256 },
    );
    const framed = frame.title || frame.context;
    const add = context.options.flag("add") ? added : [];
    const remove = context.options.flag("remove") ? removed : [];
    const offers = [
      offer(
        add.length > 0 ? [] : added.map(({ number }) => number),
        "new in the file: --add puts",
        "into the queue.",
      ),
      offer(
        remove.length > 0 ? [] : removed.map(({ phase_number }) => phase_number),
        "gone from the file: --remove takes",
        "out of the queue.",
      ),
    ]
      .filter((one) => one !== "")
      .join(" ");
    const changes = differing.length + add.length + remove.length;
    if (changes === 0 && !framed && !renumbered) {
      return sayDone(context, "No stored text differs from the file.", offers);
    }
    const { message } = await commands.updatePlan({
      planId: plan.plan_id,
      sha256,
      update: differing.map(({ stored }) => stored.queue_id),
      add: add.map(({ number }) => number),
      remove: remove.map(({ queue_id }) => queue_id),
      ...(framed && { context: true }),
    });
    return sayDone(context, message, offers);
  });
}

function offer(numbers: readonly number[], what: string, where: string): string {
  const one = numbers.length === 1;
  return numbers.length === 0
    ? ""
    : `${phaseList(numbers)} ${one ? "is" : "are"} ${what} ${one ? "it" : "them"} ${where}`;
}
