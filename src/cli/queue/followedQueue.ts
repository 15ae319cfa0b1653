import type { OwnerClient } from "../../core/api/client";
import { getConfig } from "../../core/api/queueRoutes";
import { isoNow } from "../../core/base/clock";
import { errorMessage, HopperError } from "../../core/base/errors";
import { EventEmitter } from "../../core/base/event";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import { crashLoopReason } from "../../core/coordinator/crashLoop";
import { whatItWaitsFor } from "../../core/coordinator/waiting";
import type { Hopper } from "../../core/hopper";
import { findOwner } from "../../core/ownership/follower";
import { currentMachine } from "../../core/ownership/machine";
import { ownedError } from "../../core/ownership/ownedError";
import { ownerPath, type OwnerVerdict } from "../../core/ownership/ownerRecord";
import { OwnerWatch } from "../../core/ownership/ownerWatch";
import { currentUser, openStateFolder } from "../../core/ownership/stateFolder";
import type { CommandResult, EnqueueRequest, EnqueueResult } from "../../core/protocol/commands";
import type { QueueEvent } from "../../core/protocol/queue";
import type { Waiting } from "../../core/protocol/snapshot";
import { QueueFiles } from "../../core/queue/queueFiles";
import type { QueueReader } from "../../core/queue/queueReader";
import { attemptFolder } from "../../core/runner/attemptFolder";
import type { Context } from "../context";
import { every } from "../every";
import type { RunQueue } from "./runQueue";
import { openOwner } from "./openOwner";
import { isFollowed, lookAtOwner, mayPass, nameOf } from "./owner";
import { patiently } from "./patience";
import type { RunnerSettings } from "./runnerSettings";

/** How often the owner is looked at, and asked what its files do not tell. */
const tick = 1_000;

/**
 * The queue of a run that another process owns: shown from its files, changed through its owner. When
 * that one ends before the run does, this process becomes the owner and goes on.
 */
export class FollowedQueue implements RunQueue {
  /** What the owner found at its opening is its to say. */
  readonly notices: readonly string[] = [];
  private readonly disposables = new DisposableStore();
  private readonly changed: EventEmitter<readonly QueueEvent[]>;
  private readonly lost: EventEmitter<HopperError>;
  private readonly files: QueueFiles;
  private client: OwnerClient | undefined;
  private watch: Disposable | undefined;
  /** This process's own, once the owner has ended. */
  private hopper: Hopper | undefined;
  private name = "";
  private wanted: { readonly planId?: string } | undefined;
  private trouble: string | undefined;
  private looks = { stopped: 0, ownerId: "", asked: "" };
  private isOver = false;

  private constructor(
    private readonly context: Context,
    private readonly settings: RunnerSettings,
  ) {
    const { logger, workspace } = context;
    const failed = (error: unknown): void => logger.error("A listener of the queue failed.", error);
    this.changed = new EventEmitter(failed);
    this.lost = new EventEmitter(failed);
    this.files = this.disposables.add(new QueueFiles(workspace.hopperFolder, context));
    this.files.onDidChange((events) => this.changed.fire(events));
  }

  /** @throws HopperError `owned` when the owner does not answer. */
  static async open(context: Context, settings: RunnerSettings): Promise<FollowedQueue> {
    const followed = new FollowedQueue(context, settings);
    try {
      await followed.follow();
      await followed.files.read();
      if (!followed.files.reader) {
        throw refusal(context, lookAtOwner(context));
      }
      return followed;
    } catch (error) {
      await followed.stop();
      throw error;
    }
  }

  get owner(): string | undefined {
    return this.hopper ? undefined : this.name;
  }

  get mirrors(): Hopper["mirrors"] {
    return this.hopper?.mirrors;
  }

  get queue(): QueueReader {
    const reader = this.hopper?.queue ?? this.files.reader;
    if (!reader) {
      throw new TypeError("A queue was asked before it was read, or after it was closed");
    }
    return reader;
  }

  get onDidChange(): RunQueue["onDidChange"] {
    return this.changed.event;
  }

  get onDidLoseWorkspace(): RunQueue["onDidLoseWorkspace"] {
    return this.lost.event;
  }

  async enqueue(request: EnqueueRequest): Promise<EnqueueResult> {
    const result = await this.commands().enqueue(request);
    await this.files.read();
    return result;
  }

  cancel(queueId: string): Promise<CommandResult> {
    return this.commands().cancel(queueId);
  }

  complete(queueId: string, note?: string): Promise<CommandResult> {
    return this.commands().complete(queueId, note);
  }

  fail(queueId: string, note?: string): Promise<CommandResult> {
    return this.commands().fail(queueId, note);
  }

  setPaused(paused: boolean, planId?: string): Promise<CommandResult> {
    return this.commands().setPaused(paused, planId);
  }

  attemptFolder(queueId: string, attemptNumber: number): string {
    const { hopperFolder } = this.context.workspace;
    return attemptFolder(hopperFolder, { queue_id: queueId, attempt_number: attemptNumber });
  }

  /** The owner runs the phases; those that it leaves alone are started through it, one by one. */
  run(planId?: string): void {
    this.wanted = planId === undefined ? {} : { planId };
    if (this.queue.pausedReason === crashLoopReason) {
      // As a run of one's own does: somebody asks for it.
      this.send(this.setPaused(false));
    }
    this.disposables.add(every(this.context.clock, tick, () => this.look()));
    this.look();
  }

  stopStarting(): void {
    this.wanted = undefined;
    this.hopper?.stopStarting();
  }

  async cancelAll(): Promise<void> {
    await this.hopper?.cancelAll();
  }

  waiting(planId?: string): Waiting {
    return (
      this.hopper?.waiting(planId) ??
      whatItWaitsFor(this.queue, {
        now: isoNow(this.context.clock),
        trouble: this.trouble,
        ...(planId !== undefined && { planId }),
      })
    );
  }

  async stop(): Promise<void> {
    this.isOver = true;
    this.watch?.dispose();
    this.client?.dispose();
    this.disposables.dispose();
    this.changed.dispose();
    this.lost.dispose();
    await this.hopper?.stop();
  }

  private commands(): Hopper | OwnerClient {
    const commands = this.hopper ?? this.client;
    if (!commands) {
      throw new HopperError("unavailable", "The queue's owner has ended: try again in a moment.");
    }
    return commands;
  }

  /** Finds the owner there is now. @throws HopperError `owned` when it does not answer. */
  private async follow(): Promise<void> {
    const { context } = this;
    const { workspace, clock, logger } = context;
    const verdict = lookAtOwner(context);
    const user = currentUser();
    const state = openStateFolder(user);
    const client = findOwner(workspace.path, state, clock);
    try {
      if (!client || verdict.state !== "alive") {
        throw refusal(context, verdict);
      }
      await client.ping();
    } catch (error) {
      client?.dispose();
      throw error instanceof HopperError && error.kind === "unavailable"
        ? refusal(context, verdict)
        : error;
    }
    this.name = nameOf(verdict.owner);
    this.client = client;
    const machine = currentMachine(user);
    const watch = new OwnerWatch({ workspace: workspace.path, state, machine, clock, logger });
    watch.onDidEnd(() => void this.succeed());
    this.watch = watch;
  }

  /** The owner has ended: this process takes its place, or follows whoever was faster. */
  private async succeed(): Promise<void> {
    const { context, settings } = this;
    this.watch?.dispose();
    this.client?.dispose();
    this.client = undefined;
    this.trouble = undefined;
    try {
      await patiently(context, mayPass, async () => {
        if (isFollowed(context)) {
          await this.follow();
        } else if (this.isWanted) {
          await this.own(await openOwner(context, settings));
        }
      });
    } catch (error) {
      this.lost.fire(asHopperError(error));
    }
  }

  private async own(hopper: Hopper): Promise<void> {
    if (!this.isWanted) {
      await hopper.stop();
      return;
    }
    const { logger } = this.context;
    for (const notice of hopper.notices) {
      logger.warn(notice);
    }
    logger.info(`${this.name} has ended: this run goes on as the queue's owner.`);
    const told = this.files.reader?.lastEventId ?? 0;
    this.hopper = hopper;
    this.files.dispose();
    this.disposables.add(hopper.onDidChange((events) => this.changed.fire(events)));
    this.disposables.add(hopper.onDidLoseWorkspace((error) => this.lost.fire(error)));
    this.changed.fire(hopper.queue.events(told));
    hopper.run(this.wanted?.planId);
  }

  /** Asked while something is awaited: the run may have been left meanwhile. */
  private get isWanted(): boolean {
    return !this.isOver && this.wanted !== undefined;
  }

  /** Looks after what no event tells, while another process is the owner. */
  private look(): void {
    const { client, context } = this;
    if (!client || this.hopper || !this.wanted) {
      return;
    }
    const verdict = lookAtOwner(context);
    this.looks.stopped = verdict.state === "notAnswering" ? this.looks.stopped + 1 : 0;
    if (this.looks.stopped > 1) {
      this.lost.fire(refusal(context, verdict));
    } else if (verdict.state === "alive") {
      this.startWhatIsLeftAlone(verdict, client, this.wanted.planId);
      void this.askForTrouble(client);
    }
  }

  /**
   * An owner may start nothing by itself, as a window does whose settings say so, or phases of another
   * plan only. Not one that is seen for the first time: a command is the owner for a moment, too.
   */
  private startWhatIsLeftAlone(
    { owner: { ownerId, scope } }: Extract<OwnerVerdict, { readonly state: "alive" }>,
    client: OwnerClient,
    planId: string | undefined,
  ): void {
    const isKnown = ownerId === this.looks.ownerId;
    this.looks.ownerId = ownerId;
    const isItsOwn = scope && (scope.planId === undefined || scope.planId === planId);
    if (!isKnown || isItsOwn || this.queue.pausedReason !== undefined) {
      return;
    }
    const now = isoNow(this.context.clock);
    const next = this.queue.nextToStart({
      now,
      withoutSlot: [],
      slotFree: true,
      ...(planId !== undefined && { planId }),
    });
    const attempts = next && this.queue.nextAttemptNumber(next.queueId);
    const asked = next ? `${next.queueId} ${attempts ?? 0}` : "";
    if (next && next.planId !== scope?.planId && asked !== this.looks.asked) {
      this.looks.asked = asked;
      this.send(client.start(next.queueId));
    }
  }

  /** A full disk, for instance: the files do not say it. */
  private async askForTrouble(client: OwnerClient): Promise<void> {
    try {
      const { waiting } = await client.ask(getConfig, {});
      this.trouble = waiting.kind === "trouble" ? waiting.text : undefined;
    } catch (error) {
      // Whether it has ended is for its watch to say.
      this.context.logger.debug(`The queue's owner was not reached: ${errorMessage(error)}`);
    }
  }

  private send(command: Promise<CommandResult>): void {
    command.catch((error: unknown) => this.context.logger.warn(errorMessage(error)));
  }
}

function refusal({ workspace }: Context, verdict: OwnerVerdict): HopperError {
  return ownedError(verdict, ownerPath(workspace.hopperFolder));
}

function asHopperError(error: unknown): HopperError {
  return error instanceof HopperError
    ? error
    : new HopperError("storage", `The queue could not be opened: ${errorMessage(error)}`, {
        cause: error,
      });
}
