import type { PhaseStatus } from "./terms";

/** What outside programs say about phases, and what they are answered. */

/** What was done, in a sentence fit for the user. */
interface Done {
  readonly message: string;
}

export const workflowStatuses = ["pending", "running", "completed", "failed"] as const;
export type WorkflowStatus = (typeof workflowStatuses)[number];

/**
 * How an outside program ended. Its phase is named by one of `queueId` and `issueNumber`, or by
 * `attemptToken`, which names the attempt; what is given beside the token must agree with it.
 */
export interface WorkflowReport {
  readonly queueId?: string;
  readonly issueNumber?: number;
  /** The attempt that is reported on: one that has ended is never confused with a later one. */
  readonly attemptToken?: string;
  readonly status: "completed" | "failed";
  /** The outside program's own name for its run. */
  readonly adwId?: string;
  readonly errorMessage?: string;
  readonly commitSha?: string;
}

/** A phase that moved because of a report, the reported one first. */
export interface PhaseMove {
  readonly queue_id: string;
  readonly phase_number: number;
  readonly from_status: PhaseStatus;
  readonly to_status: PhaseStatus;
}

export interface WorkflowReportResult extends Done {
  /** The phase was settled before: the report was stored, and changed nothing. */
  readonly alreadySettled: boolean;
  /**
   * Empty where nothing moved: a repeat, a report on an attempt whose own process decides, or one
   * whose verify blocks are run first.
   */
  readonly changed: readonly PhaseMove[];
  readonly queueId: string;
  /** The phase's status after the report. */
  readonly status: PhaseStatus;
  /** The row of `workflow_history` that keeps the report. */
  readonly workflowId: string;
}

/** A row of `workflow_history` to be written; at least one of the three names ties it to a phase. */
export interface WorkflowEntry {
  /** An earlier row's id: that row is changed instead. */
  readonly workflowId?: string;
  readonly queueId?: string;
  readonly issueNumber?: number;
  readonly adwId?: string;
  readonly status: WorkflowStatus;
  readonly errorMessage?: string;
  /** ISO 8601; only shown. */
  readonly startTime?: string;
  /** ISO 8601; only shown. */
  readonly endTime?: string;
}

export interface WorkflowEntryResult extends Done {
  readonly workflowId: string;
  /** Phases that moved because of the row. */
  readonly changed: readonly PhaseMove[];
}

/** A sign of life of an attempt. */
export interface Heartbeat {
  readonly attemptToken: string;
  /** What it is at, for people; without it, what was said before stands. */
  readonly progress?: string;
}

/** The secret with which an outside program can report on one attempt, and on nothing else. */
export interface AttemptToken extends Done {
  readonly queueId: string;
  readonly attemptId: string;
  /** 256 bits as hex; kept nowhere, so that it is told this once. */
  readonly token: string;
}

/** What outside programs can do. Each rejects as all commands do. */
export interface WorkflowCommands {
  /**
   * Settles the running `external` or `manual` phase that a workflow was at work on. For a phase whose
   * own process decides the report is evidence: a reported failure fails it whatever its exit code.
   * A repeat or a late report is stored, changes nothing and is no error.
   */
  reportWorkflow(report: WorkflowReport): Promise<WorkflowReportResult>;
  /** Writes a row of `workflow_history`; `external` phases that it is about follow it. */
  addWorkflow(workflow: WorkflowEntry): Promise<WorkflowEntryResult>;
  /** Notes that an attempt is alive. On one that has ended it changes nothing and says so. */
  heartbeat(beat: Heartbeat): Promise<Done>;
  /** Makes the token of a running phase's attempt; one that was made before is worth nothing more. */
  issueToken(queueId: string): Promise<AttemptToken>;
}
