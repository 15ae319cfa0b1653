import { closeSync, openSync, readSync } from "node:fs";
import { outputPath, readGap } from "./outputFile";

const chunkSize = 1024 * 1024;
/** Longer lines are passed over: no event of any agent comes near it. */
const longestLine = 16 * 1024 * 1024;

/**
 * Calls `onLine` for each line of an attempt's output, front to back, in bounded memory; false from
 * it ends the reading. Where bytes were given back, the lines they cut through are left out.
 */
export function forEachOutputLine(folder: string, onLine: (line: Buffer) => boolean): void {
  let file: number;
  try {
    file = openSync(outputPath(folder), "r");
  } catch {
    return;
  }
  try {
    const gap = readGap(folder);
    if (gap === undefined) {
      readRange(file, 0, Number.MAX_SAFE_INTEGER, false, onLine);
    } else if (readRange(file, 0, gap.from, false, onLine)) {
      readRange(file, gap.to, Number.MAX_SAFE_INTEGER, true, onLine);
    }
  } finally {
    closeSync(file);
  }
}

function readRange(
  file: number,
  from: number,
  to: number,
  startsInsideLine: boolean,
  onLine: (line: Buffer) => boolean,
): boolean {
  const chunk = Buffer.alloc(chunkSize);
  let rest: Buffer[] = [];
  let restSize = 0;
  let skip = startsInsideLine;
  for (let position = from; position < to;) {
    const length = readSync(file, chunk, 0, Math.min(chunkSize, to - position), position);
    if (length === 0) {
      break;
    }
    position += length;
    let start = 0;
    for (;;) {
      const end = chunk.subarray(0, length).indexOf(0x0a, start);
      if (end === -1) {
        break;
      }
      const tail = chunk.subarray(start, end);
      const line = rest.length === 0 ? tail : Buffer.concat([...rest, tail]);
      start = end + 1;
      rest = [];
      restSize = 0;
      if (skip) {
        skip = false;
      } else if (!onLine(line)) {
        return false;
      }
    }
    restSize += length - start;
    if (restSize > longestLine) {
      rest = [];
      skip = true;
    } else if (start < length) {
      rest.push(Buffer.from(chunk.subarray(start, length)));
    }
  }
  // The last line may lack its newline; before a gap that only means that it was cut.
  return to !== Number.MAX_SAFE_INTEGER || skip || rest.length === 0 || onLine(Buffer.concat(rest));
}
