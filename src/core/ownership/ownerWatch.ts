import { join } from "node:path";
import { openConnection } from "../api/exchange";
import type { Clock } from "../base/clock";
import { type Event, EventEmitter } from "../base/event";
import type { Disposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { type Endpoint, readEndpoint } from "./endpoint";
import { identifyFolder } from "./folderIdentity";
import type { Machine } from "./machine";
import { type OwnerVerdict, readOwner } from "./ownerRecord";
import type { StateFolder } from "./stateFolder";

export interface OwnerWatchOptions {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  readonly state: StateFolder;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Whether others may take the owner's place first, asked when it has ended: one who would start
   * nothing goes behind those who would.
   */
  readonly yields?: () => boolean;
}

/** How long others have: they notice at once, and open a queue in less. */
const courtesy = 1_000;

/**
 * How soon to look again, doubled with each look: an owner that is just starting does not listen yet,
 * and one that was killed is to be seen for a moment after its connections are closed. At the end of it
 * stands the safety net where no connection tells: an owner of another user, for instance.
 */
const poll = { first: 10, last: 1_500 };

/**
 * Notices that nobody owns a workspace's queue any more: a connection to the owner is held, which the
 * system closes when the owner ends, however it ends; and its record is looked at now and then.
 */
export class OwnerWatch implements Disposable {
  private readonly emitter: EventEmitter<void>;
  private readonly abort = new AbortController();
  private timer: Disposable | undefined;
  /** The owner that a connection is held, or tried, to. */
  private heldTo: string | undefined;
  private wait = poll.first;
  private hasYielded = false;
  private over = false;

  /** Fires once, when the owner has ended and nobody has taken its place yet. */
  readonly onDidEnd: Event<void>;

  constructor(private readonly options: OwnerWatchOptions) {
    this.emitter = new EventEmitter((error) =>
      options.logger.error("A listener of the owner's end failed.", error),
    );
    this.onDidEnd = this.emitter.event;
    this.lookAfter(0);
  }

  dispose(): void {
    this.over = true;
    this.timer?.dispose();
    this.abort.abort();
    this.emitter.dispose();
  }

  private look(): void {
    const verdict = this.verdict();
    if (verdict.state === "none" || verdict.state === "dead") {
      if (!this.hasYielded && this.options.yields?.() === true) {
        this.hasYielded = true;
        this.lookAfter(courtesy);
        return;
      }
      this.over = true;
      this.abort.abort();
      this.emitter.fire();
      return;
    }
    this.hasYielded = false;
    if (verdict.state === "alive" && this.heldTo === undefined) {
      void this.hold(verdict.owner.ownerId);
    }
    this.wait = Math.min(this.wait * 2, poll.last);
    this.lookAfter(this.wait);
  }

  private verdict(): OwnerVerdict {
    return readOwner(join(this.options.workspace, ".hopper"), this.options.machine);
  }

  /** Holds a connection until it is closed from the other side; then looks at once. */
  private async hold(ownerId: string): Promise<void> {
    const endpoint = this.endpointOf(ownerId);
    if (!endpoint) {
      return;
    }
    this.heldTo = ownerId;
    try {
      const socket = await openConnection(endpoint, this.options.clock, this.abort.signal, "wait");
      // Nothing is said: without reading on, its end would not be noticed.
      socket.resume();
      await new Promise((resolve) => socket.once("close", resolve));
      if (!this.over && !this.hasYielded) {
        this.wait = poll.first;
        this.lookAfter(0);
      }
    } catch {
      // It does not listen (any more): the next look tells what became of it.
    } finally {
      this.heldTo = undefined;
    }
  }

  private endpointOf(ownerId: string): Endpoint | undefined {
    try {
      const { workspace, state } = this.options;
      const endpoint = readEndpoint(state, identifyFolder(workspace));
      return endpoint?.ownerId === ownerId ? endpoint : undefined;
    } catch {
      return undefined;
    }
  }

  private lookAfter(milliseconds: number): void {
    this.timer?.dispose();
    if (!this.over) {
      this.timer = this.options.clock.after(milliseconds, () => this.look());
    }
  }
}
