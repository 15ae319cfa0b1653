import type { Clock } from "../base/clock";
import { DisposableStore } from "../base/lifecycle";
import type { AttemptRunner, ProcessIdentity, Verdict } from "../protocol/attempts";
import type { FailureReason, RunnerKind } from "../protocol/terms";
import { inWords } from "../protocol/words/duration";
import { stored } from "../protocol/words/storedWords";
import type { ProcessReport } from "./processReport";

/** An attempt that has not ended, as the coordinator holds it. */
export interface AttemptFacts {
  readonly attemptId: string;
  readonly queueId: string;
  readonly planId: string;
  readonly phaseNumber: number;
  /** Missing where there was no such runner: such an attempt fails without anything being started. */
  readonly kind: RunnerKind | undefined;
  /** Where the process of this attempt lives: its folder, or the `verify` folder in it. */
  readonly folder: string;
  /** A person or workflow reported it as done, and its verify blocks decide. */
  readonly verifies: boolean;
  /** Seconds; 0 is none. */
  readonly timeout: number;
  readonly idleTimeout: number;
  readonly retries: number;
  /** When the clock of its time-out began: at the claim, or with the verify blocks. */
  readonly startedAt: string;
  /** True when a host before this one started it. */
  readonly reattached: boolean;
}

/** What the coordinator does about what an attempt notices. */
export interface AttemptEvents {
  /** The wrapper is known to run. */
  started(attempt: OpenAttempt, process: ProcessIdentity): void;
  /** The exit record is there. */
  exited(attempt: OpenAttempt): void;
  /** The wrapper died without leaving an exit record that can be read. */
  vanished(attempt: OpenAttempt, verdict: Verdict): void;
  /** A clock ran out. */
  overdue(attempt: OpenAttempt, reason: "timeout" | "idle", message: string): void;
}

/** After a re-attach an overdue attempt is given so long. */
const graceAfterReattach = 60_000;

/**
 * What counts as silence between two looks, which come once a second. A longer time means that this
 * host stood still, and then the attempt may have as well: a container or a machine that was paused.
 */
const longestTick = 5_000;

/** Watches one attempt; it notices, and the coordinator acts. */
export class OpenAttempt {
  /** Why a stop was asked for, and what to say of it; committed before anything was stopped. */
  stop: { readonly reason: FailureReason; readonly message: string } | undefined;
  /** How it ended, where that could not be stored yet. */
  unsettled: Verdict | undefined;
  /** What an outside program said of it, where its own process decides how it ends. */
  report: ProcessReport | undefined;
  /** Trouble of its own that was logged last. */
  notedTrouble: string | undefined;
  /** Set once its end is being dealt with, so that hints that come in meanwhile do nothing. */
  ending = false;
  /** Set while a process of this attempt is expected: always but for a person's or workflow's turn. */
  hasProcess: boolean;
  private readonly clocks = new DisposableStore();
  private outputSize = 0;
  /** Milliseconds without output in which this host was awake to see some. */
  private silence = 0;
  private tickedAt: number;

  constructor(
    readonly facts: AttemptFacts,
    private readonly runner: AttemptRunner,
    private readonly clock: Clock,
    private readonly events: AttemptEvents,
    private process?: ProcessIdentity,
  ) {
    this.hasProcess = facts.verifies || facts.kind === "shell" || facts.kind === "command";
    this.tickedAt = clock.monotonic();
    this.startTimeout();
  }

  /** The wrapper's process, once it is known. */
  get identity(): ProcessIdentity | undefined {
    return this.process;
  }

  /** The outcome once a stop was asked for, whatever the process answers to it. */
  get stopped(): Verdict | undefined {
    return this.stop && { outcome: this.stop.reason, message: this.stop.message };
  }

  verdict(): Verdict | Promise<Verdict> {
    return this.runner.judge(this.facts.folder);
  }

  /** Looks at the folder and tells what it shows. */
  look(): void {
    if (this.ending || !this.hasProcess) {
      return;
    }
    const { exit, started, alive, prepared } = this.runner.inspect(this.facts.folder);
    const first = this.process === undefined;
    this.process ??= started;
    if (exit) {
      this.events.exited(this);
    } else if (started && !alive) {
      this.events.vanished(this, interrupted);
    } else if (!prepared && !(this.process && this.runner.isAlive(this.process))) {
      this.events.vanished(this, lost);
    } else if (started && first) {
      this.events.started(this, started);
    }
  }

  /** The slow look, once a second: what no hint tells. */
  tick(): void {
    this.look();
    if (this.ending || !this.hasProcess) {
      return;
    }
    const size = this.runner.outputSize(this.facts.folder);
    const now = this.clock.monotonic();
    this.silence += Math.min(now - this.tickedAt, longestTick);
    this.tickedAt = now;
    if (size !== this.outputSize) {
      this.outputSize = size;
      this.silence = 0;
      // What cannot be capped now is tried again when there is more of it.
      this.runner.capOutput(this.facts.folder).catch(() => undefined);
    }
    const { idleTimeout } = this.facts;
    if (idleTimeout > 0 && this.silence >= idleTimeout * 1000 && !this.stop) {
      this.events.overdue(this, "idle", stored("silent", inWords(idleTimeout)));
    }
  }

  dispose(): void {
    this.clocks.dispose();
  }

  private startTimeout(): void {
    const { timeout, startedAt, reattached } = this.facts;
    if (timeout === 0) {
      return;
    }
    const left = timeout * 1000 - (this.clock.now() - Date.parse(startedAt));
    this.clocks.add(
      this.clock.after(reattached ? Math.max(left, graceAfterReattach) : timeout * 1000, () => {
        this.look();
        if (!this.ending && !this.stop) {
          this.events.overdue(this, "timeout", stored("overdue", inWords(timeout)));
        }
      }),
    );
  }
}

const interrupted: Verdict = {
  outcome: "interrupted",
  message: "the process ended without leaving a result",
};

const lost: Verdict = {
  outcome: "lost",
  message: "the attempt's files were removed, and with them how it ended",
};
