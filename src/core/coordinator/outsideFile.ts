import type { Assets } from "../base/assets";
import type { Clock } from "../base/clock";
import { type Event, EventEmitter } from "../base/event";
import type { Disposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { FileWatch } from "./fileWatch";
import { databasePath, stampOf } from "./guardedRead";
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
/** A file that cannot be read for so long is no longer just being written. */
const longestBusy = 5_000;
/** Where no file is named, the settings are looked at again so often. */
const idlePoll = 10_000;

/** A file of workflows that an outside program writes: watched, polled, and only ever read. */
export class OutsideFile implements OutsideHistory {
  private readonly emitter: EventEmitter<OutsideRows>;
  private readonly thread: HistoryThread;
  private readonly watch: FileWatch;
  private timer: Disposable | undefined;
  private last:
    { readonly rows: OutsideRows; readonly stamp: string; readonly wanted: string } | undefined;
  private begun = 0;
  /** Since when a writer leaves no gap to read in. */
  private busySince: number | undefined;
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
    this.watch = new FileWatch(() => this.touch(), logger);
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
    this.watch.dispose();
    this.thread.dispose();
    this.emitter.dispose();
  }

  private async look(): Promise<void> {
    this.touched = false;
    const settings = this.options.settings();
    const names = settings && this.wanted();
    const isWanted = names && Object.values(names).some((list) => list.length > 0);
    this.watch.follow(isWanted ? [settings.path, databasePath(settings.path)] : []);
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
    const now = clock.monotonic();
    this.busySince = isComplete ? undefined : (this.busySince ?? startedAt);
    if (this.busySince !== undefined && now - this.busySince >= longestBusy) {
      this.note(
        `${settings.path} cannot be read: a program writes to it without a pause, or was killed while ` +
          `it did and left a journal, which whoever opens the database next removes.`,
      );
      this.lookAfter(settings.pollMilliseconds);
      return;
    }
    // At most half of the time goes into reading a file that never rests.
    const pause = Math.max(shortestPause, now - startedAt);
    this.lookAfter(isComplete && !this.isDue() ? settings.pollMilliseconds : pause);
  }

  /** Answers false where a writer left no gap to read in. */
  private async read(path: string, names: WantedNames): Promise<boolean> {
    const wasAsked = this.asked;
    this.reading = true;
    this.asked = false;
    this.begun += 1;
    const answer = await this.thread.read({ number: this.begun, path, names });
    this.reading = false;
    if (this.disposed) {
      return true;
    }
    if (answer.kind === "busy") {
      // Whoever waits for a reading still does, also when the file is then as it was before.
      this.asked ||= wasAsked;
      return false;
    }
    if (answer.kind === "unreadable") {
      this.note(answer.why);
      return true;
    }
    this.note(answer.note);
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

  /** Says once what is wrong with the file, until something else is or nothing any more. */
  private note(problem: string | undefined): void {
    if (problem !== undefined && this.noted !== problem) {
      this.options.logger.warn(problem);
    }
    this.noted = problem;
  }

  private lookAfter(milliseconds: number): void {
    this.timer?.dispose();
    if (!this.disposed) {
      this.timer = this.options.clock.after(milliseconds, () => void this.look());
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
