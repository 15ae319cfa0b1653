import type { Clock } from "../core/base/clock";
import type { Disposable } from "../core/base/lifecycle";

/** Calls `callback` every so many milliseconds of the clock, until disposed. */
export function every(clock: Clock, milliseconds: number, callback: () => void): Disposable {
  let isDisposed = false;
  let timer: Disposable;
  const wait = (): void => {
    timer = clock.after(milliseconds, () => {
      callback();
      if (!isDisposed) {
        wait();
      }
    });
  };
  wait();
  return {
    dispose() {
      isDisposed = true;
      timer.dispose();
    },
  };
}
