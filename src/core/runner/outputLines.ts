import { closeSync, read } from "node:fs";
import { promisify } from "node:util";
import { outputPath, readGap } from "./outputFile";
import { openRegularFile } from "./regularFile";

const readBytes = promisify(read);

/** Read and looked at in one go; everything else has its turn between two of them. */
const chunkSize = 64 * 1024;

/**
 * Calls `onLine` for each line of an attempt's output, front to back, in bounded memory; false from
 * it ends the reading. Lines longer than `longest` bytes are left out, and so are, where bytes were
 * given back, the lines they cut through. What is printed after the beginning is not read: children
 * that outlive an attempt may print for ever.
 */
export async function forEachOutputLine(
  folder: string,
  longest: number,
  onLine: (line: Buffer) => boolean,
): Promise<void> {
  const file = openRegularFile(outputPath(folder));
  if (file === undefined) {
    return;
  }
  const { descriptor, size } = file;
  try {
    const cutter = new LineCutter(longest, onLine);
    const gap = readGap(folder);
    // A gap beyond the end belongs to what the file was before it shrank.
    if (gap === undefined || gap.to > size) {
      await readRange(descriptor, 0, size, cutter);
    } else if (await readRange(descriptor, 0, gap.from, cutter)) {
      cutter.skip();
      await readRange(descriptor, gap.to, size, cutter);
    }
    cutter.end();
  } finally {
    closeSync(descriptor);
  }
}

/** Answers false once the lines are wanted no more. */
async function readRange(
  descriptor: number,
  from: number,
  to: number,
  cutter: LineCutter,
): Promise<boolean> {
  const chunk = Buffer.alloc(Math.min(chunkSize, to - from));
  for (let position = from; position < to;) {
    const most = Math.min(chunk.length, to - position);
    const { bytesRead } = await readBytes(descriptor, chunk, 0, most, position);
    position += bytesRead;
    if (bytesRead === 0) {
      // It became shorter meanwhile.
      break;
    }
    if (!cutter.add(chunk.subarray(0, bytesRead))) {
      return false;
    }
  }
  return true;
}

/** Puts lines together from the pieces they come in. */
class LineCutter {
  /** The beginning of a line whose end has not come yet. */
  private rest: Buffer[] = [];
  private restSize = 0;
  private skipping = false;
  private done = false;

  constructor(
    private readonly longest: number,
    private readonly onLine: (line: Buffer) => boolean,
  ) {}

  /** Takes the next piece, which may be overwritten afterwards; false once no line is wanted any more. */
  add(piece: Buffer): boolean {
    let start = 0;
    for (let end = piece.indexOf(0x0a); end !== -1; end = piece.indexOf(0x0a, start)) {
      this.line(piece.subarray(start, end));
      if (this.done) {
        return false;
      }
      start = end + 1;
    }
    this.restSize += piece.length - start;
    if (this.restSize > this.longest) {
      this.skip();
    } else if (start < piece.length) {
      this.rest.push(Buffer.from(piece.subarray(start)));
    }
    return true;
  }

  /** Leaves out the line that has begun, and whatever comes before the next newline. */
  skip(): void {
    this.rest = [];
    this.skipping = true;
  }

  /** The last line may lack its newline. */
  end(): void {
    if (!this.done && this.rest.length > 0) {
      this.line(Buffer.alloc(0));
    }
  }

  private line(tail: Buffer): void {
    const line = this.rest.length === 0 ? tail : Buffer.concat([...this.rest, tail]);
    this.rest = [];
    this.restSize = 0;
    const wanted = !this.skipping && line.length <= this.longest;
    this.skipping = false;
    this.done = wanted && !this.onLine(line);
  }
}
