import { realpathSync } from "node:fs";
import * as vscode from "vscode";
import { errorMessage } from "../../core/base/errors";
import { EventEmitter } from "../../core/base/event";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import type { PlanOutline } from "../../core/coordinator/planOutline";
import { PlanThread } from "../../core/coordinator/planThread";
import type { FolderQueue, FolderQueueChange } from "../queues/folderQueue";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Services } from "../services";
import { EnqueuedPlans } from "./enqueuedPlans";
import { type PlanMarks, planMarks } from "./planMarks";
import { mayBePlan } from "./planText";

/** Typing goes on for so long, in milliseconds, before a text is read as a plan. */
const typingPause = 250;
/** Changes of a queue come in bursts. */
const queuePause = 150;

/** A plan that is open in an editor. */
export interface PlanDocument {
  readonly document: vscode.TextDocument;
  /** The version of the document that was read. */
  readonly version: number;
  readonly outline: PlanOutline;
  readonly marks: PlanMarks;
  /** The queue of its folder, where it lies in one. */
  readonly queue: FolderQueue | undefined;
}

/** What became of an open document: what it is as a plan now, or that it is none, or closed. */
export interface PlanDocumentChange {
  readonly uri: vscode.Uri;
  readonly plan: PlanDocument | undefined;
}

/**
 * The open documents that are plans: Markdown that has a phase, or is enqueued, or is said to be one by
 * a setting. Texts are read in a thread, off the keystroke, each version once; without a plan there
 * is no thread, and any other Markdown costs one look at its text when it was changed.
 */
export class PlanDocuments implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly entries = new Map<vscode.TextDocument, Entry>();
  private readonly changed: EventEmitter<PlanDocumentChange>;
  private readonly thread: PlanThread;
  private readonly enqueued = new EnqueuedPlans();
  private readonly touched = new Set<FolderQueue>();
  private queueTimer: Disposable | undefined;

  /** Fires when a document was read anew, its queue changed, or it is no plan any more. */
  readonly onDidChange;

  constructor(
    private readonly queues: WorkspaceQueues,
    private readonly services: Services,
  ) {
    this.changed = new EventEmitter((error) =>
      services.logger.error("A listener of open plans failed.", error),
    );
    this.onDidChange = this.changed.event;
    this.thread = this.disposables.add(new PlanThread(services.assets.planWorker));
    const { disposables } = this;
    disposables.add(vscode.workspace.onDidOpenTextDocument((document) => this.opened(document)));
    disposables.add(vscode.workspace.onDidCloseTextDocument((document) => this.closed(document)));
    disposables.add(
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.readSoon(document)),
    );
    disposables.add(vscode.workspace.onDidSaveTextDocument((document) => this.saved(document)));
    disposables.add(services.configuration.onDidChange(() => this.readAll()));
    disposables.add(queues.onDidChange((change) => this.queueChanged(change)));
  }

  /** Looks at what is open already; called once everything that shows plans listens. */
  start(): void {
    for (const document of vscode.workspace.textDocuments) {
      this.opened(document);
    }
  }

  /** Every open plan, as it was read last. */
  get all(): readonly PlanDocument[] {
    return [...this.entries.values()].flatMap(({ plan }) => plan ?? []);
  }

  /** An open plan as it was read last: typing may have gone on since. */
  latest(uri: vscode.Uri): PlanDocument | undefined {
    return this.all.find(({ document }) => document.uri.toString() === uri.toString());
  }

  /** The document as a plan, read at its present version; undefined if it is none. */
  async read(
    document: vscode.TextDocument,
    token?: vscode.CancellationToken,
  ): Promise<PlanDocument | undefined> {
    const entry = this.entries.get(document);
    while (entry && !entry.closed && entry.version !== document.version) {
      if (token?.isCancellationRequested === true) {
        return undefined;
      }
      await this.readNow(entry);
    }
    return entry?.plan;
  }

  dispose(): void {
    for (const entry of this.entries.values()) {
      entry.timer?.dispose();
      entry.closed = true;
    }
    this.queueTimer?.dispose();
    this.disposables.dispose();
    this.changed.dispose();
  }

  private opened(document: vscode.TextDocument): void {
    if (!isCandidate(document) || this.entries.has(document)) {
      return;
    }
    const entry: Entry = { document, version: -1, path: realPath(document.uri), closed: false };
    this.entries.set(document, entry);
    void this.readNow(entry);
  }

  private closed(document: vscode.TextDocument): void {
    const entry = this.entries.get(document);
    if (entry) {
      entry.timer?.dispose();
      entry.closed = true;
      this.entries.delete(document);
      this.become(entry, undefined);
      this.restIfIdle();
    }
  }

  private saved(document: vscode.TextDocument): void {
    const entry = this.entries.get(document);
    if (entry) {
      // The first save of a new file gives it a path.
      entry.path = realPath(document.uri);
    }
  }

  private readSoon(document: vscode.TextDocument): void {
    const entry = this.entries.get(document);
    if (entry) {
      entry.timer?.dispose();
      entry.timer = this.services.clock.after(typingPause, () => void this.readNow(entry));
    }
  }

  private readAll(): void {
    for (const entry of this.entries.values()) {
      entry.version = -1;
      void this.readNow(entry);
    }
  }

  private readNow(entry: Entry): Promise<void> {
    entry.timer?.dispose();
    entry.reading ??= this.readOnce(entry)
      .catch((error: unknown) => {
        this.services.logger.warn(`A plan could not be read: ${errorMessage(error)}`);
        // Not again before the text changes: whoever waits for it goes on without.
        entry.version = entry.document.version;
      })
      .finally(() => {
        entry.reading = undefined;
        this.restIfIdle();
      });
    return entry.reading;
  }

  private async readOnce(entry: Entry): Promise<void> {
    const { document, path } = entry;
    const { version } = document;
    if (version === entry.version || entry.closed) {
      return;
    }
    const queue = this.queues.of(document.uri);
    const enqueued = queue && path !== undefined ? this.enqueued.from(queue, path) : undefined;
    const said = this.saidToBePlan(document);
    const text = document.getText();
    const isWorthReading = said ?? (enqueued !== undefined || mayBePlan(text));
    const { configuration } = this.services;
    const outline = isWorthReading
      ? await this.thread.read({
          text,
          ...(path !== undefined && { path }),
          context: {
            workspace: queue?.path ?? "",
            runners: configuration.runners(),
            ...(enqueued && { defaultRunner: enqueued.plan.runner }),
          },
        })
      : undefined;
    if (this.entries.get(document) !== entry) {
      return;
    }
    entry.version = version;
    const isPlan = outline && (said === true || enqueued || outline.phases.length > 0);
    entry.outline = isPlan ? outline : undefined;
    entry.runner = enqueued?.plan.runner;
    this.show(entry);
  }

  /** Puts the text as it was read beside the queue as it is now. */
  private show(entry: Entry): void {
    const { document, version, outline, path } = entry;
    if (!outline) {
      this.become(entry, undefined);
      return;
    }
    const queue = this.queues.of(document.uri);
    const enqueued = queue && path !== undefined ? this.enqueued.from(queue, path) : undefined;
    const marks = planMarks(outline, enqueued);
    this.become(entry, { document, version, outline, marks, queue });
  }

  private become(entry: Entry, plan: PlanDocument | undefined): void {
    const before = entry.plan;
    entry.plan = plan;
    if (before ?? plan) {
      this.changed.fire({ uri: entry.document.uri, plan });
    }
  }

  private queueChanged(change: FolderQueueChange | undefined): void {
    if (this.entries.size === 0) {
      return;
    }
    for (const queue of change ? [change.queue] : this.queues.all) {
      this.touched.add(queue);
    }
    this.enqueued.forget(change);
    this.queueTimer ??= this.services.clock.after(queuePause, () => this.showQueues());
  }

  private showQueues(): void {
    this.queueTimer = undefined;
    const touched = new Set(this.touched);
    this.touched.clear();
    for (const entry of this.entries.values()) {
      const queue = this.queues.of(entry.document.uri);
      if (!queue || !touched.has(queue)) {
        continue;
      }
      const enqueued = entry.path === undefined ? undefined : this.enqueued.from(queue, entry.path);
      if (enqueued?.plan.runner !== entry.runner || (enqueued && !entry.outline)) {
        // What is wrong with a plan depends on the runner that it was enqueued with.
        entry.version = -1;
        void this.readNow(entry);
      } else {
        this.show(entry);
      }
    }
  }

  private restIfIdle(): void {
    const busy = [...this.entries.values()].some(
      ({ plan, reading }) => plan !== undefined || reading !== undefined,
    );
    if (!busy && this.thread.isAwake) {
      this.thread.rest();
      this.enqueued.forget();
    }
  }

  /** What the setting says of a file, where it says anything. */
  private saidToBePlan(document: vscode.TextDocument): boolean | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    for (const [glob, isPlan] of this.services.configuration.planFiles(document.uri)) {
      const pattern = folder ? new vscode.RelativePattern(folder, glob) : glob;
      if (vscode.languages.match({ pattern }, document) > 0) {
        return isPlan;
      }
    }
    return undefined;
  }
}

interface Entry {
  readonly document: vscode.TextDocument;
  /** The version that was read last; -1 before the first, and when it must be read again. */
  version: number;
  /** Its file's real path. */
  path: string | undefined;
  closed: boolean;
  outline?: PlanOutline | undefined;
  plan?: PlanDocument | undefined;
  /** The runner with which it was enqueued when it was read. */
  runner?: string | undefined;
  timer?: Disposable | undefined;
  reading?: Promise<void> | undefined;
}

function isCandidate({ languageId, uri }: vscode.TextDocument): boolean {
  return languageId === "markdown" && (uri.scheme === "file" || uri.scheme === "untitled");
}

function realPath(uri: vscode.Uri): string | undefined {
  if (uri.scheme !== "file") {
    return undefined;
  }
  try {
    return realpathSync.native(uri.fsPath);
  } catch {
    return uri.fsPath;
  }
}
