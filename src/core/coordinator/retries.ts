import type { FailureReason } from "../protocol/terms";

/** The first wait before an automatic retry, and the longest, in milliseconds. */
const firstWait = 5_000;
const longestWait = 5 * 60_000;

/**
 * Failures that an automatic retry may answer. After the others a person decides: somebody cancelled
 * the attempt, or nobody knows how far it came.
 */
const retryable: ReadonlySet<FailureReason> = new Set([
  "exit",
  "signal",
  "timeout",
  "idle",
  "spawn",
  "verify",
  "reported",
]);

/** How long to wait before the next automatic retry, or undefined when none is left. */
export function retryWait(
  reason: FailureReason,
  retries: number,
  used: number,
  random: () => number = Math.random,
): number | undefined {
  if (used >= retries || !retryable.has(reason)) {
    return undefined;
  }
  const wait = Math.min(firstWait * 2 ** used, longestWait);
  // Up to a fifth more or less, so that phases that failed together do not come back together.
  return Math.round(wait * (0.8 + 0.4 * random()));
}
