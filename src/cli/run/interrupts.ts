import type { Disposable } from "../../core/base/lifecycle";
import { type ExitCode, exitCodes } from "../exitCodes";

/** What can end a run from outside; `closed`: nobody reads its output any more. */
export type Interrupt = "SIGINT" | "SIGTERM" | "SIGHUP" | "closed";

export const exitCodeOfInterrupt: Readonly<Record<Interrupt, ExitCode>> = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hungUp,
  closed: exitCodes.interrupted,
};

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Collects what wants to end a run: signals, keys, a closed pipe. Keeps the process from dying of them. */
export class Interrupts implements Disposable {
  private listener: ((interrupt: Interrupt) => void) | undefined;
  private early: Interrupt | undefined;
  private readonly onSignal = (signal: NodeJS.Signals): void => {
    const known = signals.find((name) => name === signal);
    if (known) {
      this.raise(known);
    }
  };
  private readonly onClosed = (): void => this.raise("closed");

  constructor(private readonly closed: AbortSignal) {
    for (const signal of signals) {
      process.on(signal, this.onSignal);
    }
    closed.addEventListener("abort", this.onClosed);
    if (closed.aborted) {
      this.onClosed();
    }
  }

  /** One that came before anybody listened. */
  get pending(): Interrupt | undefined {
    return this.early;
  }

  raise(interrupt: Interrupt): void {
    if (this.listener) {
      this.listener(interrupt);
    } else {
      this.early ??= interrupt;
    }
  }

  /** Sends every interrupt from now on, and the one that came before, to `listener`. */
  listen(listener: (interrupt: Interrupt) => void): void {
    this.listener = listener;
    if (this.early) {
      listener(this.early);
    }
  }

  dispose(): void {
    this.listener = () => undefined;
    for (const signal of signals) {
      process.off(signal, this.onSignal);
    }
    this.closed.removeEventListener("abort", this.onClosed);
  }
}
