import { HopperError } from "../base/errors";
import { joined, type Words, words } from "../base/words";
import { statusWords } from "../protocol/words/statusWords";
import { canBeUpdated, comparePlan, type PlanComparison } from "../plan/comparePlan";
import { type CommandResult, type UpdateRequest, result } from "../protocol/commands";
import type { ParsedPhase } from "../protocol/plan";
import type { PlanItem } from "../protocol/queue";
import { phaseListWords } from "../protocol/words/phaseList";
import type { NewPhase, PlanUpdate, Queue } from "../queue/queue";
import { assertAsShown, assertValid, newPhase } from "./enqueuePlan";
import { assertNoCycle, type Choice, dependenciesAfter, numbersAfter } from "./updateOrder";
import { loadPlan } from "./loadPlan";
import type { LoadedPlan, PlanContext, PlanPlace } from "./planSource";

/**
 * Brings what is stored of a plan up to its file, as far as the request says.
 *
 * Phases take the file's numbers, started ones too, so that queue and file speak of the same phase;
 * one that is gone from the file keeps its number, or gets one above all where that is taken. A phase
 * that takes the file's text depends on what the file says. So does one whose text is the same where
 * something is put in before it; every other goes on waiting for what it waited for. A dependency on
 * a phase that is not in the queue stands for what that phase depends on.
 *
 * @throws HopperError `notFound`, `usage`, InvalidPlanError, or `conflict` when the text is not the
 * one that was shown, a phase was started, or phases would wait for one another.
 */
export async function updatePlan(
  queue: Queue,
  request: UpdateRequest,
  context: Omit<PlanContext, "defaultRunner">,
  planWorker: string,
): Promise<CommandResult> {
  const shown = requiredPlan(queue, request.planId);
  const planContext = { ...context, defaultRunner: shown.runner };
  const loaded = await loadPlan(placeOf(shown, request), planContext, planWorker);
  // It may have changed, or be gone, since its text was asked for.
  const plan = requiredPlan(queue, request.planId);
  assertAsShown(loaded, request.sha256, plan.source_path);
  assertValid(loaded, plan.source_path);
  const stored = queue.phases({ planId: plan.plan_id });
  const comparison = comparePlan(stored, loaded.plan.phases);
  const choice = choose(comparison, request);
  const numbers = numbersAfter(comparison, choice);
  const kept = dependenciesAfter(stored, comparison, choice, numbers);
  const asStored = (phase: ParsedPhase): NewPhase => {
    const runner = phase.runner ?? plan.runner;
    const kind = context.runners.get(runner)?.kind ?? "shell";
    return { ...newPhase(phase, runner, kind), dependsOn: kept.resolve(phase.dependsOn) };
  };
  const update: PlanUpdate = {
    planId: plan.plan_id,
    removed: choice.removed.map(({ queue_id }) => queue_id),
    kept: kept.phases,
    updated: new Map(
      choice.updated.map(({ stored, written }) => [stored.queue_id, asStored(written)]),
    ),
    added: choice.added.map(asStored),
    ...frameOf(loaded, isUpToDate(comparison, choice), request.context === true),
  };
  assertNoCycle(update);
  queue.update(update);
  return result(inWords(plan, choice, request.context === true));
}

/** With the last difference that is taken over, the stored plan is this file. */
function frameOf(
  { plan: { title, context }, sha256 }: LoadedPlan,
  isUpToDate: boolean,
  isAsked: boolean,
): Pick<PlanUpdate, "plan"> {
  return isUpToDate || isAsked
    ? { plan: { title, context, ...(isUpToDate && { sourceSha256: sha256 }) } }
    : {};
}

function choose(
  { pairs, added, removed }: PlanComparison<ParsedPhase>,
  request: UpdateRequest,
): Choice {
  const { update = [], add = [], remove = [] } = request;
  const choice = {
    updated: update.map((id) =>
      required(
        pairs.find(({ stored }) => stored.queue_id === id),
        words`The phase ${id} is not, or no longer, both in the queue and in the plan's file.`,
      ),
    ),
    added: add.map((number) =>
      required(
        added.find((phase) => phase.number === number),
        words`Phase ${number} of the file is in the queue already, or not in the file.`,
      ),
    ),
    removed: remove.map((id) =>
      required(
        removed.find(({ queue_id }) => queue_id === id),
        words`The phase ${id} is still in the plan's file, or not in the queue.`,
      ),
    ),
  };
  for (const { stored } of choice.updated) {
    if (!canBeUpdated(stored)) {
      throw new HopperError(
        "conflict",
        words`Phase ${stored.phase_number} is ${statusWords[stored.status]}: it keeps the text it was started with.`,
      );
    }
  }
  return choice;
}

/** Whether the file has nothing more than what is stored after the update, nor less. */
function isUpToDate({ pairs, added, removed }: PlanComparison, choice: Choice): boolean {
  const left = pairs.filter(
    ({ stored, differs, moved }) =>
      (differs || moved) &&
      canBeUpdated(stored) &&
      !choice.updated.some((pair) => pair.stored.queue_id === stored.queue_id),
  );
  return (
    left.length === 0 &&
    added.length === choice.added.length &&
    removed.length === choice.removed.length
  );
}

function inWords(
  { plan_number }: PlanItem,
  { updated, added, removed }: Choice,
  frame: boolean,
): Words {
  const parts = [
    ...changed(
      updated.map(({ written }) => written.number),
      (phase) => words`${phase} was updated`,
      (phases) => words`${phases} were updated`,
    ),
    ...changed(
      added.map(({ number }) => number),
      (phase) => words`${phase} was added`,
      (phases) => words`${phases} were added`,
    ),
    ...changed(
      removed.map(({ phase_number }) => phase_number),
      (phase) => words`${phase} was removed`,
      (phases) => words`${phases} were removed`,
    ),
    ...(frame ? [words`its title and context are those of the file`] : []),
  ];
  return parts.length === 0
    ? words`Plan ${plan_number} has the numbers of its file.`
    : words`Plan ${plan_number}: ${joined(parts, "; ")}.`;
}

function changed(
  numbers: readonly number[],
  one: (phase: Words) => Words,
  several: (phases: Words) => Words,
): Words[] {
  const list = phaseListWords(numbers);
  return numbers.length === 0 ? [] : [numbers.length === 1 ? one(list) : several(list)];
}

/** Where the plan's text is now. */
function placeOf(plan: PlanItem, { markdown }: UpdateRequest): PlanPlace {
  if (markdown === undefined && plan.source_path === undefined) {
    throw new HopperError(
      "usage",
      words`Plan ${plan.plan_number} came as text, not from a file: give its new text.`,
    );
  }
  return { path: plan.source_path, markdown };
}

function requiredPlan(queue: Queue, planId: string): PlanItem {
  return required(queue.plan(planId), words`There is no plan ${planId} in this queue.`);
}

function required<T>(value: T | undefined, missing: Words): T {
  if (value === undefined) {
    throw new HopperError("notFound", missing);
  }
  return value;
}
