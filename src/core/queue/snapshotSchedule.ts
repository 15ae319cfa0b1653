import type { Clock } from "../base/clock";
import type { Disposable } from "../base/lifecycle";

/** A snapshot is due at so many commits or bytes, or when nothing was committed for so long. */
const dueAfter = { commits: 1000, bytes: 1024 * 1024, idleMilliseconds: 1000 };

/**
 * The journal that makes a snapshot worth while when nothing happens: a snapshot writes the whole
 * database, and a lone commit is as safe, and as quickly read, in the journal.
 */
const worthWhile = { bytes: 64 * 1024, shareOfDatabase: 1 / 16 };

/** After a snapshot failed the next one waits, so that a full disk is not kept busy by us too. */
const retryMilliseconds = { first: 1000, longest: 5 * 60 * 1000 };

/** What was committed since the last snapshot. */
export interface Pending {
  readonly commits: number;
  readonly bytes: number;
  /** What a snapshot would write; asked only when it decides. */
  readonly databaseBytes: () => number;
}

/** Decides when the store makes a snapshot; at most one is made at a time. */
export class SnapshotSchedule implements Disposable {
  private running: Promise<void> | undefined;
  private timer: Disposable | undefined;
  private failures = 0;
  private disposed = false;

  /**
   * @param pending what a snapshot would be made of.
   * @param make makes one; answers whether it was made.
   */
  constructor(
    private readonly clock: Clock,
    private readonly pending: () => Pending,
    private readonly make: () => Promise<boolean>,
  ) {}

  /** To be called after each commit. */
  committed(): void {
    if (this.running || this.failures > 0) {
      // Looked at when that snapshot is done, or when the next try is due.
      return;
    }
    this.plan();
  }

  /** Makes a snapshot now, after one that is being made. */
  async now(): Promise<void> {
    while (this.running) {
      await this.running;
    }
    await this.start();
  }

  /** Resolves when no snapshot is being made. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** Starts no more by itself. */
  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
  }

  private plan(): void {
    this.timer?.dispose();
    const { commits, bytes } = this.pending();
    if (commits === 0 || this.disposed) {
      return;
    }
    if (this.failures > 0) {
      const wait = retryMilliseconds.first * 2 ** (this.failures - 1);
      this.startAfter(Math.min(wait, retryMilliseconds.longest));
    } else if (commits >= dueAfter.commits || bytes >= dueAfter.bytes) {
      void this.start();
    } else {
      this.startAfter(dueAfter.idleMilliseconds, isWorthWhile);
    }
  }

  private startAfter(milliseconds: number, isDue: (pending: Pending) => boolean = isAny): void {
    this.timer = this.clock.after(milliseconds, () => {
      if (!this.running && !this.disposed && isDue(this.pending())) {
        void this.start();
      }
    });
  }

  private start(): Promise<void> {
    this.timer?.dispose();
    this.running = this.make().then((made) => {
      this.failures = made ? 0 : this.failures + 1;
      this.running = undefined;
      this.plan();
    });
    return this.running;
  }
}

function isAny({ commits }: Pending): boolean {
  return commits > 0;
}

function isWorthWhile({ commits, bytes, databaseBytes }: Pending): boolean {
  return (
    commits > 0 &&
    (bytes >= worthWhile.bytes || bytes >= databaseBytes() * worthWhile.shareOfDatabase)
  );
}
