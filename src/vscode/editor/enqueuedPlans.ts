import type { PhaseQueueItem, PlanItem, QueueEventType } from "../../core/protocol/queue";
import type { QueueReader } from "../../core/queue/queueReader";
import type { FolderQueueChange } from "../queues/folderQueue";
import type { EnqueuedPlan } from "./planMarks";

/** What is asked of a queue to find the plans of a file. */
export interface PlanShelf {
  readonly reader: Pick<QueueReader, "plansFrom" | "counts" | "phases" | "planContext"> | undefined;
}

/** Events after which phases have other texts, or other phases are there. */
const newTexts: ReadonlySet<QueueEventType> = new Set([
  "plan_enqueued",
  "plan_removed",
  "plan_updated",
  "phase_enqueued",
  "phase_removed",
]);

/**
 * Which of several copies of a file is spoken of wherever the file is shown: the newest unfinished one,
 * else the newest.
 *
 * @param plans the newest first.
 */
export function spokenOf(
  plans: readonly PlanItem[],
  reader: Pick<QueueReader, "counts">,
): PlanItem | undefined {
  return plans.find((plan) => isUnfinished(plan, reader)) ?? plans[0];
}

export function isUnfinished({ plan_id }: PlanItem, reader: Pick<QueueReader, "counts">): boolean {
  return [...reader.counts(plan_id).keys()].some((status) => status !== "completed");
}

/**
 * Finds what was enqueued from a file. The texts of phases are read again only after they changed:
 * statuses change often, and a plan can have a megabyte of text.
 */
export class EnqueuedPlans {
  /** What was found last, by the file's path, until a queue changes. */
  private readonly found = new Map<string, EnqueuedPlan | undefined>();
  private readonly texts = new Map<string, PlanTexts>();

  /** The plan of a file, with its phases. @param path the file's real path. */
  from(queue: PlanShelf, path: string): EnqueuedPlan | undefined {
    if (!this.found.has(path)) {
      this.found.set(path, this.look(queue, path));
    }
    return this.found.get(path);
  }

  /** Drops what a change may have replaced; without one, everything. */
  forget(change?: Pick<FolderQueueChange, "events">): void {
    this.found.clear();
    if (!change || change.events.length === 0) {
      this.texts.clear();
      return;
    }
    for (const { type, plan_id } of change.events) {
      if (plan_id !== undefined && newTexts.has(type)) {
        this.texts.delete(plan_id);
      }
    }
  }

  private look({ reader }: PlanShelf, path: string): EnqueuedPlan | undefined {
    const plan = reader && spokenOf(reader.plansFrom(path), reader);
    if (!plan) {
      return undefined;
    }
    const planId = plan.plan_id;
    const texts = this.texts.get(planId) ?? {
      context: reader.planContext(planId),
      phases: new Map(reader.phases({ planId }).map((phase) => [phase.queue_id, phase.phase_data])),
    };
    this.texts.set(planId, texts);
    const phases = reader.phases({ planId, content: false }).map((phase) => ({
      ...phase,
      phase_data: texts.phases.get(phase.queue_id) ?? phase.phase_data,
    }));
    return { plan, context: texts.context, phases };
  }
}

interface PlanTexts {
  readonly context: string;
  /** By queue id. */
  readonly phases: ReadonlyMap<string, PhaseQueueItem["phase_data"]>;
}
