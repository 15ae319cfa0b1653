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

/** The plans of a queue, in the order in which they were enqueued. */
export function planNodes(queue: FolderQueue): PlanNode[] {
  return (queue.reader?.plans() ?? []).map((plan) => ({ kind: "plan", queue, plan }));
}

/** The phases of a plan, in the order of their numbers. */
export function phaseNodes({ queue, plan }: Omit<PlanNode, "kind">): PhaseNode[] {
  const phases = queue.reader?.phases({ planId: plan.plan_id, content: false }) ?? [];
  return phases.map((phase) => ({ kind: "phase", queue, plan, phase }));
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
