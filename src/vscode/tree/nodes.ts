import type { PhaseQueueItem, PlanItem } from "../../core/protocol/queue";
import type { FolderQueue } from "../queues/folderQueue";

/** What a row of the tree stands for; commands get these. */
export type QueueNode = FolderNode | PlanNode | PhaseNode;

export interface FolderNode {
  readonly kind: "folder";
  readonly queue: FolderQueue;
}

export interface PlanNode {
  readonly kind: "plan";
  readonly queue: FolderQueue;
  readonly plan: PlanItem;
}

export interface PhaseNode {
  readonly kind: "phase";
  readonly queue: FolderQueue;
  readonly plan: PlanItem;
  readonly phase: PhaseQueueItem;
}

/** The plans of a queue, in the order in which they are started. */
export function planNodes(queue: FolderQueue): PlanNode[] {
  const order = ranks(queue.reader?.planOrder() ?? []);
  return (queue.reader?.plans() ?? [])
    .sort((a, b) => (order.get(a.plan_id) ?? 0) - (order.get(b.plan_id) ?? 0))
    .map((plan) => ({ kind: "plan", queue, plan }));
}

/** The phases of a plan, in the order in which they are started: of their numbers, unless moved. */
export function phaseNodes({ queue, plan }: Omit<PlanNode, "kind">): PhaseNode[] {
  const order = ranks(queue.reader?.phaseOrder(plan.plan_id) ?? []);
  return (queue.reader?.phases({ planId: plan.plan_id, content: false }) ?? [])
    .sort((a, b) => (order.get(a.phase_number) ?? 0) - (order.get(b.phase_number) ?? 0))
    .map((phase) => ({ kind: "phase", queue, plan, phase }));
}

/** All of its phases are completed. */
export function isFinished({ queue, plan }: PlanNode): boolean {
  const statuses = queue.reader?.counts(plan.plan_id).keys() ?? [];
  return [...statuses].every((status) => status === "completed");
}

function ranks<T>(order: readonly T[]): ReadonlyMap<T, number> {
  return new Map(order.map((id, rank) => [id, rank]));
}

/** What a command was called with, when it was called from elsewhere than the tree. */
export function isQueueNode(value: unknown): value is QueueNode {
  return (
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    "queue" in value &&
    (value.kind === "folder" || value.kind === "plan" || value.kind === "phase")
  );
}
