import type { HopperError } from "../base/errors";

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: HopperError) => void;
}

/** Whoever waits for the end of an attempt. */
export class EndWaiters {
  private readonly waiters = new Map<string, Waiter[]>();

  /** Resolves when the attempt is settled; rejects when its end will not be seen here. */
  wait(attemptId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const others = this.waiters.get(attemptId) ?? [];
      this.waiters.set(attemptId, [...others, { resolve, reject }]);
    });
  }

  settled(attemptId: string): void {
    const waiters = this.waiters.get(attemptId) ?? [];
    this.waiters.delete(attemptId);
    for (const { resolve } of waiters) {
      resolve();
    }
  }

  /** Lets nobody wait for an end that will not be seen here. */
  rejectAll(error: HopperError): void {
    const waiters = [...this.waiters.values()].flat();
    this.waiters.clear();
    for (const { reject } of waiters) {
      reject(error);
    }
  }
}
