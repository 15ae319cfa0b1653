import type { PlanItem } from "../protocol/queue";
import type { ListedPhases, QueueSource } from "./queueSource";
import { AnswerStream } from "./send";

/** `{phases, total}`, however many there are. */
export function answerPhases(queue: QueueSource, wanted: ListedPhases): AnswerStream {
  return new AnswerStream(phasesJson(queue, wanted));
}

function* phasesJson(queue: QueueSource, wanted: ListedPhases): Generator<string | Buffer> {
  yield '{"phases":[';
  const total = yield* listed(queue, wanted);
  yield `],"total":${total}}`;
}

/** `{plans, total}`, each plan with its phases. */
export function answerPlans(queue: QueueSource): AnswerStream {
  return new AnswerStream(plansJson(queue));
}

function* plansJson(queue: QueueSource): Generator<string | Buffer> {
  const plans = queue.plans();
  let total = 0;
  yield '{"plans":[';
  for (const plan of plans) {
    yield total === 0 ? "" : ",";
    yield* planJson(queue, plan);
    total += 1;
  }
  yield `],"total":${total}}`;
}

/** A plan with its phases. */
export function answerPlan(queue: QueueSource, plan: PlanItem): AnswerStream {
  return new AnswerStream(planJson(queue, plan));
}

function* planJson(queue: QueueSource, plan: PlanItem): Generator<string | Buffer> {
  yield `${JSON.stringify(plan).slice(0, -1)},"phases":[`;
  yield* listed(queue, { planId: plan.plan_id, content: true });
  yield "]}";
}

/** The queue at one event, without long texts. */
export function answerSnapshot(queue: QueueSource): AnswerStream {
  return new AnswerStream(snapshotJson(queue, {}));
}

/**
 * A snapshot as JSON. Everything but the phases is of one moment; a phase that is read later may show
 * what an event after `event_id` tells once more.
 *
 * @param before fields that stand before those of the snapshot.
 */
export function* snapshotJson(
  queue: QueueSource,
  before: Readonly<Record<string, unknown>>,
): Generator<string | Buffer> {
  const head = {
    ...before,
    event_id: queue.lastEventId,
    database_id: queue.databaseId,
    ...(queue.pausedReason !== undefined && { paused_reason: queue.pausedReason }),
    waiting: queue.waiting(),
    plans: queue.plans(),
  };
  yield `${JSON.stringify(head).slice(0, -1)},"phases":[`;
  yield* listed(queue, { content: false });
  yield "]}";
}

/** @returns how many there are. */
function* listed(
  queue: QueueSource,
  wanted: ListedPhases,
): Generator<string | Buffer, number, undefined> {
  let total = 0;
  for (const { json, count } of queue.phasePages(wanted)) {
    yield total === 0 ? json.subarray(1) : json;
    total += count;
  }
  return total;
}
