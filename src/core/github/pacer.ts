import type { Clock } from "../base/clock";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** What GitHub takes of one account, with room for what the account does besides. */
const mostWritesAnHour = 400;

/**
 * When GitHub may be asked again by an account: one request after another, a second lies between two
 * writes, an hour has no more than 400, and a wait that GitHub asked for is kept. All queues of a process
 * share one. Times are those of the monotonic clock.
 */
export class Pacer {
  private readonly writes: number[] = [];
  private turn: Promise<unknown> = Promise.resolve();
  /** GitHub asked for it. */
  private limitedUntil = Number.NEGATIVE_INFINITY;
  /** We put it off ourselves. */
  private pausedUntil = Number.NEGATIVE_INFINITY;
  private limits = 0;
  private pauses = 0;

  constructor(private readonly clock: Clock) {
    // An earlier process may have written something just now, and not have stored that.
    this.writes.push(clock.monotonic());
  }

  /** An earlier process wrote so many milliseconds ago, each time. */
  remember(recent: readonly number[]): void {
    const now = this.clock.monotonic();
    this.writes.push(...recent.map((ago) => now - ago));
    this.writes.sort((a, b) => a - b);
  }

  /** Does something when nobody else is at it. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Milliseconds until anything may be asked. */
  get wait(): number {
    return Math.max(0, Math.max(this.limitedUntil, this.pausedUntil) - this.clock.monotonic());
  }

  /** Milliseconds until something may be written. */
  get writeWait(): number {
    const now = this.clock.monotonic();
    const last = this.writes.at(-1) ?? Number.NEGATIVE_INFINITY;
    const hourAgo = this.writes.at(-mostWritesAnHour) ?? Number.NEGATIVE_INFINITY;
    return Math.max(this.wait, last + second - now, hourAgo + hour - now);
  }

  /** Something is being written. */
  wrote(): void {
    this.writes.push(this.clock.monotonic());
  }

  /** The answer has come, or none: the second counts from here. */
  answered(): void {
    this.writes.splice(-1, 1, this.clock.monotonic());
    this.writes.splice(0, this.writes.length - mostWritesAnHour);
  }

  /** It went well: the next pause is short again. */
  succeeded(): void {
    this.limits = 0;
    this.pauses = 0;
  }

  /** GitHub asks to wait: so many milliseconds, or a minute, and twice as long each time. */
  limit(told: number | undefined): void {
    const grown = Math.min(minute * 2 ** this.limits++, hour);
    this.limitedUntil = this.clock.monotonic() + (told ?? grown);
  }

  /** GitHub does not answer: nothing is asked for so long, and twice as long each time. */
  backOff(shortest: number, longest: number): void {
    this.pause(Math.min(shortest * 2 ** this.pauses++, longest));
  }

  /** Nothing is asked for so long, unless somebody asks for it. */
  pause(milliseconds: number): void {
    this.pausedUntil = this.clock.monotonic() + milliseconds;
  }

  /** Somebody asks to try at once: ends pauses, but not what GitHub asked for. */
  release(): void {
    this.pauses = 0;
    this.pausedUntil = Number.NEGATIVE_INFINITY;
  }
}
