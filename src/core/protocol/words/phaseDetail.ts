import { said, t, type Words, words } from "../../base/words";
import type { PhaseOverview } from "../queue";
import type { FailureReason, PhaseStatus } from "../terms";
import { cleanText } from "./cleanText";
import { durationBetween } from "./duration";
import { phaseList } from "./phaseList";
import { storedInWords } from "./storedWords";

/** What else there is to say of a phase beside its status, in a few words; often nothing. */
export function phaseDetail(phase: PhaseOverview, now: string): string {
  return details[phase.status](phase, now);
}

/** Why a phase failed: the reason and, where there is more to say, the message. */
export function failureInWords({ reason, error_message }: PhaseOverview): string {
  const message = messageOf(error_message);
  if (reason === undefined || reason === "skipped") {
    return message;
  }
  const why = said(reasonWords[reason]);
  if (message === "" || message === why) {
    return why;
  }
  // Messages of our own name the reason: "ran longer than 5m". What somebody reported is in their words.
  return reason === "reported" ? `${why}: ${message}` : message;
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

function messageOf(error: string | undefined): string {
  return cleanText(storedInWords(error ?? ""));
}

const details: Readonly<Record<PhaseStatus, (phase: PhaseOverview, now: string) => string>> = {
  queued: ({ depends_on_phases }) => t("after {0}", phaseList(depends_on_phases)),
  ready: ({ not_before, error_message }, now) =>
    not_before !== undefined && not_before > now
      ? t("again in {0}: {1}", durationBetween(now, not_before) ?? "", messageOf(error_message))
      : "",
  running: ({ attempts = 1 }) => (attempts > 1 ? t("attempt {0}", attempts) : ""),
  completed: ({ reason }) => (reason === "skipped" ? t("skipped") : ""),
  blocked: ({ error_message }) => messageOf(error_message),
  failed: failureInWords,
};

const reasonWords: Readonly<Record<FailureReason, Words>> = {
  exit: words`its process exited with an error`,
  signal: words`its process was ended by a signal`,
  timeout: words`it ran longer than its time-out`,
  idle: words`it gave no output for too long`,
  spawn: words`its program could not be started`,
  verify: words`its verify block failed`,
  cancelled: words`cancelled`,
  interrupted: words`interrupted`,
  lost: words`its files were removed`,
  reported: words`reported as failed`,
};
