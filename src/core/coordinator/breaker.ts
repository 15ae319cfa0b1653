import { stored } from "../protocol/words/storedWords";

/** So many phases failing for good within this time pause the queue. */
const limit = { failures: 3, milliseconds: 60_000 };

/** Notices when phases fail one after another, so that a common cause does not fail them all. */
export class Breaker {
  private failures: number[] = [];

  /**
   * Whether one more failure pauses the queue. Asked as part of the change that stores it, which can
   * fail and be made again; so nothing is counted here.
   *
   * @param at monotonic milliseconds.
   */
  tripsAt(at: number): boolean {
    return this.recent(at).length + 1 >= limit.failures;
  }

  /** Counts a failure, once it is stored. */
  failed(at: number): void {
    this.failures = this.tripsAt(at) ? [] : [...this.recent(at), at];
  }

  private recent(at: number): number[] {
    return this.failures.filter((time) => at - time < limit.milliseconds);
  }
}

export const breakerReason = stored("breaker", limit.failures, limit.milliseconds / 1000);
