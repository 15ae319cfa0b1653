import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { errorMessage, HopperError } from "../../core/base/errors";
import { EventEmitter } from "../../core/base/event";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import type { OwnerClient } from "../../core/api/client";
import type { Hopper } from "../../core/hopper";
import type { HopperCommands } from "../../core/protocol/commands";
import type { QueueEvent } from "../../core/protocol/queue";
import type { QueueReader } from "../../core/queue/queueReader";
import type { Services } from "../services";
import {
  connectOwner,
  isPausedByCrashes,
  type OpenChoices,
  openHopper,
  ownerOf,
  type QueueOwner,
} from "./openHopper";
import { QueueFiles } from "./queueFiles";
import type { QueueState } from "./queueState";

/** A queue whose owner ended is taken over within so long. */
const takeOverPoll = 3000;

/** What changed in a folder's queue: phases and plans, or how this window stands to it. */
export interface FolderQueueChange {
  readonly queue: FolderQueue;
  /** Empty when only the state changed. */
  readonly events: readonly QueueEvent[];
}

/**
 * The queue of one workspace folder, however this window stands to it. Nothing is loaded before the
 * folder has a queue or a first plan is enqueued.
 */
export class FolderQueue implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed: EventEmitter<FolderQueueChange>;
  private current: QueueState = { kind: "absent" };
  private files: QueueFiles | undefined;
  private opening: Promise<void> | undefined;
  private takeOverTimer: Disposable | undefined;
  private client: OwnerClient | undefined;
  private runsByItself = false;
  private disposed = false;

  readonly onDidChange;

  constructor(
    readonly folder: vscode.WorkspaceFolder,
    private readonly services: Services,
  ) {
    this.changed = new EventEmitter((error) =>
      services.logger.error("A listener of a queue failed.", error),
    );
    this.onDidChange = this.changed.event;
  }

  get name(): string {
    return this.folder.name;
  }

  /** Absolute path of the workspace folder. */
  get path(): string {
    return this.folder.uri.fsPath;
  }

  get state(): QueueState {
    return this.current;
  }

  /** For reading, whoever owns it; undefined where there is nothing (yet). */
  get reader(): QueueReader | undefined {
    return this.current.kind === "owner" ? this.current.hopper.queue : this.files?.reader;
  }

  get hopperFolder(): string {
    return join(this.path, ".hopper");
  }

  /** Where attempts keep their files. */
  get attemptsFolder(): string {
    return join(this.hopperFolder, "attempts");
  }

  /** Whether ready phases are started without anybody asking. */
  get isStarting(): boolean {
    return this.runsByItself;
  }

  /** Opens the queue if the folder has one; called at activation and when trust was given. */
  async openIfThere(): Promise<void> {
    if (existsSync(this.hopperFolder)) {
      await this.open({ automatic: true, starts: true });
    }
  }

  /** The same after trust was given. */
  async reopenIfThere(): Promise<void> {
    if (this.current.kind === "untrusted") {
      await this.reopen({ automatic: true, starts: true });
    }
  }

  /** Opens the queue again, whatever came of it before. */
  async reopen(choices: OpenChoices): Promise<void> {
    await this.opening;
    if (this.current.kind !== "owner") {
      await this.open(choices);
    }
  }

  /**
   * Everything that changes the queue: the owner's own commands, or the way to the owner.
   *
   * @throws HopperError where nothing may be changed from here: its message says what to do.
   */
  async commands(): Promise<HopperCommands> {
    await this.opening;
    if (this.current.kind === "absent") {
      await this.open({ automatic: false, starts: true });
    }
    const state = this.current;
    switch (state.kind) {
      case "owner":
        return state.hopper;
      case "follower":
        return this.commandsOfOwner(state.refusal);
      case "foreign":
      case "failed":
        throw state.refusal;
      case "untrusted":
        throw new HopperError(
          "conflict",
          "Nothing is started or changed in an untrusted workspace: trust it first.",
        );
      case "absent":
      case "opening":
        throw new HopperError("unavailable", "The queue is being opened: try again in a moment.");
    }
  }

  /** Starts whatever is ready from now on, as far as it is not paused. */
  run(): void {
    if (this.current.kind === "owner") {
      this.runsByItself = true;
      this.current.hopper.run();
      this.changed.fire({ queue: this, events: [] });
    }
  }

  /** Releases the queue; running phases go on with their wrappers. */
  async close(): Promise<void> {
    await this.opening;
    this.leave();
    if (this.current.kind === "owner") {
      const { hopper } = this.current;
      this.current = { kind: "absent" };
      await hopper.stop();
    }
  }

  dispose(): void {
    this.disposed = true;
    void this.close();
    this.disposables.dispose();
    this.changed.dispose();
  }

  private open(choices: OpenChoices): Promise<void> {
    this.opening ??= this.tryToOpen(choices).finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  private async tryToOpen(choices: OpenChoices): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      // Reading a queue replays what its journal says: not even that is done for a stranger's.
      this.become({ kind: "untrusted" });
      return;
    }
    if (this.current.kind === "absent") {
      this.become({ kind: "opening" });
    }
    try {
      const hopper = await openHopper(this.path, this.folder.uri, this.services, choices);
      if (this.disposed) {
        await hopper.stop();
        return;
      }
      this.own(hopper, choices);
    } catch (error) {
      await this.show(this.refused(error));
    }
  }

  private own(hopper: Hopper, { starts }: OpenChoices): void {
    const { configuration, logger } = this.services;
    this.leave();
    for (const notice of hopper.notices) {
      logger.warn(notice);
    }
    this.disposables.add(
      hopper.onDidChange((events) => this.changed.fire({ queue: this, events })),
    );
    this.disposables.add(
      hopper.onDidLoseWorkspace((refusal) => {
        this.become({ kind: "failed", refusal });
        void hopper.stop();
      }),
    );
    this.become({ kind: "owner", hopper });
    // A queue that keeps taking its host down came up paused: an explicit resume goes on with it.
    if (starts && configuration.autoStart(this.folder.uri) && !isPausedByCrashes(hopper)) {
      this.run();
    }
  }

  /** Shows the queue from its files. */
  private async show(state: QueueState): Promise<void> {
    const { services } = this;
    const readable = state.kind !== "failed" && existsSync(this.hopperFolder);
    if (!readable) {
      this.leave();
    } else if (!this.files) {
      this.files = new QueueFiles(this.hopperFolder, services);
      this.files.onDidChange((events) => this.changed.fire({ queue: this, events }));
      await this.files.read();
    }
    if (this.disposed) {
      this.leave();
      return;
    }
    this.become(state);
    if (state.kind === "follower") {
      this.takeOverLater(state.owner);
    }
  }

  /**
   * Becomes the owner when the one there is has ended. After a command line nothing starts by itself:
   * somebody may just have stopped it.
   */
  private takeOverLater(owner: QueueOwner | undefined): void {
    this.takeOverTimer?.dispose();
    this.takeOverTimer = this.services.clock.after(takeOverPoll, () => {
      const now = ownerOf(this.path);
      if (now === undefined) {
        void this.open({ automatic: true, starts: owner?.program !== "cli" });
      } else {
        this.takeOverLater(now);
      }
    });
  }

  private async commandsOfOwner(refusal: HopperError): Promise<HopperCommands> {
    const client = await connectOwner(this.path, this.services);
    if (!client) {
      throw refusal;
    }
    this.client?.dispose();
    this.client = client;
    return client;
  }

  private leave(): void {
    this.takeOverTimer?.dispose();
    this.client?.dispose();
    this.client = undefined;
    this.files?.dispose();
    this.files = undefined;
  }

  private become(state: QueueState): void {
    this.current = state;
    this.changed.fire({ queue: this, events: [] });
  }

  private refused(error: unknown): QueueState {
    if (!(error instanceof HopperError)) {
      this.services.logger.error("The queue could not be opened.", error);
      const message = `The queue could not be opened: ${errorMessage(error)}`;
      return { kind: "failed", refusal: new HopperError("storage", message, { cause: error }) };
    }
    switch (error.kind) {
      case "owned":
        return { kind: "follower", refusal: error, owner: ownerOf(this.path) };
      case "foreign":
        return { kind: "foreign", refusal: error };
      default:
        return { kind: "failed", refusal: error };
    }
  }
}
