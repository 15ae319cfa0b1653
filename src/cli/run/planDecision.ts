import { unfinishedPlanFrom } from "../../core/coordinator/enqueuePlan";
import type { PlanItem } from "../../core/protocol/queue";
import type { QueueReader } from "../../core/queue/queueReader";
import type { Context } from "../context";
import { options as knownOptions } from "../options";
import { askChoice } from "../terminal/ask";
import { cleanText } from "../../core/protocol/words/cleanText";
import { countsInWords, countStatuses } from "../words/statuses";
import { HopperError } from "../../core/base/errors";
import type { PlanFile } from "./planFile";

/** What `run PLAN` does with a plan's file. */
export type PlanDecision =
  /** It is enqueued and unfinished: go on with what is stored. */
  | { readonly kind: "continue"; readonly plan: PlanItem }
  /** It is new, or finished, or shall be enqueued all the same. */
  | { readonly kind: "enqueue"; readonly ifEnqueued: "refuse" | "again" | "replace" }
  /** The person left. */
  | { readonly kind: "leave" };

/**
 * Decides by what the queue's files say before it is opened: opening settles what ended meanwhile,
 * and a plan that finished on its own since the last look is not to be run a second time.
 *
 * @param queue undefined where there is none yet.
 * @throws HopperError `usage` when the file has changed and nobody says what to do about it.
 */
export async function decideOnPlan(
  context: Context,
  queue: QueueReader | undefined,
  file: PlanFile,
): Promise<PlanDecision> {
  const { options } = context;
  const { sourcePath, sha256 } = file.loaded;
  const plan = queue && unfinishedPlanFrom(queue, sourcePath);
  if (options.flag("again") || !queue || !plan) {
    return { kind: "enqueue", ifEnqueued: plan ? "again" : "refuse" };
  }
  if (options.flag("replace")) {
    return { kind: "enqueue", ifEnqueued: "replace" };
  }
  if (plan.source_sha256 === sha256) {
    return goOn(context, plan);
  }
  const said = `${cleanText(file.name)} has changed since it was enqueued as Plan ${plan.plan_number}`;
  if (options.flag("keep")) {
    context.logger.warn(`${said}; the stored text is kept.`);
    return goOn(context, plan);
  }
  return askAboutChange(context, queue, plan, said);
}

/** Says which options come too late for a plan that is enqueued already. */
function goOn(context: Context, plan: PlanItem): PlanDecision {
  const { options, logger } = context;
  const number = plan.plan_number;
  const runner = options.text("runner");
  if (runner !== undefined && runner !== plan.runner) {
    logger.warn(
      `Plan ${number} was enqueued with the runner ${plan.runner} and goes on with it; --replace ` +
        "enqueues it anew.",
    );
  }
  const late = (["title", "priority", "parentIssue"] as const)
    .filter((name) => (options.text(name) ?? options.number(name)) !== undefined)
    .map((name) => knownOptions[name].long ?? name);
  if (late.length > 0) {
    logger.warn(
      `Plan ${number} is enqueued already and goes on as it is stored: ${late.join(", ")} ` +
        `${late.length === 1 ? "changes" : "change"} nothing; --replace enqueues it anew.`,
    );
  }
  return { kind: "continue", plan };
}

async function askAboutChange(
  context: Context,
  queue: QueueReader,
  plan: PlanItem,
  said: string,
): Promise<PlanDecision> {
  const { terminal, json, printer } = context;
  if (!terminal.canAsk || json) {
    throw new HopperError(
      "usage",
      `${said}: --keep goes on with the stored text, --replace removes the unfinished plan and ` +
        `enqueues the file anew.`,
    );
  }
  const phases = queue.phases({ planId: plan.plan_id, content: false });
  printer.line(`${said} (${countsInWords(countStatuses(phases))}).`);
  const answer = await askChoice(
    terminal,
    "[k]eep the stored text and go on, [r]eplace it and begin anew, or [l]eave: ",
    ["keep", "replace", "leave"],
  );
  if (answer === "keep") {
    return goOn(context, plan);
  }
  return answer === "replace" ? { kind: "enqueue", ifEnqueued: "replace" } : { kind: "leave" };
}
