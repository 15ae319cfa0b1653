import { createHash } from "node:crypto";
import type * as vscode from "vscode";
import type { Clock } from "../../core/base/clock";
import { errorMessage } from "../../core/base/errors";
import { EventEmitter } from "../../core/base/event";
import type { Disposable } from "../../core/base/lifecycle";
import type { Logger } from "../../core/base/log";
import type { PlanOutline } from "../../core/coordinator/planOutline";
import type { PlanThread } from "../../core/coordinator/planThread";
import type { Runners } from "../../core/protocol/runners";
import type { FolderQueue, FolderQueueChange } from "../queues/folderQueue";
import { EnqueuedPlans, type PlanShelf } from "./enqueuedPlans";
import { type EnqueuedPlan, type PlanMarks, planMarks } from "./planMarks";
import { mayBePlan } from "./planText";

/** Typing goes on for so long, in milliseconds, before a text is read as a plan. */
const typingPause = 250;
/** Changes of a queue come in bursts. */
const queuePause = 150;

/** What has to be known of an open document to read it; tests have simpler ones than the editor's. */
export type OpenText = Pick<vscode.TextDocument, "version" | "getText">;

/** The same of the queue of its folder. */
export interface OpenQueue extends PlanShelf {
  readonly path: string;
}

/** A plan that is open in an editor. */
export interface PlanDocument<
  D extends OpenText = vscode.TextDocument,
  Q extends OpenQueue = FolderQueue,
> {
  readonly document: D;
  /** The version of the document that was read. */
  readonly version: number;
  readonly outline: PlanOutline;
  readonly marks: PlanMarks;
  /** The queue of its folder, where it lies in one. */
  readonly queue: Q | undefined;
}

/** What became of an open document: what it is as a plan now, or that it is none, or closed. */
export interface PlanDocumentChange<
  D extends OpenText = vscode.TextDocument,
  Q extends OpenQueue = FolderQueue,
> {
  readonly document: D;
  readonly plan: PlanDocument<D, Q> | undefined;
}

/** What texts are read with, and what is asked about their documents. */
export interface OpenPlansOptions<D extends OpenText, Q extends OpenQueue> {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly thread: Pick<PlanThread, "read" | "rest" | "isAwake">;
  /** All runners that can be named, the user's own among them. */
  readonly runners: () => Promise<Runners>;
  readonly queueOf: (document: D) => Q | undefined;
  /** What a setting says of a file, where it says anything. */
  readonly saidToBePlan: (document: D) => boolean | undefined;
}

/**
 * Open texts, as far as they are plans. They are read in a thread, off the keystroke, each version
 * once; without a plan there is no thread.
 */
export class OpenPlans<D extends OpenText, Q extends OpenQueue> implements Disposable {
  private readonly entries = new Map<D, Entry<D, Q>>();
  private readonly changed: EventEmitter<PlanDocumentChange<D, Q>>;
  private readonly enqueued = new EnqueuedPlans();
  private readonly touched = new Set<Q>();
  private queueTimer: Disposable | undefined;

  /** Fires when a document was read anew, its queue changed, or it is no plan any more. */
  readonly onDidChange;

  constructor(private readonly options: OpenPlansOptions<D, Q>) {
    this.changed = new EventEmitter((error) =>
      options.logger.error("A listener of open plans failed.", error),
    );
    this.onDidChange = this.changed.event;
  }

  /** Every open plan, as it was read last: typing may have gone on since. */
  get all(): readonly PlanDocument<D, Q>[] {
    return [...this.entries.values()].flatMap(({ plan }) => plan ?? []);
  }

  /**
   * The document as a plan, read at its present version; undefined if it is none, or could not be
   * read.
   */
  async read(
    document: D,
    token?: vscode.CancellationToken,
  ): Promise<PlanDocument<D, Q> | undefined> {
    const entry = this.entries.get(document);
    // A reading that is under way counts as tried, and has nothing to show yet.
    while (entry && !entry.closed && (entry.reading !== undefined || !isFresh(entry))) {
      if (token?.isCancellationRequested === true) {
        return undefined;
      }
      await this.readNow(entry);
    }
    return entry?.plan?.version === document.version ? entry.plan : undefined;
  }

  /** @param path its file's real path, where it has a file. */
  open(document: D, path: string | undefined): void {
    if (!this.entries.has(document)) {
      const entry: Entry<D, Q> = { document, path, wanted: 1, tried: { wanted: 0 }, closed: false };
      this.entries.set(document, entry);
      void this.readNow(entry);
    }
  }

  /** The first save of a new file gives it a path. */
  moveTo(document: D, path: string | undefined): void {
    const entry = this.entries.get(document);
    if (entry) {
      entry.path = path;
    }
  }

  close(document: D): void {
    const entry = this.entries.get(document);
    if (entry) {
      entry.timer?.dispose();
      entry.closed = true;
      this.entries.delete(document);
      this.become(entry, undefined);
      this.restIfIdle();
    }
  }

  /** Reads a text once nobody has typed for a moment. */
  readSoon(document: D): void {
    const entry = this.entries.get(document);
    if (entry) {
      entry.timer?.dispose();
      entry.timer = this.options.clock.after(typingPause, () => void this.readNow(entry));
    }
  }

  /** Reads every text again: what they are read with changed. */
  readAll(): void {
    for (const entry of this.entries.values()) {
      this.readAgain(entry);
    }
  }

  queueChanged(
    change: (Pick<FolderQueueChange, "events"> & { readonly queue: Q }) | undefined,
    queues: () => readonly Q[],
  ): void {
    // Whatever is opened later must not find what was there before.
    this.enqueued.forget(change);
    if (this.entries.size > 0) {
      for (const queue of change ? [change.queue] : queues()) {
        this.touched.add(queue);
      }
      this.queueTimer ??= this.options.clock.after(queuePause, () => this.showQueues());
    }
  }

  dispose(): void {
    for (const entry of this.entries.values()) {
      entry.timer?.dispose();
      entry.closed = true;
    }
    this.queueTimer?.dispose();
    this.changed.dispose();
  }

  private readAgain(entry: Entry<D, Q>): void {
    entry.wanted += 1;
    void this.readNow(entry);
  }

  private readNow(entry: Entry<D, Q>): Promise<void> {
    entry.timer?.dispose();
    entry.timer = undefined;
    entry.reading ??= this.readUntilFresh(entry).finally(() => {
      entry.reading = undefined;
      this.restIfIdle();
    });
    return entry.reading;
  }

  /** What was asked for while a text was being read is not lost. */
  private async readUntilFresh(entry: Entry<D, Q>): Promise<void> {
    // While somebody types, the timer says when.
    while (!isFresh(entry) && !entry.closed && !entry.timer) {
      try {
        await this.readOnce(entry);
      } catch (error) {
        this.options.logger.warn(`A plan could not be read: ${errorMessage(error)}`);
      }
    }
  }

  private async readOnce(entry: Entry<D, Q>): Promise<void> {
    const { document, path } = entry;
    // Whatever becomes of it, this is not tried again before something changes.
    entry.tried = { wanted: entry.wanted, version: document.version };
    const runners = await this.options.runners();
    const { version } = document;
    entry.tried = { wanted: entry.wanted, version };
    const queue = this.options.queueOf(document);
    const enqueued = this.enqueuedOf(entry);
    const said = this.options.saidToBePlan(document);
    const text = document.getText();
    const isWorthReading = said ?? (enqueued !== undefined || mayBePlan(text));
    const outline = isWorthReading
      ? await this.options.thread.read({
          text,
          ...(path !== undefined && { path }),
          context: {
            workspace: queue?.path ?? "",
            runners,
            ...(enqueued && { defaultRunner: enqueued.plan.runner }),
          },
        })
      : undefined;
    if (entry.closed) {
      return;
    }
    const isPlan = outline && (said === true || enqueued || outline.phases.length > 0);
    const sha256 = enqueued ? createHash("sha256").update(text).digest("hex") : "";
    entry.outline = isPlan ? { version, outline, sha256 } : undefined;
    entry.runner = enqueued?.plan.runner;
    this.show(entry);
  }

  /** Puts the text as it was read beside the queue as it is now. */
  private show(entry: Entry<D, Q>): void {
    const { document } = entry;
    if (!entry.outline) {
      this.become(entry, undefined);
      return;
    }
    const { version, outline, sha256 } = entry.outline;
    const queue = this.options.queueOf(document);
    const marks = planMarks({ ...outline, sha256 }, this.enqueuedOf(entry));
    this.become(entry, { document, version, outline, marks, queue });
  }

  private enqueuedOf({ document, path }: Entry<D, Q>): EnqueuedPlan | undefined {
    const queue = this.options.queueOf(document);
    return queue && path !== undefined ? this.enqueued.from(queue, path) : undefined;
  }

  private become(entry: Entry<D, Q>, plan: PlanDocument<D, Q> | undefined): void {
    const before = entry.plan;
    entry.plan = plan;
    if (before ?? plan) {
      this.changed.fire({ document: entry.document, plan });
    }
  }

  private showQueues(): void {
    this.queueTimer = undefined;
    const touched = new Set(this.touched);
    this.touched.clear();
    for (const entry of this.entries.values()) {
      const queue = this.options.queueOf(entry.document);
      if (!queue || !touched.has(queue)) {
        continue;
      }
      const enqueued = this.enqueuedOf(entry);
      if (enqueued?.plan.runner !== entry.runner || (enqueued && !entry.outline)) {
        // What is wrong with a plan depends on the runner that it was enqueued with.
        this.readAgain(entry);
      } else {
        this.show(entry);
      }
    }
  }

  private restIfIdle(): void {
    const { thread } = this.options;
    const busy = [...this.entries.values()].some(
      ({ plan, reading }) => plan !== undefined || reading !== undefined,
    );
    if (!busy && thread.isAwake) {
      thread.rest();
      this.enqueued.forget();
    }
  }
}

interface Entry<D extends OpenText, Q extends OpenQueue> {
  readonly document: D;
  /** Its file's real path. */
  path: string | undefined;
  /** Grows whenever the same version must be read again. */
  wanted: number;
  /** What was read last, or could not be read. */
  tried: { readonly wanted: number; readonly version?: number };
  closed: boolean;
  outline?:
    | {
        readonly version: number;
        readonly outline: PlanOutline;
        /** Of the text, where it is compared with an enqueued plan. */
        readonly sha256: string;
      }
    | undefined;
  plan?: PlanDocument<D, Q> | undefined;
  /** The runner with which it was enqueued when it was read. */
  runner?: string | undefined;
  timer?: Disposable | undefined;
  reading?: Promise<void> | undefined;
}

function isFresh({ document, wanted, tried }: Entry<OpenText, OpenQueue>): boolean {
  return tried.version === document.version && tried.wanted === wanted;
}
