import { HopperError } from "../../core/base/errors";
import type { PhaseQueueItem, PlanItem } from "../../core/protocol/queue";
import type { QueueReader } from "../../core/queue/queueReader";
import { phaseId } from "../../core/protocol/words/names";
import type { Context } from "../context";
import { commandToType } from "../words/commandToType";

/**
 * The phase that a person named: "1.3" or a queue_id.
 *
 * @throws HopperError `usage` or `notFound`, with what could have been meant.
 */
export function findPhase(
  context: Asking,
  queue: QueueReader,
  id: string | undefined,
): PhaseQueueItem {
  const given = id ?? "";
  const [, plan, phase] = /^(\d+)\.(\d+)$/.exec(given) ?? [];
  const found =
    plan === undefined || phase === undefined
      ? queue.phase(given)
      : queue.phaseByNumber(Number(plan), Number(phase));
  if (found) {
    return found;
  }
  const asPlan = findPlanIfThere(queue, given);
  if (asPlan) {
    const [first] = queue.phases({ planId: asPlan.plan_id, content: false });
    const example = first ? phaseId(first) : `${asPlan.plan_number}.1`;
    throw new HopperError(
      "usage",
      `${given} is a plan: name one of its phases, such as ${example} (see \`${commandToType(context, "list")}\`).`,
    );
  }
  throw notThere(context, `phase ${given}`);
}

/** The plan that a person named: its number or its plan_id. */
export function findPlan(context: Asking, queue: QueueReader, id: string): PlanItem {
  const found = findPlanIfThere(queue, id);
  if (!found) {
    throw notThere(context, `plan ${id}`);
  }
  return found;
}

export function findPlanIfThere(queue: QueueReader, id: string): PlanItem | undefined {
  return /^\d+$/.test(id) ? queue.planByNumber(Number(id)) : queue.plan(id);
}

/** Who asks: the command to type next is about the same queue. */
type Asking = Pick<Context, "options">;

function notThere(context: Asking, what: string): HopperError {
  return new HopperError(
    "notFound",
    `There is no ${what} in this queue: \`${commandToType(context, "list")}\` shows what there is.`,
  );
}
