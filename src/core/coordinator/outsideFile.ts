import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Assets } from "../base/assets";
import type { Clock } from "../base/clock";
import { errorMessage } from "../base/errors";
import { type Event, EventEmitter } from "../base/event";
import type { Disposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { stampOf } from "./guardedRead";
import type { WantedNames } from "./historyOrder";
import { HistoryThread } from "./historyThread";
import type { OutsideHistory, OutsideRows } from "./workflowHistory";

/** Where outside programs note their runs, and how often to look where watching fails. */
export interface OutsideFileSettings {
  /** Absolute path of the SQLite file. */
  readonly path: string;
  readonly pollMilliseconds: number;
}

export interface OutsideFileOptions {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked each time, so that changed settings count; undefined where there is no such file. */
  readonly settings: () => OutsideFileSettings | undefined;
}

/** Between a change of the file and its reading, and between two readings of one that keeps changing. */
const shortestPause = 100;
/** Where no file is named, the settings are looked at again so often. */
const idlePoll = 10_000;

/** A file of workflows that an outside program writes: watched, polled, and only ever read. */
export class OutsideFile implements OutsideHistory {
  private readonly emitter: EventEmitter<OutsideRows>;
  private readonly thread: HistoryThread;
  private watched: { readonly folder: string; readonly watcher: FSWatcher | undefined } | undefined;
  private timer: Disposable | undefined;
  private last:
    { readonly rows: OutsideRows; readonly stamp: string; readonly wanted: string } | undefined;
  private begun = 0;
  private reading = false;
  /** The file changed, and is not read since. */
  private touched = false;
  /** Somebody waits for a reading, whether or not the file changes. */
  private asked = false;
  private disposed = false;
  private noted: string | undefined;

  readonly onDidRead: Event<OutsideRows>;

  /** @param wanted what the phases are called that outside programs could speak of. */
  constructor(
    private readonly options: OutsideFileOptions,
    private readonly wanted: () => WantedNames,
  ) {
    const { assets, clock, logger } = options;
    this.emitter = new EventEmitter((error) =>
      logger.error("A listener of the workflow history failed.", error),
    );
    this.onDidRead = this.emitter.event;
    this.thread = new HistoryThread(assets.historyWorker, assets.sqlWasm, clock);
  }

  current(): OutsideRows | undefined {
    const { last } = this;
    const isCurrent =
      last !== undefined &&
      last.rows.file === this.options.settings()?.path &&
      last.wanted === JSON.stringify(this.wanted()) &&
      last.stamp === this.stamp(last.rows.file);
    return isCurrent ? last.rows : undefined;
  }

  readSoon(): number {
    this.asked = true;
    if (!this.reading) {
      this.lookAfter(0);
    }
    return this.begun + 1;
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
    this.watched?.watcher?.close();
    this.thread.dispose();
    this.emitter.dispose();
  }

  private async look(): Promise<void> {
    this.touched = false;
    const settings = this.options.settings();
    const names = settings && this.wanted();
    const isWanted = names && Object.values(names).some((list) => list.length > 0);
    this.watch(isWanted ? settings.path : undefined);
    if (!isWanted) {
      this.thread.dispose();
      this.lookAfter(settings?.pollMilliseconds ?? idlePoll);
      return;
    }
    if (!this.asked && this.current()) {
      this.lookAfter(settings.pollMilliseconds);
      return;
    }
    const { clock } = this.options;
    const startedAt = clock.monotonic();
    const isComplete = await this.read(settings.path, names);
    // At most half of the time goes into reading a file that never rests.
    const pause = Math.max(shortestPause, clock.monotonic() - startedAt);
    this.lookAfter(isComplete && !this.isDue() ? settings.pollMilliseconds : pause);
  }

  /** Answers false where a writer left no gap to read in. */
  private async read(path: string, names: WantedNames): Promise<boolean> {
    this.reading = true;
    this.asked = false;
    this.begun += 1;
    const answer = await this.thread.read({ number: this.begun, path, names });
    this.reading = false;
    if (this.disposed) {
      return true;
    }
    if (answer.kind === "busy") {
      return false;
    }
    if (answer.kind === "none") {
      this.note(answer.why);
      return true;
    }
    this.noted = undefined;
    const reading = { file: path, number: answer.number, rows: answer.rows };
    this.last = { rows: reading, stamp: answer.stamp, wanted: JSON.stringify(names) };
    this.emitter.fire(reading);
    return true;
  }

  private stamp(path: string): string | undefined {
    try {
      return stampOf(path);
    } catch {
      // The reading will meet it and say so.
      return undefined;
    }
  }

  /** Says once what is wrong with the file, until it can be read again. */
  private note(problem: string): void {
    if (this.noted !== problem) {
      this.noted = problem;
      this.options.logger.warn(problem);
    }
  }

  private lookAfter(milliseconds: number): void {
    this.timer?.dispose();
    if (!this.disposed) {
      this.timer = this.options.clock.after(milliseconds, () => void this.look());
    }
  }

  /** Watches the file's folder: the file may be replaced, and its log come and go. */
  private watch(path: string | undefined): void {
    const folder = path === undefined ? undefined : dirname(path);
    if (this.watched?.folder === folder) {
      return;
    }
    this.watched?.watcher?.close();
    this.watched =
      folder === undefined || path === undefined
        ? undefined
        : { folder, watcher: this.watcherOf(folder, basename(path)) };
  }

  private watcherOf(folder: string, name: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, (_, changed) => {
        if (changed === null || changed.startsWith(name)) {
          this.touch();
        }
      });
      watcher.on("error", (error) => {
        this.options.logger.debug(`Watching ${folder} ended: ${errorMessage(error)}`);
        this.watched = undefined;
      });
      return watcher;
    } catch (error) {
      this.options.logger.debug(`${folder} cannot be watched: ${errorMessage(error)}`);
      return undefined;
    }
  }

  private isDue(): boolean {
    return this.touched || this.asked;
  }

  private touch(): void {
    if (!this.touched) {
      this.touched = true;
      if (!this.reading) {
        this.lookAfter(shortestPause);
      }
    }
  }
}
