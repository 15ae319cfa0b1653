import type { Hopper } from "../../core/hopper";

/** What a run needs of the queue, whichever process owns it. */
export interface RunQueue extends Pick<
  Hopper,
  | "queue"
  | "onDidChange"
  | "onDidLoseWorkspace"
  | "mirrors"
  | "enqueue"
  | "cancel"
  | "complete"
  | "fail"
  | "setPaused"
  | "attemptFolder"
  | "run"
  | "stopStarting"
  | "cancelAll"
  | "waiting"
  | "stop"
> {
  /**
   * Another process that owns the queue, runs its phases, and goes on with them when this one leaves:
   * "VS Code (process 4711)". Undefined while this process is the owner.
   */
  readonly owner?: string | undefined;
  /** What opening the queue found and did about it, and who owns it, for the user. */
  readonly notices: readonly string[];
}
