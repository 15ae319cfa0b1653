import type { PhaseQueueItem, PlanItem } from "./queue";

/** What a queue, or one plan, is waiting for. */
export interface Waiting {
  readonly kind:
    /** A phase runs, or is about to. */
    | "running"
    /** An automatic retry is not due yet. */
    | "retry"
    /** A person must say done or failed. */
    | "person"
    /** An outside workflow must report. */
    | "workflow"
    /** Somebody, a checkpoint or the breaker paused it. */
    | "paused"
    /** Nothing can go on before somebody retries, skips or removes a phase. */
    | "failed"
    /** Everything is completed, or there is nothing. */
    | "completed"
    /** The coordinator cannot work: the disk is full, for instance. */
    | "trouble";
  /** For people: "Phase 3 running", "waiting for a person: Phase 2". */
  readonly text: string;
}

/** The whole queue at one moment, as every view draws it. */
export interface HopperSnapshot {
  readonly plans: readonly PlanItem[];
  /** Without the phases' long texts. */
  readonly phases: readonly PhaseQueueItem[];
  /** Why nothing is started, while the queue is paused. */
  readonly pausedReason?: string;
  readonly waiting: Waiting;
}
