import type { Clock } from "../../src/core/base/clock";
import { type Disposable, toDisposable } from "../../src/core/base/lifecycle";

/** A clock that stands still until a test advances it. */
export class FakeClock implements Clock {
  private elapsed = 0;
  private readonly timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  /** @param start the wall-clock time at the beginning, in milliseconds since 1970. */
  constructor(private start = Date.parse("2026-01-01T00:00:00Z")) {}

  /** How many callbacks are waiting. */
  get pending(): number {
    return this.timers.size;
  }

  now(): number {
    return this.start + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  after(milliseconds: number, callback: () => void): Disposable {
    const timer = { at: this.elapsed + Math.max(milliseconds, 0), callback };
    this.timers.add(timer);
    return toDisposable(() => this.timers.delete(timer));
  }

  /** Somebody sets the clock; no time passes. */
  jump(milliseconds: number): void {
    this.start += milliseconds;
  }

  /** Time passes in which nothing is called: what became due is called late, at the next advance. */
  hang(milliseconds: number): void {
    this.elapsed += milliseconds;
  }

  /** Lets time pass; what becomes due is called in order, each at its own time. */
  advance(milliseconds: number): void {
    const end = this.elapsed + milliseconds;
    for (;;) {
      const [next] = [...this.timers].sort((a, b) => a.at - b.at);
      if (!next || next.at > end) {
        break;
      }
      this.timers.delete(next);
      this.elapsed = Math.max(this.elapsed, next.at);
      next.callback();
    }
    this.elapsed = end;
  }
}
