import type { Clock } from "../../../src/core/base/clock";
import { type Disposable, toDisposable } from "../../../src/core/base/lifecycle";

/** A clock that stands still until it is told how far to go. */
export class HeldClock implements Clock {
  private time = 0;
  private readonly timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return 1_772_359_320_000 + this.time;
  }

  monotonic(): number {
    return this.time;
  }

  after(milliseconds: number, callback: () => void): Disposable {
    const timer = { at: this.time + milliseconds, callback };
    this.timers.add(timer);
    return toDisposable(() => this.timers.delete(timer));
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.timers.size;
  }

  /** Lets that much time pass, and calls what was due meanwhile. */
  pass(milliseconds: number): void {
    this.time += milliseconds;
    for (const timer of [...this.timers].sort((one, other) => one.at - other.at)) {
      if (timer.at <= this.time && this.timers.delete(timer)) {
        timer.callback();
      }
    }
  }
}
