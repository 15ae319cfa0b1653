import { HopperError } from "../base/errors";
import type { AttemptItem, PhaseQueueItem, PlanItem } from "../protocol/queue";
import type { QueueSource } from "./queueSource";

/** The phase of that id. @throws HopperError `notFound` */
export function requiredPhase(queue: QueueSource, queueId: string): PhaseQueueItem {
  return required(queue.phase(queueId), `phase ${queueId}`);
}

/** The plan of that id. @throws HopperError `notFound` */
export function requiredPlan(queue: QueueSource, planId: string): PlanItem {
  return required(queue.plan(planId), `plan ${planId}`);
}

/** The attempt of that id. @throws HopperError `notFound` */
export function requiredAttempt(queue: QueueSource, attemptId: string): AttemptItem {
  return required(queue.attempt(attemptId), `attempt ${attemptId}`);
}

function required<T>(found: T | undefined, what: string): T {
  if (found === undefined) {
    throw new HopperError("notFound", `There is no ${what} in this queue.`);
  }
  return found;
}
