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
