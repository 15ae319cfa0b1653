import type { PhaseOverview } from "../queue";
import type { FailureReason, PhaseStatus } from "../terms";
import { cleanText } from "./cleanText";
import { durationBetween } from "./duration";
import { phaseList } from "./phaseList";

/** What else there is to say of a phase beside its status, in a few words; often nothing. */
export function phaseDetail(phase: PhaseOverview, now: string): string {
  return details[phase.status](phase, now);
}

/** Why a phase failed, with the reason where the message does not name it. */
export function failureInWords({ reason, error_message }: PhaseOverview): string {
  const message = cleanText(error_message ?? "");
  if (reason === undefined || reason === "skipped") {
    return message;
  }
  return message === "" ? reasonWords[reason] : message;
}

/** What a phase took, or has taken until `now`. */
export function phaseTime(phase: PhaseOverview, now: string): string {
  const { status, started_at, finished_at } = phase;
  if (status === "running") {
    return durationBetween(started_at, now) ?? "";
  }
  const ended = status === "completed" || status === "failed";
  return (ended && durationBetween(started_at, finished_at)) || "";
}

const details: Readonly<Record<PhaseStatus, (phase: PhaseOverview, now: string) => string>> = {
  queued: ({ depends_on_phases }) => `after ${phaseList(depends_on_phases)}`,
  ready: ({ not_before, error_message }, now) =>
    not_before !== undefined && not_before > now
      ? `again in ${durationBetween(now, not_before) ?? ""}: ${cleanText(error_message ?? "")}`
      : "",
  running: ({ attempts = 1 }) => (attempts > 1 ? `attempt ${attempts}` : ""),
  completed: ({ reason }) => (reason === "skipped" ? "skipped" : ""),
  blocked: ({ error_message }) => cleanText(error_message ?? ""),
  failed: failureInWords,
};

const reasonWords: Readonly<Record<FailureReason, string>> = {
  exit: "its process exited with an error",
  signal: "its process was ended by a signal",
  timeout: "it ran longer than its time-out",
  idle: "it gave no output for too long",
  spawn: "its program could not be started",
  verify: "its verify block failed",
  cancelled: "cancelled",
  interrupted: "interrupted",
  lost: "its files were removed",
  reported: "reported as failed",
};
