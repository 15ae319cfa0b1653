import type { Clock } from "../../core/base/clock";
import type { Disposable } from "../../core/base/lifecycle";
import type { LogBatch, LogBreakKind } from "../../core/protocol/card/logBatch";
import { type OutputChunk, readOutput } from "../../core/runner/outputLog";

export interface LogFollowerOptions {
  readonly clock: Clock;
  /** Once this is true, what is there is read to its end and the following ends. */
  readonly isOver: () => boolean;
  readonly onBatch: (batch: LogBatch) => void;
  /** Called once: the attempt is over and its output is shown to its end. */
  readonly onEnd: () => void;
  /** The output cannot be read; nothing follows. */
  readonly onError: (error: unknown) => void;
}

/** Milliseconds from one batch to the next: five in a second look like a flow. */
const turn = 200;
/** Bytes of a batch at most: 200 lines of more than 300 characters. */
const longestBatch = 64 * 1024;
/**
 * As many lines as a log shows, but for the one that says what is left out before them: that must not
 * pass by unseen. Earlier lines of the same batch would.
 */
const shownLines = 199;

/**
 * Follows an attempt's output for a log that shows its last lines. However fast the output grows, each
 * turn reads the end of what is new and passes over the rest: nobody can read it, and it would keep
 * host and card busy with drawing what is gone at once.
 */
export class LogFollower implements Disposable {
  private decoder = new TextDecoder();
  private next: number | undefined;
  private pending: Disposable | undefined;
  private busy = false;
  private paused = false;
  private disposed = false;

  /** @param folder the attempt's folder; the file in it need not exist yet. */
  constructor(
    private readonly folder: string,
    private readonly options: LogFollowerOptions,
  ) {
    void this.look();
  }

  /** Rests while nobody sees the log; what was printed meanwhile comes when it goes on. */
  setVisible(visible: boolean): void {
    this.paused = !visible;
    if (this.paused) {
      this.pending?.dispose();
      this.pending = undefined;
    } else if (!this.disposed && !this.busy && this.pending === undefined) {
      void this.look();
    }
  }

  dispose(): void {
    this.disposed = true;
    this.pending?.dispose();
  }

  private async look(): Promise<void> {
    this.busy = true;
    this.pending = undefined;
    try {
      // Asked before reading: what was written before the end is read after it.
      const over = this.options.isOver();
      const moved = await this.read();
      if (this.disposed) {
        return;
      }
      if (over && !moved) {
        this.disposed = true;
        this.options.onEnd();
      } else if (!this.paused) {
        this.pending = this.options.clock.after(turn, () => void this.look());
      }
    } catch (error) {
      if (!this.disposed) {
        this.disposed = true;
        this.options.onError(error);
      }
    } finally {
      this.busy = false;
    }
  }

  /** Sends what is new; answers whether there was something. */
  private async read(): Promise<boolean> {
    const { size } = await readOutput(this.folder, 0, 0);
    const known = this.next ?? 0;
    const restarted = known > size;
    const from = restarted ? 0 : known;
    const start = Math.max(from, size - longestBatch);
    const chunk = await readOutput(this.folder, start, longestBatch);
    if (this.disposed || (chunk.bytes.length === 0 && chunk.gap === undefined)) {
      return false;
    }
    const kind = restarted ? "restart" : this.next === undefined ? "earlier" : "flood";
    this.next = chunk.nextOffset;
    this.send(chunk, kind, chunk.offset - from);
    return true;
  }

  /** @param missing bytes between what was sent before and `chunk`. */
  private send({ bytes, gap }: OutputChunk, kind: LogBreakKind, missing: number): void {
    const start = Math.max(missing > 0 ? lineStart(bytes) : 0, lastLines(bytes));
    const leftOut = missing + start;
    const broken = leftOut > 0 || kind === "restart";
    if (broken) {
      // A character that was begun before the break is not finished by what follows it.
      this.decoder = new TextDecoder();
    }
    const text = this.decoder.decode(bytes.subarray(start), { stream: true });
    const known = gap !== undefined && kind === "flood" ? "gap" : kind;
    this.options.onBatch(broken ? { text, break: { kind: known, leftOut } } : { text });
  }
}

/** Where the first whole line begins; in one long line, where its first whole character does. */
function lineStart(bytes: Buffer): number {
  const end = bytes.indexOf(lineFeed);
  if (end !== -1) {
    return end + 1;
  }
  const first = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return first === -1 ? bytes.length : first;
}

/** Where the last lines begin, the one that has no end yet included. */
function lastLines(bytes: Buffer): number {
  let end = bytes.at(-1) === lineFeed ? bytes.length - 1 : bytes.length;
  for (let line = 0; line < shownLines; line++) {
    end = end === 0 ? -1 : bytes.lastIndexOf(lineFeed, end - 1);
    if (end === -1) {
      return 0;
    }
  }
  return end + 1;
}

const lineFeed = 0x0a;
