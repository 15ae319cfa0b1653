import { said, t } from "../../src/core/base/words";
import { statusWords } from "../../src/core/protocol/words/statusWords";
import type { CardPhase } from "../../src/core/protocol/card/cardState";
import { duration } from "../../src/core/protocol/words/duration";
import { phaseList } from "../../src/core/protocol/words/phaseList";

/** What is said of phases on their cards. */

/** "Phase 2 Build", or "Phase 2" where the title says no more. */
export function nameOf({ number, title }: CardPhase): string {
  return hasTitle({ number, title }) ? t("Phase {0} {1}", number, title) : t("Phase {0}", number);
}

export function hasTitle({ number, title }: Pick<CardPhase, "number" | "title">): boolean {
  return title !== "" && title !== `Phase ${number}`;
}

/** The word on the badge: the status, or what is more exact. */
export function statusWord({ status, skipped, turn }: CardPhase): string {
  if (skipped) {
    return t("skipped");
  }
  if (turn === undefined) {
    return said(statusWords[status]);
  }
  return turn === "person" ? t("waiting for a person") : t("waiting for a workflow");
}

/** "After Phases 1 and 3"; empty where it waits for nothing. */
export function dependenciesInWords({ dependsOn }: CardPhase): string {
  return dependsOn.length === 0 ? "" : t("After {0}", phaseList(dependsOn));
}

/** "3m 05s": how long it runs, or ran; empty where it never did. */
export function timeInWords({ startedAt, finishedAt, status }: CardPhase, now: number): string {
  if (
    startedAt === undefined ||
    status === "queued" ||
    status === "ready" ||
    status === "blocked"
  ) {
    return "";
  }
  const end = status === "running" ? now : finishedAt;
  return end === undefined ? "" : duration(end - startedAt);
}

/** "4:12", "1:02:07": a time that runs. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** Why a phase does not go on, or when it does: "Again in 4:12: exited with code 3". */
export function detailInWords({ detail, retryAt, status }: CardPhase, now: number): string {
  if (status !== "ready") {
    return detail;
  }
  if (retryAt === undefined || retryAt <= now) {
    return "";
  }
  const time = clock(retryAt - now);
  return detail === "" ? t("Again in {0}", time) : t("Again in {0}: {1}", time, detail);
}

/** All of a card in one sentence: what a screen reader says when it is reached. */
export function cardInWords(phase: CardPhase): string {
  const { detail, attempts, retryAt, status } = phase;
  return [
    nameOf(phase),
    statusWord(phase),
    // Without the time that runs: whoever listens would be told of each second.
    status === "ready" && retryAt !== undefined ? t("to be tried again") : "",
    detail,
    dependenciesInWords(phase),
    attempts.length > 1 ? t("{0} attempts", attempts.length) : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}
