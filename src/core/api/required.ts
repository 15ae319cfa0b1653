import { HopperError } from "../base/errors";
import { type Words, words } from "../base/words";
import type { AttemptItem, PhaseQueueItem, PlanItem } from "../protocol/queue";
import type { QueueSource } from "./queueSource";

/** The phase of that id. @throws HopperError `notFound` */
export function requiredPhase(queue: QueueSource, queueId: string): PhaseQueueItem {
  return required(queue.phase(queueId), words`There is no phase ${queueId} in this queue.`);
}

/** The plan of that id. @throws HopperError `notFound` */
export function requiredPlan(queue: QueueSource, planId: string): PlanItem {
  return required(queue.plan(planId), words`There is no plan ${planId} in this queue.`);
}

/** The attempt of that id. @throws HopperError `notFound` */
export function requiredAttempt(queue: QueueSource, attemptId: string): AttemptItem {
  return required(queue.attempt(attemptId), words`There is no attempt ${attemptId} in this queue.`);
}

function required<T>(found: T | undefined, missing: Words): T {
  if (found === undefined) {
    throw new HopperError("notFound", missing);
  }
  return found;
}
