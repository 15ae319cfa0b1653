import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { errorInWords, HopperError } from "../../core/base/errors";
import { EventEmitter } from "../../core/base/event";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import type { Text } from "../../core/base/words";
import type { OwnerClient } from "../../core/api/client";
import { crashLoopReason } from "../../core/coordinator/crashLoop";
import type { Hopper } from "../../core/hopper";
import type { HopperCommands } from "../../core/protocol/commands";
import type { QueueEvent } from "../../core/protocol/queue";
import { QueueFiles } from "../../core/queue/queueFiles";
import type { QueueReader } from "../../core/queue/queueReader";
import { asMessage } from "../foreignText";
import { showRefusal } from "../refusals";
import { tellMirrorTrouble } from "../github/troubles";
import type { Services } from "../services";
import type { OpenChoices } from "./openHopper";
import type { QueueState } from "./queueState";
import { t } from "../l10n";

/** What changed in a folder's queue: phases and plans, or how this window stands to it. */
export interface FolderQueueChange {
  readonly queue: FolderQueue;
  /** Empty when only the state changed. */
  readonly events: readonly QueueEvent[];
  /** What has just come up that keeps the queue from going on, such as a full disk. */
  readonly trouble?: Text;
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
  private ownerWatch: Disposable | undefined;
  private birthWatch: Disposable | undefined;
  private client: OwnerClient | undefined;
  private connecting: Promise<OwnerClient> | undefined;
  private runsByItself = false;
  private autoStart: boolean;
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
    this.autoStart = services.configuration.autoStart(folder.uri);
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

  /** Opens the queue if the folder has one, or as soon as it does; called at activation. */
  async openIfThere(): Promise<void> {
    if (existsSync(this.hopperFolder)) {
      await this.open({ automatic: true, starts: true });
    } else if (!this.disposed) {
      this.awaitBirth();
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
          t("Nothing is started or changed in an untrusted workspace: trust it first."),
        );
      case "absent":
      case "opening":
        throw new HopperError(
          "unavailable",
          t("The queue is being opened: try again in a moment."),
        );
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

  /** A changed setting counts at once: whether phases start by themselves, and how many. */
  followSettings(): void {
    const before = this.autoStart;
    this.autoStart = this.services.configuration.autoStart(this.folder.uri);
    if (this.autoStart === before) {
      if (this.runsByItself) {
        this.run();
      }
    } else if (this.autoStart) {
      this.runUnlessCrashing();
    } else {
      this.hold();
    }
  }

  /** Releases the queue; running phases go on with their wrappers. */
  async close(): Promise<void> {
    this.birthWatch?.dispose();
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
    this.close().catch((error: unknown) =>
      this.services.logger.error("A queue could not be closed.", error),
    );
    this.disposables.dispose();
    this.changed.dispose();
  }

  /**
   * Somebody else can make the queue: `phase-hopper` in a terminal. What it enqueued is not started by
   * itself: that was not asked for.
   */
  private awaitBirth(): void {
    const files = new vscode.RelativePattern(this.folder, ".hopper/queue.*");
    const watcher = vscode.workspace.createFileSystemWatcher(files, false, true, true);
    watcher.onDidCreate(() => {
      if (this.current.kind === "absent") {
        void this.open({ automatic: true, starts: false });
      }
    });
    this.birthWatch = watcher;
  }

  private open(choices: OpenChoices): Promise<void> {
    this.birthWatch?.dispose();
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
      // Loaded here, since a window without a queue should not pay for it.
      const { openHopper } = await import("./openHopper");
      const hopper = await openHopper(this.path, this.folder.uri, this.services, choices);
      if (this.disposed) {
        await hopper.stop();
        return;
      }
      this.own(hopper, choices);
    } catch (error) {
      const state = await this.refused(error);
      await this.show(state);
      // Who asked for it is told why by the command; who opened a window did not ask.
      if (state.kind === "failed" && choices.automatic) {
        void showRefusal(state.refusal);
      }
    }
  }

  private own(hopper: Hopper, { starts }: OpenChoices): void {
    const { logger } = this.services;
    // What its files showed already was told.
    const told = this.files?.reader?.lastEventId ?? 0;
    this.leave();
    for (const notice of hopper.notices) {
      logger.warn(notice);
    }
    this.disposables.add(
      hopper.onDidChange((events) => this.changed.fire({ queue: this, events })),
    );
    this.disposables.add(
      hopper.onDidChangeTrouble((trouble) =>
        this.changed.fire({ queue: this, events: [], ...(trouble !== undefined && { trouble }) }),
      ),
    );
    const troubles = hopper.mirrors?.onDidFindTrouble((trouble) => void tellMirrorTrouble(trouble));
    if (troubles) {
      this.disposables.add(troubles);
    }
    this.disposables.add(hopper.onDidLoseWorkspace((refusal) => void this.lose(hopper, refusal)));
    this.become({ kind: "owner", hopper });
    const events = hopper.queue.events(Math.max(hopper.eventBeforeOpening, told));
    if (events.length > 0) {
      this.changed.fire({ queue: this, events });
    }
    if (starts && this.autoStart) {
      this.runUnlessCrashing();
    }
  }

  /** A queue that keeps taking its host down came up paused: an explicit resume goes on with it. */
  private runUnlessCrashing(): void {
    if (this.reader?.pausedReason !== crashLoopReason) {
      this.run();
    }
  }

  private hold(): void {
    if (this.current.kind === "owner") {
      this.runsByItself = false;
      this.current.hopper.stopStarting();
      this.changed.fire({ queue: this, events: [] });
    }
  }

  /** The folder is gone, or another process took its queue over: then this window follows that one. */
  private async lose(hopper: Hopper, refusal: HopperError): Promise<void> {
    this.runsByItself = false;
    const state = await this.refused(refusal);
    this.become(state);
    await hopper.stop();
    if (state.kind === "follower" && !this.disposed && this.current === state) {
      void vscode.window.showWarningMessage(asMessage(errorInWords(refusal)));
      await this.show(state);
    }
  }

  /** Shows the queue from its files. */
  private async show(state: QueueState): Promise<void> {
    const { services } = this;
    // A folder that cannot be written can be read; damaged files must not pass for an empty queue.
    const hidden = state.kind === "failed" && state.refusal.kind !== "storage";
    const readable = !hidden && existsSync(this.hopperFolder);
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
      await this.takeOverLater(state);
    }
  }

  /**
   * Becomes the owner when the one there is has ended, unless another follower was faster: those whose
   * settings let phases start by themselves go first. After a command line nothing starts by itself:
   * somebody may just have stopped it.
   */
  private async takeOverLater(state: FollowerState): Promise<void> {
    const { watchOwner } = await import("./openHopper");
    if (this.disposed || this.current !== state) {
      return;
    }
    this.ownerWatch?.dispose();
    const watch = watchOwner(this.path, this.services, () => !this.autoStart);
    this.ownerWatch = watch;
    const starts = state.owner?.program !== "cli";
    watch.onDidEnd(() => void this.open({ automatic: true, starts }));
  }

  /** One hold on the owner for all commands: to let go of it cuts off those that are under way. */
  private commandsOfOwner(refusal: HopperError): Promise<HopperCommands> {
    this.connecting ??= this.connect(refusal).finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  private async connect(refusal: HopperError): Promise<OwnerClient> {
    const { answers, connectOwner } = await import("./openHopper");
    if (this.client && (await answers(this.client, this.services))) {
      return this.client;
    }
    this.client?.dispose();
    this.client = await connectOwner(this.path, this.services);
    if (!this.client) {
      throw refusal;
    }
    return this.client;
  }

  private leave(): void {
    this.ownerWatch?.dispose();
    this.client?.dispose();
    this.client = undefined;
    this.files?.dispose();
    this.files = undefined;
  }

  private become(state: QueueState): void {
    this.current = state;
    this.changed.fire({ queue: this, events: [] });
  }

  private async refused(error: unknown): Promise<QueueState> {
    if (!(error instanceof HopperError)) {
      this.services.logger.error("The queue could not be opened.", error);
      const message = t("The queue could not be opened: {0}", errorInWords(error));
      return { kind: "failed", refusal: new HopperError("storage", message, { cause: error }) };
    }
    switch (error.kind) {
      case "owned": {
        const { ownerOf } = await import("./openHopper");
        return { kind: "follower", refusal: error, owner: ownerOf(this.path) };
      }
      case "foreign":
        return { kind: "foreign", refusal: error };
      default:
        return { kind: "failed", refusal: error };
    }
  }
}

type FollowerState = Extract<QueueState, { readonly kind: "follower" }>;
