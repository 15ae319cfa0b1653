import { said, t, type Words, words } from "../../base/words";
import type { AttemptItem } from "../queue";
import type { FailureReason } from "../terms";

const outcomes: Readonly<Record<"completed" | FailureReason, Words>> = {
  completed: words`completed`,
  exit: words`failed`,
  signal: words`ended by a signal`,
  timeout: words`timed out`,
  idle: words`timed out without output`,
  spawn: words`could not be started`,
  verify: words`failed its verify block`,
  cancelled: words`cancelled`,
  interrupted: words`interrupted`,
  lost: words`lost`,
  reported: words`reported as failed`,
};

/** Why a phase is failed or completed: "timed out", "skipped". */
export function reasonInWords(reason: FailureReason | "skipped"): string {
  return reason === "skipped" ? t("skipped") : said(outcomes[reason]);
}

/** How an attempt ended, for people: "failed", "timed out"; "running" while it has not. */
export function attemptOutcome({ outcome }: AttemptItem): string {
  return outcome === undefined ? t("running") : said(outcomes[outcome]);
}
