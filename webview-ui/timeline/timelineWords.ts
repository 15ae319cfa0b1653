import { said, t } from "../../src/core/base/words";
import { statusWords } from "../../src/core/protocol/words/statusWords";
import { duration, localTime } from "../../src/core/protocol/words/duration";
import { phaseList } from "../../src/core/protocol/words/phaseList";
import { endOf } from "./timelineLayout";
import type { TimelineAttempt, TimelinePhase } from "./timelinePhase";

/** "Phase 3 Build". */
export function nameOf({ label, title }: TimelinePhase): string {
  return title === "" || title === `Phase ${label}`
    ? t("Phase {0}", label)
    : t("Phase {0} {1}", label, title);
}

/** "completed", or "skipped" where that is what it is. */
export function statusOf({ status, skipped }: TimelinePhase): string {
  return skipped ? t("skipped") : said(statusWords[status]);
}

/** From the beginning of the first attempt to the end of the last one; empty where there is none. */
export function durationOf({ attempts }: TimelinePhase, now: number): string {
  const [first, last] = [attempts[0], attempts.at(-1)];
  return first && last ? longDuration(endOf(last, now) - first.startedAt) : "";
}

/**
 * What there is to know of a phase in one sentence: what a screen reader says of its bar.
 *
 * @param after labels of the phases it comes after.
 */
export function phaseInWords(phase: TimelinePhase, after: readonly string[], now: number): string {
  const { attempts } = phase;
  const count = attempts.length;
  const [first, last] = [attempts[0], attempts.at(-1)];
  return [
    nameOf(phase),
    statusOf(phase),
    durationOf(phase, now),
    first && last ? spanInWords({ ...last, startedAt: first.startedAt }, now) : "",
    count > 1 ? t("{0} attempts", count) : "",
    after.length > 0 ? t("after {0}", phaseList(after)) : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** "Attempt 2, timed out, 3m 05s, 10:02:07 to 10:05:12". */
export function attemptInWords(attempt: TimelineAttempt, now: number): string {
  const { number, words } = attempt;
  const took = attemptDuration(attempt, now);
  return t("Attempt {0}, {1}, {2}, {3}", number, words, took, spanInWords(attempt, now));
}

/** "10:02:07 to 10:05:12", or "since 10:02:07" of what still runs. */
function spanInWords(
  { startedAt, finishedAt }: Pick<TimelineAttempt, "startedAt" | "finishedAt">,
  now: number,
): string {
  const from = timeInWords(startedAt, now);
  return finishedAt === undefined
    ? t("since {0}", from)
    : t("{0} to {1}", from, timeInWords(finishedAt, now));
}

export function attemptDuration(attempt: TimelineAttempt, now: number): string {
  return longDuration(endOf(attempt, now) - attempt.startedAt);
}

/** A time as a reader's clock shows it; without the day where that is today's. */
export function timeInWords(time: number, now: number): string {
  const [day = "", clock = ""] = iso(time).split(" ");
  return iso(now).startsWith(day) ? clock : `${day} ${clock}`;
}

/** "4 of 9 phases completed · 12m 30s". */
export function planInWords(phases: readonly TimelinePhase[], now: number): string {
  const completed = phases.filter(({ status }) => status === "completed").length;
  const attempts = phases.flatMap((phase) => phase.attempts);
  const progress = t("{0} of {1} phases completed", completed, phases.length);
  if (attempts.length === 0) {
    return progress;
  }
  const from = Math.min(...attempts.map(({ startedAt }) => startedAt));
  const to = Math.max(...attempts.map((attempt) => endOf(attempt, now)));
  return `${progress} · ${longDuration(to - from)}`;
}

/** As {@link duration}, of days too: "2d 4h". */
export function longDuration(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  if (hours < 24) {
    return duration(milliseconds);
  }
  const days = Math.floor(hours / 24);
  return days >= 10 || hours % 24 === 0 ? `${days}d` : `${days}d ${hours % 24}h`;
}

function iso(time: number): string {
  return localTime(new Date(time).toISOString());
}
