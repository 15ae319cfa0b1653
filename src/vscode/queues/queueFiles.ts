import { type FSWatcher, watch } from "node:fs";
import { type Clock } from "../../core/base/clock";
import { EventEmitter } from "../../core/base/event";
import { errorMessage } from "../../core/base/errors";
import { type Disposable, DisposableStore, toDisposable } from "../../core/base/lifecycle";
import type { QueueEvent } from "../../core/protocol/queue";
import type { QueueReader } from "../../core/queue/queueReader";
import type { QueueView } from "../../core/queue/readQueue";
import type { Services } from "../services";

/** Between two readings: a file that changes each millisecond must not be read each millisecond. */
const shortestPause = 250;
/** Watching is not possible everywhere; so the files are looked at anyway. */
const poll = 3000;

/**
 * A queue as its files show it, for a window that does not own it: read again whenever its owner
 * wrote, never written.
 */
export class QueueFiles implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed: EventEmitter<readonly QueueEvent[]>;
  private view: QueueView | undefined;
  private timer: Disposable | undefined;
  private reading = false;
  private stale = false;
  private disposed = false;

  /** Fires after a reading that found something new, with the events since the one before. */
  readonly onDidChange;

  constructor(
    private readonly hopperFolder: string,
    private readonly services: Pick<Services, "assets" | "clock" | "logger">,
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

  /** Reads the files now. What cannot be read leaves what was read before. */
  async read(): Promise<void> {
    if (this.reading || this.disposed) {
      this.stale = true;
      return;
    }
    this.reading = true;
    this.stale = false;
    const { clock, logger } = this.services;
    const begun = clock.monotonic();
    try {
      const { readQueue } = await import("../../core/queue/readQueue");
      const view = await readQueue(this.hopperFolder, this.services);
      this.replace(view);
    } catch (error) {
      logger.warn(`The queue's files cannot be read: ${errorMessage(error)}`);
    } finally {
      this.reading = false;
    }
    // A large queue takes long to read: at most a tenth of the time goes into it.
    const pause = Math.max(shortestPause, (clock.monotonic() - begun) * 9);
    this.readAfter(this.wasTouched() ? pause : Math.max(poll, pause), clock);
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
    this.disposables.dispose();
    this.changed.dispose();
    this.view?.dispose();
    this.view = undefined;
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

  private readAfter(milliseconds: number, clock: Clock): void {
    this.timer?.dispose();
    if (!this.disposed) {
      this.timer = clock.after(milliseconds, () => void this.read());
    }
  }

  private watch(): void {
    const { clock, logger } = this.services;
    try {
      const watcher: FSWatcher = watch(this.hopperFolder, { persistent: false }, () => {
        if (this.reading) {
          this.stale = true;
        } else if (!this.stale) {
          this.stale = true;
          this.readAfter(shortestPause, clock);
        }
      });
      watcher.on("error", (error) => logger.debug(`Watching ended: ${errorMessage(error)}`));
      this.disposables.add(toDisposable(() => watcher.close()));
    } catch (error) {
      logger.debug(`${this.hopperFolder} cannot be watched: ${errorMessage(error)}`);
    }
  }
}
