import type { PhaseStatus } from "../../src/core/protocol/terms";

/** A phase as the timeline needs it; times are milliseconds since 1970. */
export interface TimelinePhase {
  readonly id: string;
  /** What the phase is called beside its number: "3". */
  readonly label: string;
  readonly title: string;
  readonly status: PhaseStatus;
  readonly skipped: boolean;
  /** Ids of the phases this one depends on; others than those of the plan are passed over. */
  readonly dependsOn: readonly string[];
  /** In the order in which they were made. */
  readonly attempts: readonly TimelineAttempt[];
  /** When a phase ended that was never started: a skipped one. */
  readonly finishedAt?: number;
}

export interface TimelineAttempt {
  readonly number: number;
  readonly startedAt: number;
  /** Absent while it runs. */
  readonly finishedAt?: number;
  readonly outcome: AttemptOutcome;
  /** The outcome, more exactly: "timed out". */
  readonly words: string;
}

export type AttemptOutcome = "running" | "completed" | "failed";
