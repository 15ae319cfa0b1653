/** So many phases failing for good within this time pause the queue. */
const limit = { failures: 3, milliseconds: 60_000 };

/** Notices when phases fail one after another, so that a common cause does not fail them all. */
export class Breaker {
  private failures: number[] = [];

  /** @param at monotonic milliseconds. @returns true when the queue shall be paused. */
  failed(at: number): boolean {
    this.failures = [...this.failures.filter((time) => at - time < limit.milliseconds), at];
    if (this.failures.length < limit.failures) {
      return false;
    }
    this.failures = [];
    return true;
  }
}

export const breakerReason = `${limit.failures} phases failed within ${limit.milliseconds / 1000} seconds`;
