import * as z from "zod";
import { blockLanguages } from "./plan";
import type { AttemptState, FailureReason, PhaseReason, PhaseStatus, RunnerKind } from "./terms";

const codeBlockSchema = z.object({
  language: z.enum(blockLanguages),
  source: z.string(),
  startLine: z.int(),
  endLine: z.int(),
});

/** What a phase is made of, stored as JSON in `phase_queue.phase_data`. */
export const phaseDataSchema = z.object({
  title: z.string(),
  content: z.string(),
  /** For runners of kind `command`: the content without properties and verify blocks, else empty. */
  instructions: z.string(),
  externalDocs: z.array(z.string()),
  /** For runners of kind `shell`: what is run, else empty. */
  blocks: z.array(codeBlockSchema),
  verify: z.array(codeBlockSchema),
  properties: z.object({
    /** Seconds; 0 is none. */
    timeout: z.number().optional(),
    retries: z.number().optional(),
    checkpoint: z.string().optional(),
  }),
});
export type PhaseData = z.infer<typeof phaseDataSchema>;

/** A phase as every view and route shows it. Times are ISO 8601 in UTC. */
export interface PhaseQueueItem {
  readonly queue_id: string;
  readonly plan_id: string;
  /** The plan's GitHub issue, 0 without one. */
  readonly parent_issue: number;
  /** The number of the plan in this workspace: `plan_number.phase_number` names a phase. */
  readonly plan_number: number;
  readonly phase_number: number;
  readonly label: string;
  readonly issue_number?: number;
  readonly status: PhaseStatus;
  /** The single phase this one depends on, where it is a single one. */
  readonly depends_on_phase?: number;
  readonly depends_on_phases: readonly number[];
  readonly phase_data: {
    readonly title: string;
    readonly content: string;
    readonly externalDocs?: readonly string[];
  };
  readonly runner: string;
  readonly priority: number;
  /** How many attempts were made. */
  readonly attempts: number;
  readonly adw_id?: string;
  readonly pr_number?: number;
  readonly reason?: PhaseReason;
  readonly error_message?: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly ready_at?: string;
  /** An automatic retry does not start before this. */
  readonly not_before?: string;
  readonly started_at?: string;
  readonly finished_at?: string;
}

/** What a list says of a phase; `attempts` is there of running ones. */
export type PhaseOverview = Pick<
  PhaseQueueItem,
  | "plan_number"
  | "phase_number"
  | "status"
  | "depends_on_phases"
  | "issue_number"
  | "reason"
  | "error_message"
  | "not_before"
  | "started_at"
  | "finished_at"
> & {
  readonly phase_data: Pick<PhaseQueueItem["phase_data"], "title">;
  readonly attempts?: number;
};

/** A plan as every view and route shows it. */
export interface PlanItem {
  readonly plan_id: string;
  readonly plan_number: number;
  readonly title: string;
  readonly source_path?: string;
  readonly source_sha256: string;
  readonly parent_issue: number;
  readonly runner: string;
  /** Why this plan alone is paused: the text of a checkpoint. */
  readonly paused_reason?: string;
  readonly created_at: string;
}

/** One execution of a phase. */
export interface AttemptItem {
  readonly attempt_id: string;
  readonly queue_id: string;
  readonly attempt_number: number;
  readonly runner: string;
  /** What kind its runner was at the claim; missing where there was no such runner. */
  readonly runner_kind?: RunnerKind;
  /** Seconds it may take, and may be silent, as decided at the claim; 0 is none. */
  readonly timeout?: number;
  readonly idle_timeout?: number;
  /** The program and arguments as run; empty where nothing is, or could be, started. */
  readonly command: readonly string[];
  readonly state: AttemptState;
  readonly pid?: number;
  /** What the system says of the process's start: tells a reused pid from the same process. */
  readonly pid_started_at?: string;
  readonly started_at: string;
  /** When an `external` or `manual` attempt was reported as done, and its verify blocks began. */
  readonly reported_at?: string;
  /** When an outside program last said that it is alive, and what it is at. */
  readonly heartbeat_at?: string;
  readonly progress?: string;
  readonly finished_at?: string;
  /** The reason of a stop that was asked for. */
  readonly stop_requested?: FailureReason;
  readonly exit_code?: number;
  readonly signal?: string;
  readonly outcome?: "completed" | FailureReason;
  readonly evidence?: unknown;
  readonly log_bytes?: number;
}

/** What changed, as views and event streams get it; `event_id` only grows. */
export interface QueueEvent {
  readonly event_id: number;
  readonly at: string;
  readonly type: QueueEventType;
  readonly plan_id?: string;
  readonly queue_id?: string;
  readonly phase_number?: number;
  readonly from_status?: PhaseStatus;
  readonly to_status?: PhaseStatus;
  readonly reason?: string;
}

export const queueEventTypes = [
  "plan_enqueued",
  "plan_paused",
  "plan_resumed",
  "plan_removed",
  "plan_updated",
  "plan_moved",
  "phase_enqueued",
  "phase_changed",
  "phase_updated",
  "phase_moved",
  "phase_removed",
  "dependency_dropped",
  /** What outside programs call the phase is known now, or is something else. */
  "phase_linked",
  /** An outside program says what it is at: the reason. A sign of life alone is no event. */
  "attempt_progress",
  /** The plan or phase has an issue on GitHub now. */
  "issue_created",
  "queue_paused",
  "queue_resumed",
] as const;
export type QueueEventType = (typeof queueEventTypes)[number];
