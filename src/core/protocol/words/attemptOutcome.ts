import type { AttemptItem } from "../queue";
import type { FailureReason } from "../terms";

const outcomes: Readonly<Record<"completed" | FailureReason, string>> = {
  completed: "completed",
  exit: "failed",
  signal: "ended by a signal",
  timeout: "timed out",
  idle: "timed out without output",
  spawn: "could not be started",
  verify: "failed its verify block",
  cancelled: "cancelled",
  interrupted: "interrupted",
  lost: "lost",
  reported: "reported as failed",
};

/** How an attempt ended, for people: "failed", "timed out"; "running" while it has not. */
export function attemptOutcome({ outcome }: AttemptItem): string {
  return outcome === undefined ? "running" : outcomes[outcome];
}
