import type { Disposable } from "../base/lifecycle";
import type { Event } from "../base/event";
import type { CodeBlock } from "./plan";
import type { RunnerDefinition } from "./runners";
import type { FailureReason } from "./terms";

/** Tells one process from every other, also after its pid was used again or the machine rebooted. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The system's own word for the start of the process (Linux: clock ticks since boot). */
  readonly startTime: string;
  readonly bootId: string;
}

/** Everything needed to make an attempt's folder. */
export interface AttemptRequest {
  /** Absolute path of the folder to make; its parent folders are made too. */
  readonly folder: string;
  readonly attemptId: string;
  readonly queueId: string;
  readonly attemptNumber: number;
  readonly planNumber: number;
  readonly planTitle: string;
  readonly planContext: string;
  readonly phaseNumber: number;
  readonly title: string;
  /** Absolute path of the workspace folder: the working folder of every step. */
  readonly workspace: string;
  readonly runnerName: string;
  readonly definition: RunnerDefinition;
  readonly instructions: string;
  /** Documents the phase refers to: from the workspace folder, or as written where not found. */
  readonly externalDocs: readonly string[];
  /** Blocks of a `shell` attempt; empty for the other kinds. */
  readonly blocks: readonly CodeBlock[];
  readonly verify: readonly CodeBlock[];
}

/** What making an attempt's folder came to. */
export interface PreparedAttempt {
  /** The program and arguments of the first step, as they will be run. */
  readonly command: readonly string[];
  /** Why the attempt cannot be started (its program is not on this machine); it fails as `spawn`. */
  readonly problem?: string;
}

/** What an attempt's wrapper left when its steps had ended. */
export interface ExitRecord {
  /** Index of the last step that ran, from 0. */
  readonly step: number;
  /** Exit code, or null when a signal ended the step. */
  readonly code: number | null;
  /** Name of that signal ("SIGKILL"), or null. */
  readonly signal: string | null;
}

/** What an attempt's folder shows at one moment. */
export interface AttemptInspection {
  /** The folder holds a readable `spec.json`. */
  readonly prepared: boolean;
  /** Boot in which the folder was made. */
  readonly preparedInBoot?: string;
  /** The wrapper, once it took the attempt. */
  readonly started?: ProcessIdentity;
  /** That wrapper lives: same pid, start time and boot. */
  readonly alive: boolean;
  readonly exit?: ExitRecord;
}

/** Whether an ended attempt succeeded, and how that is known. */
export interface Verdict {
  readonly outcome: "completed" | FailureReason;
  /** For a person: "step 2 (sh, line 14) exited with code 3", or the agent's own error. */
  readonly message?: string;
  readonly exitCode?: number;
  readonly signal?: string;
  /** What the verdict rests on beyond the exit record; stored as JSON. */
  readonly evidence?: unknown;
}

/** Makes, starts, watches and stops attempts; knows nothing of queues. */
export interface AttemptRunner extends Disposable {
  /** The id of the machine's current boot. */
  readonly bootId: string;
  /**
   * Fires with the folder of an attempt whose wrapper may have ended: a hint to look, never
   * the truth. Fires within milliseconds of an end while the launcher that started it lives.
   */
  readonly onHint: Event<string>;
  /** Fires when an attempt could not be started however often it was sent again. */
  readonly onDidFailToStart: Event<{ readonly folder: string; readonly message: string }>;

  /**
   * Makes the attempt's folder with `spec.json` and what its steps need. Nothing is started.
   *
   * @throws HopperError `conflict` when the folder exists, `storage` when it cannot be written (what
   * was written of it is removed again).
   */
  prepare(request: AttemptRequest): PreparedAttempt;
  /**
   * Does the same on a guess, so that a later `prepare` of the same request has nothing left to do;
   * `settle` takes the guess back.
   *
   * @throws HopperError as `prepare` does.
   */
  prepareAhead(request: AttemptRequest): void;
  /** Starts the wrapper of a prepared folder. Sending the same folder twice starts it once. */
  launch(folder: string): void;
  /** Forgets about this folder: it is not started again, and removed if it was made on a guess. */
  settle(folder: string): void;
  inspect(folder: string): AttemptInspection;
  /**
   * Decides on an attempt whose exit record is there: at once where the record says all, later where
   * the output must be read for it, which never holds up the event loop.
   */
  judge(folder: string): Verdict | Promise<Verdict>;
  /** Bytes of output so far. */
  outputSize(folder: string): number;
  /** Keeps the output's size on disk within its cap. */
  capOutput(folder: string): Promise<void>;
  /** Whether this very process lives. */
  isAlive(process: ProcessIdentity): boolean;
  /** Ends everything that belongs to the attempt; resolves when two sweeps found nobody. */
  stop(folder: string, known?: KnownAttempt): Promise<void>;
}

/** A living process of an attempt. */
export interface Survivor {
  readonly pid: number;
  /** Its command line, arguments separated by spaces, the first few hundred characters of it. */
  readonly command: string;
}

/** What a host remembers of an attempt, for when its folder was removed under it. */
export interface KnownAttempt {
  readonly attemptId: string;
  readonly process?: ProcessIdentity | undefined;
}
