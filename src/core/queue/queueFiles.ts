import { type FSWatcher, watch } from "node:fs";
import { errorMessage } from "../base/errors";
import { EventEmitter } from "../base/event";
import { type Disposable, DisposableStore, toDisposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import type { QueueEvent } from "../protocol/queue";
import type { QueueReader } from "./queueReader";
import type { QueueView, ReadOptions } from "./readQueue";

/** Between two readings: a file that changes each millisecond must not be read each millisecond. */
const shortestPause = 250;
/** Watching is not possible everywhere; so the files are looked at anyway. */
const poll = 3000;

/**
 * A queue as its files show it, for a process that does not own it: read again whenever its owner
 * wrote, never written.
 */
export class QueueFiles implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed: EventEmitter<readonly QueueEvent[]>;
  private view: QueueView | undefined;
  private timer: Disposable | undefined;
  private turn: Promise<void> = Promise.resolve();
  private reading = false;
  private stale = false;
  private disposed = false;

  /** Fires after a reading that found something new, with the events since the one before. */
  readonly onDidChange;

  constructor(
    private readonly hopperFolder: string,
    private readonly services: ReadOptions & { readonly logger: Logger },
  ) {
    this.changed = new EventEmitter((error) =>
      services.logger.error("A listener of the queue's files failed.", error),
    );
    this.onDidChange = this.changed.event;
    this.watch();
  }

  get reader(): QueueReader | undefined {
    return this.view?.queue;
  }

  /**
   * Reads the files; whatever was written before the call is seen by the time it resolves. What cannot
   * be read leaves what was read before.
   */
  read(): Promise<void> {
    // One that is under way may have begun too early.
    this.turn = this.turn.then(() => this.readOnce());
    return this.turn;
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
    this.disposables.dispose();
    this.changed.dispose();
    this.view?.dispose();
    this.view = undefined;
  }

  private async readOnce(): Promise<void> {
    if (this.disposed) {
      return;
    }
    this.reading = true;
    this.stale = false;
    const { clock, logger } = this.services;
    const begun = clock.monotonic();
    try {
      // Loaded here, since a window without a queue should not pay for it.
      const { readQueue } = await import("./readQueue");
      this.replace(await readQueue(this.hopperFolder, this.services));
    } catch (error) {
      logger.warn(`The queue's files cannot be read: ${errorMessage(error)}`);
    } finally {
      this.reading = false;
    }
    // A large queue takes long to read: at most a tenth of the time goes into it.
    const pause = Math.max(shortestPause, (clock.monotonic() - begun) * 9);
    this.readAfter(this.wasTouched() ? pause : Math.max(poll, pause));
  }

  private replace(view: QueueView | undefined): void {
    if (this.disposed || !view) {
      view?.dispose();
      return;
    }
    const before = this.view;
    const seen = before?.queue.lastEventId;
    this.view = view;
    before?.dispose();
    if (seen === undefined || view.queue.lastEventId !== seen) {
      this.changed.fire(seen === undefined ? [] : view.queue.events(seen));
    }
  }

  private wasTouched(): boolean {
    return this.stale;
  }

  private readAfter(milliseconds: number): void {
    this.timer?.dispose();
    if (!this.disposed) {
      this.timer = this.services.clock.after(milliseconds, () => void this.read());
    }
  }

  private watch(): void {
    const { logger } = this.services;
    try {
      const watcher: FSWatcher = watch(this.hopperFolder, { persistent: false }, () => {
        if (this.reading) {
          this.stale = true;
        } else if (!this.stale) {
          this.stale = true;
          this.readAfter(shortestPause);
        }
      });
      watcher.on("error", (error) => logger.debug(`Watching ended: ${errorMessage(error)}`));
      this.disposables.add(toDisposable(() => watcher.close()));
    } catch (error) {
      logger.debug(`${this.hopperFolder} cannot be watched: ${errorMessage(error)}`);
    }
  }
}
