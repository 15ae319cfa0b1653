import { yieldToEventLoop } from "../../core/base/clock";
import type { PhaseQueueItem, PlanItem, QueueEvent } from "../../core/protocol/queue";
import type { PhaseStatus } from "../../core/protocol/terms";
import { countStatuses, type StatusCounts } from "../words/statuses";
import type { RunQueue } from "../queue/runQueue";

/** A plan of a run, with its phases by queue_id in the order of their numbers. */
export interface RunPlan {
  readonly plan: PlanItem;
  readonly phases: ReadonlyMap<string, PhaseQueueItem>;
}

/** From so many changed phases on, reading the whole plan is cheaper than reading each. */
const manyChanges = 50;

/**
 * The plans and phases of one run as they were last announced, so that a view never has to ask the
 * database for all of them. Always read from the queue after an event, never worked out from it.
 */
export class RunModel {
  private readonly byId = new Map<
    string,
    { plan: PlanItem; phases: Map<string, PhaseQueueItem> }
  >();
  /** Every phase of the plans above, so that none is searched for. */
  private readonly phaseById = new Map<string, PhaseQueueItem>();
  private readonly runningIds = new Set<string>();
  private readonly counted: Record<PhaseStatus, number> = countStatuses([]);
  /** Grows with every change. */
  version = 0;

  private constructor(
    /** Asked for its queue each time: one that is followed is another one after each reading. */
    private readonly source: Pick<RunQueue, "queue">,
    private readonly planId: string | undefined,
  ) {}

  /** Reads the one plan of the run; without one every plan that is not finished. */
  static async of(source: Pick<RunQueue, "queue">, planId?: string): Promise<RunModel> {
    const model = new RunModel(source, planId);
    for (const plan of source.queue.plans()) {
      const statuses = [...source.queue.counts(plan.plan_id).keys()];
      const isUnfinished = statuses.some((status) => status !== "completed");
      if (planId === undefined ? isUnfinished : planId === plan.plan_id) {
        model.load(plan.plan_id);
        // A plan takes milliseconds; many of them must not keep followers waiting.
        await yieldToEventLoop();
      }
    }
    return model;
  }

  get plans(): readonly RunPlan[] {
    return [...this.byId.values()];
  }

  get phases(): readonly PhaseQueueItem[] {
    return this.plans.flatMap(({ phases }) => [...phases.values()]);
  }

  get running(): readonly PhaseQueueItem[] {
    return [...this.runningIds].flatMap((id) => this.phase(id) ?? []);
  }

  get counts(): StatusCounts {
    return this.counted;
  }

  countsOf(planId: string): StatusCounts {
    return countStatuses(this.byId.get(planId)?.phases.values() ?? []);
  }

  phase(queueId: string): PhaseQueueItem | undefined {
    return this.phaseById.get(queueId);
  }

  plan(planId: string): RunPlan | undefined {
    return this.byId.get(planId);
  }

  /** Whether an event is about this run; about the whole queue is, too. */
  concerns({ plan_id, type }: QueueEvent): boolean {
    return (
      plan_id === undefined ||
      this.byId.has(plan_id) ||
      (type === "plan_enqueued" && this.planId === undefined)
    );
  }

  apply(events: readonly QueueEvent[]): void {
    const changed = new Map<string, Set<string>>();
    for (const { type, plan_id, queue_id } of events) {
      if (plan_id === undefined) {
        continue;
      }
      if (type === "plan_removed") {
        this.forgetPlan(plan_id);
      } else if (type === "phase_removed" && queue_id !== undefined) {
        this.byId.get(plan_id)?.phases.delete(queue_id);
        this.forgetPhase(queue_id);
      } else if (queue_id === undefined) {
        this.load(plan_id);
      } else if (type !== "phase_enqueued") {
        const ids = changed.get(plan_id) ?? new Set();
        changed.set(plan_id, ids.add(queue_id));
      }
    }
    for (const [planId, ids] of changed) {
      if (ids.size >= manyChanges) {
        this.load(planId);
      } else {
        for (const id of ids) {
          this.note(this.source.queue.phase(id, false));
        }
      }
    }
    this.version += 1;
  }

  private load(planId: string): void {
    const plan = this.source.queue.plan(planId);
    if (plan) {
      for (const id of this.byId.get(planId)?.phases.keys() ?? []) {
        this.forgetPhase(id);
      }
      // Set again, not deleted before: a plan keeps its place among the others.
      this.byId.set(planId, { plan, phases: new Map() });
      for (const phase of this.source.queue.phases({ planId, content: false })) {
        this.note(phase);
      }
    }
  }

  private note(phase: PhaseQueueItem | undefined): void {
    const phases = phase && this.byId.get(phase.plan_id)?.phases;
    if (!phase || !phases) {
      return;
    }
    this.forgetPhase(phase.queue_id);
    phases.set(phase.queue_id, phase);
    this.phaseById.set(phase.queue_id, phase);
    this.counted[phase.status] += 1;
    if (phase.status === "running") {
      this.runningIds.add(phase.queue_id);
    }
  }

  private forgetPlan(planId: string): void {
    for (const id of this.byId.get(planId)?.phases.keys() ?? []) {
      this.forgetPhase(id);
    }
    this.byId.delete(planId);
  }

  private forgetPhase(queueId: string): void {
    const phase = this.phaseById.get(queueId);
    if (phase) {
      this.counted[phase.status] -= 1;
      this.phaseById.delete(queueId);
      this.runningIds.delete(queueId);
    }
  }
}
