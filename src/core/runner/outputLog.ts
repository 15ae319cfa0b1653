import { closeSync, type FSWatcher, read, watch } from "node:fs";
import { promisify } from "node:util";
import type { Clock } from "../base/clock";
import { type OutputGap, outputPath, readGap } from "./outputFile";
import { openRegularFile } from "./regularFile";

const readBytes = promisify(read);

/** A piece of an attempt's output. */
export interface OutputChunk {
  readonly bytes: Buffer;
  /** Where `bytes` starts in the output; differs from what was asked after a gap or a shrunk file. */
  readonly offset: number;
  /** Where to go on. */
  readonly nextOffset: number;
  /** Bytes of output so far. */
  readonly size: number;
  /** What lies between the asked offset and `offset`, when it was given back to the disk. */
  readonly gap?: OutputGap;
}

/**
 * Reads up to `maxBytes` of an attempt's output from `offset` on. A gap is passed over and told; a
 * file that became shorter than `offset` (a step truncated it) is read from its start again.
 */
export async function readOutput(
  folder: string,
  offset: number,
  maxBytes: number,
): Promise<OutputChunk> {
  const file = openRegularFile(outputPath(folder));
  if (file === undefined) {
    return { bytes: Buffer.alloc(0), offset: 0, nextOffset: 0, size: 0 };
  }
  const { descriptor, size } = file;
  try {
    const asked = offset > size ? 0 : offset;
    const known = readGap(folder);
    // A gap beyond the end belongs to what the file was before it shrank.
    const gap = known !== undefined && known.to <= size ? known : undefined;
    const inGap = gap !== undefined && asked >= gap.from && asked < gap.to;
    const start = inGap ? gap.to : asked;
    const end = gap !== undefined && start < gap.from ? Math.min(size, gap.from) : size;
    const length = Math.max(0, Math.min(maxBytes, end - start));
    const { buffer, bytesRead } = await readBytes(
      descriptor,
      Buffer.alloc(length),
      0,
      length,
      start,
    );
    return {
      bytes: buffer.subarray(0, bytesRead),
      offset: start,
      nextOffset: start + bytesRead,
      size,
      ...(inGap ? { gap: { from: asked, to: gap.to } } : {}),
    };
  } finally {
    closeSync(descriptor);
  }
}

export interface FollowOptions {
  readonly clock: Clock;
  /** Ends the following at once. */
  readonly signal: AbortSignal;
  /** Where to start; 0 without it. */
  readonly offset?: number;
  /** Once this is true, what is there is read to its end and the following ends. */
  readonly isOver?: () => boolean;
}

const chunkSize = 64 * 1024;
const pollInterval = 100;

/** Yields an attempt's output as it grows. The file need not exist yet. */
export async function* followOutput(
  folder: string,
  { clock, signal, offset = 0, isOver }: FollowOptions,
): AsyncGenerator<OutputChunk, void, undefined> {
  const bell = new Bell(folder, clock, signal);
  try {
    let next = offset;
    while (!signal.aborted) {
      // Asked before reading: what was written before the end is read after it.
      const over = isOver?.() ?? false;
      const chunk = await readOutput(folder, next, chunkSize);
      const moved = chunk.bytes.length > 0 || chunk.gap !== undefined;
      next = chunk.nextOffset;
      if (moved) {
        yield chunk;
      } else if (over) {
        return;
      } else {
        await bell.next();
      }
    }
  } finally {
    bell.dispose();
  }
}

/** Wakes a follower: when the folder changes where that can be watched, and every 100 ms anyway. */
class Bell {
  private readonly watcher: FSWatcher | undefined;
  private wake: () => void = () => undefined;

  constructor(
    folder: string,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {
    const ring = () => this.wake();
    try {
      this.watcher = watch(folder, { persistent: false }, ring);
      this.watcher.on("error", () => undefined);
    } catch {
      // Too many watches, or no folder yet: the poll does it alone.
    }
    signal.addEventListener("abort", ring, { once: true });
    this.release = () => signal.removeEventListener("abort", ring);
  }

  private readonly release: () => void;

  async next(): Promise<void> {
    if (this.signal.aborted) {
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = this.clock.after(pollInterval, resolve);
      this.wake = () => {
        timer.dispose();
        resolve();
      };
    });
    this.wake = () => undefined;
  }

  dispose(): void {
    this.watcher?.close();
    this.release();
  }
}
