import { type Disposable, toDisposable } from "./lifecycle";

/** Time as the core sees it, so that tests can hold it still. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970; may jump. For times that are shown or stored. */
  now(): number;
  /** Milliseconds that never go backwards and are not affected by clock changes. For durations. */
  monotonic(): number;
  /** Calls `callback` once after `milliseconds`, unless the result is disposed before. */
  after(milliseconds: number, callback: () => void): Disposable;
}

/** The largest delay Node's timers take; anything longer would fire at once. */
const longestDelay = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds, callback) {
    let left = Math.max(milliseconds, 0);
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const step = Math.min(left, longestDelay);
      left -= step;
      timer = setTimeout(left > 0 ? wait : callback, step);
    };
    wait();
    return toDisposable(() => clearTimeout(timer));
  },
};

/** The clock's time as ISO 8601 in UTC, the form in which every time is stored. */
export function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

/** Resolves after `milliseconds` of the clock's time. */
export function delay(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(milliseconds, resolve);
  });
}

/** Lets everything that waits for the event loop have its turn. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
