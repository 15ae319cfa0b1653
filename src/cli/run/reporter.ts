import type { PhaseQueueItem, QueueEvent } from "../../core/protocol/queue";
import type { Waiting } from "../../core/protocol/snapshot";
import type { ExitCode } from "../exitCodes";
import type { RunModel } from "./runModel";

/** How a run is going to end that somebody interrupted. */
export type Leaving =
  /** Nothing more is started; a second Ctrl-C cancels what runs. */
  | "leaving"
  /** What runs is being stopped. */
  | "cancelling";

export interface RunEnd {
  readonly exitCode: ExitCode;
  readonly waiting: Waiting;
  /** Somebody ended it before it came to its end. */
  readonly interrupted: boolean;
  /** Phases that a process is at work on, which goes on without us. */
  readonly going: readonly PhaseQueueItem[];
  /** Who owns the queue and goes on with it, where that is another process. */
  readonly owner: string | undefined;
}

/** Tells whoever looks on how a run goes. */
export interface RunReporter {
  /** The run begins, with the phases as they are. */
  begin(model: RunModel): void;
  /** Events in the order of their ids; the model has them already. */
  changed(events: readonly QueueEvent[], model: RunModel): void;
  /** What it waits for has changed. */
  waits(waiting: Waiting, model: RunModel): void;
  leaves(leaving: Leaving, going: readonly PhaseQueueItem[]): void;
  end(end: RunEnd, model: RunModel): void;
}
