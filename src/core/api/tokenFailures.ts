import type { Clock } from "../base/clock";

/** So many wrong tokens are answered at once, as those of a program with an old file are. */
const free = 20;
/** After that each one waits so long for its refusal. */
export const failureDelay = 1_000;
/** And after so long without one, all is forgotten. */
const forgetTime = 60_000;

/** Slows down whoever tries tokens; those who have the right one are never delayed. */
export class TokenFailures {
  private count = 0;
  private last = 0;

  constructor(private readonly clock: Clock) {}

  /** Notes one. @returns how many milliseconds its answer is to wait. */
  note(): number {
    const now = this.clock.monotonic();
    this.count = now - this.last > forgetTime ? 1 : this.count + 1;
    this.last = now;
    return this.count > free ? failureDelay : 0;
  }
}
