import type { PhaseQueueItem } from "../../core/protocol/queue";
import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { findPhase, findPlan, findPlanIfThere } from "../queue/ids";
import { reading } from "../queue/reading";
import { withCommands } from "../queue/withCommands";
import { askChoice } from "../terminal/ask";
import { phaseName } from "../../core/protocol/words/names";
import { phaseList } from "../../core/protocol/words/phaseList";
import { sayDone } from "./phaseCommands";

/** Removes a plan with all its phases, or one phase. */
export async function remove(context: Context, id = ""): Promise<ExitCode> {
  const { plan, phase, dependents } = await reading(context, (queue) => {
    // What has no dot in it was meant as a plan, where there is no phase with such a queue_id.
    const found = /^\d+$/.test(id) ? findPlan(context, queue, id) : findPlanIfThere(queue, id);
    const named = found ? undefined : findPhase(context, queue, id);
    const others = named ? queue.phases({ planId: named.plan_id, content: false }) : [];
    return { plan: found, phase: named, dependents: named ? blockedBy(named, others) : [] };
  });
  const drop = phase && (await askAboutDependents(context, phase, dependents));
  if (drop === "leave") {
    return exitCodes.interrupted;
  }
  return withCommands(context, async ({ commands }) => {
    const { message } = phase
      ? await commands.removePhase(phase.queue_id, drop === "drop")
      : await commands.removePlan(plan?.plan_id ?? id);
    return sayDone(context, message);
  });
}

/** Phases that could not be started any more without this one. */
function blockedBy(phase: PhaseQueueItem, others: readonly PhaseQueueItem[]): PhaseQueueItem[] {
  return phase.status === "completed"
    ? []
    : others.filter(
        ({ status, depends_on_phases }) =>
          status !== "completed" && depends_on_phases.includes(phase.phase_number),
      );
}

async function askAboutDependents(
  { options, terminal, json, printer }: Context,
  phase: PhaseQueueItem,
  dependents: readonly PhaseQueueItem[],
): Promise<"block" | "drop" | "leave"> {
  if (options.flag("dropDependencies")) {
    return "drop";
  }
  if (dependents.length === 0 || !terminal.canAsk || json) {
    return "block";
  }
  const names = phaseList(dependents.map(({ phase_number }) => phase_number));
  printer.line(
    `${names} ${dependents.length === 1 ? "depends" : "depend"} on ${phaseName(phase)}.`,
  );
  const answer = await askChoice(
    terminal,
    "[b]lock what depends on it, [d]rop the dependency, or [l]eave: ",
    ["block", "drop", "leave"],
  );
  return answer ?? "leave";
}
