import type { Clock } from "../../core/base/clock";
import { errorMessage } from "../../core/base/errors";
import { EventEmitter } from "../../core/base/event";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import type { Logger } from "../../core/base/log";
import type { PlanOutline } from "../../core/coordinator/planOutline";
import type { PlanItem } from "../../core/protocol/queue";
import type { QueueReader } from "../../core/queue/queueReader";
import type { FolderQueueChange } from "../queues/folderQueue";
import { EnqueuedPlans, isUnfinished, type PlanShelf, spokenOf } from "./enqueuedPlans";
import { changesInWords } from "./phaseLenses";
import { changesOf, type PlanMarks, planMarks } from "./planMarks";

/** Changes of queues and files come in bursts. */
const pause = 300;

/** How an enqueued plan stands to its file, where that has become another one. */
export interface PlanDifference {
  /** "2 phases differ, 1 phase is new" */
  readonly words: string;
  /** Queue ids of the phases that can take another text, or another place, from the file. */
  readonly phases: ReadonlySet<string>;
}

/** A folder's queue, as far as its plans are compared with their files. */
export interface ComparedQueue extends PlanShelf {
  readonly path: string;
  readonly reader: (PlanShelf["reader"] & Pick<QueueReader, "plans">) | undefined;
}

export interface PlanDifferencesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly queues: () => readonly ComparedQueue[];
  /** A plan whose file is open in an editor is compared there, with what is typed. */
  readonly openMarks: (planId: string) => PlanMarks | undefined;
  /** Reads a plan's file. @throws HopperError where there is none any more. */
  readonly read: (
    path: string,
    workspace: string,
  ) => Promise<PlanOutline & { readonly sha256: string }>;
  /** Calls back when a file changed, came or went. */
  readonly watch: (path: string, onChange: () => void) => Disposable;
}

/**
 * Compares unfinished plans with their files, also of those that no editor shows: whoever looks at the
 * queue shall see that a phase would run another text than the one that is written by now. Without an
 * unfinished plan nothing is read or watched.
 */
export class PlanDifferences implements Disposable {
  private readonly changed: EventEmitter<void>;
  private readonly enqueued = new EnqueuedPlans();
  private readonly files = new Map<string, WatchedFile>();
  private found: ReadonlyMap<string, PlanDifference> = new Map();
  private timer: Disposable | undefined;
  private comparing = false;
  private disposed = false;

  /** Fires when a plan differs in another way than before. */
  readonly onDidChange;

  constructor(private readonly options: PlanDifferencesOptions) {
    this.changed = new EventEmitter((error) =>
      options.logger.error("A listener of differing plans failed.", error),
    );
    this.onDidChange = this.changed.event;
  }

  /** Undefined where the plan is what its file is, or finished. */
  of(planId: string): PlanDifference | undefined {
    return this.found.get(planId);
  }

  queueChanged(change: Pick<FolderQueueChange, "events"> | undefined): void {
    this.enqueued.forget(change);
    this.compareSoon();
  }

  /** What editors show was read anew; a file that was closed may have been saved before. */
  documentsChanged(): void {
    this.compareSoon();
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
    this.files.forEach(({ store }) => store.dispose());
    this.files.clear();
    this.changed.dispose();
  }

  private compareSoon(): void {
    this.timer ??= this.options.clock.after(pause, () => {
      this.timer = undefined;
      void this.compare();
    });
  }

  private async compare(): Promise<void> {
    if (this.comparing) {
      // What changed meanwhile is looked at behind it.
      this.compareSoon();
      return;
    }
    this.comparing = true;
    try {
      const found = await this.compareAll();
      const before = this.found;
      if (!this.disposed && found) {
        this.found = found;
        if (inOrder(before) !== inOrder(found)) {
          this.changed.fire();
        }
      }
    } finally {
      this.comparing = false;
    }
  }

  private async compareAll(): Promise<ReadonlyMap<string, PlanDifference> | undefined> {
    const plans = this.options.queues().flatMap((queue) => unfinishedOf(queue));
    const paths = new Set(plans.map(({ path }) => path));
    for (const [path, { store }] of this.files) {
      if (!paths.has(path)) {
        store.dispose();
        this.files.delete(path);
      }
    }
    const found = new Map<string, PlanDifference>();
    for (const { queue, plan, path } of plans) {
      const file = this.watched(path);
      const marks = this.options.openMarks(plan.plan_id) ?? (await this.marksOf(queue, path, file));
      if (this.disposed) {
        return undefined;
      }
      const difference = marks && differenceOf(marks);
      if (difference) {
        found.set(plan.plan_id, difference);
      }
    }
    return found;
  }

  private watched(path: string): WatchedFile {
    const known = this.files.get(path);
    if (known) {
      return known;
    }
    const file: WatchedFile = { store: new DisposableStore() };
    this.files.set(path, file);
    const watch = this.options.watch(path, () => {
      file.outline = undefined;
      this.compareSoon();
    });
    file.store.add(watch);
    return file;
  }

  private async marksOf(
    queue: ComparedQueue,
    path: string,
    file: WatchedFile,
  ): Promise<PlanMarks | undefined> {
    try {
      file.outline ??= this.options.read(path, queue.path);
      const outline = await file.outline;
      const enqueued = this.enqueued.from(queue, path);
      return enqueued && planMarks(outline, enqueued);
    } catch (error) {
      // The file is gone, or no text: there is nothing to compare with before it changes again.
      this.options.logger.debug(`${path} was not compared: ${errorMessage(error)}`);
      return undefined;
    }
  }
}

interface WatchedFile {
  readonly store: DisposableStore;
  outline?: Promise<PlanOutline & { readonly sha256: string }> | undefined;
}

/** Of several copies of a file, the one that an update from it would be about. */
function unfinishedOf(
  queue: ComparedQueue,
): { readonly queue: ComparedQueue; readonly plan: PlanItem; readonly path: string }[] {
  const { reader } = queue;
  return (reader?.plans() ?? []).flatMap((plan) => {
    const { source_path: path } = plan;
    const isMeant =
      reader !== undefined &&
      path !== undefined &&
      isUnfinished(plan, reader) &&
      spokenOf(reader.plansFrom(path), reader)?.plan_id === plan.plan_id;
    return isMeant ? [{ queue, plan, path }] : [];
  });
}

function differenceOf(marks: PlanMarks): PlanDifference | undefined {
  const words = changesInWords(marks);
  const { differing, moved } = changesOf(marks);
  const phases = [...differing, ...moved].flatMap(({ phase }) => phase?.queue_id ?? []);
  return words === "" ? undefined : { words, phases: new Set(phases) };
}

function inOrder(found: ReadonlyMap<string, PlanDifference>): string {
  return JSON.stringify([...found].map(([id, { words, phases }]) => [id, words, ...phases]));
}
