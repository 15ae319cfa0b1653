import { statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { attemptFiles, readChecked } from "./attemptFolder";

/** Bytes of the output, from `from` up to before `to`, that were given back to the disk. */
export interface OutputGap {
  readonly from: number;
  readonly to: number;
}

const gapSchema = z
  .object({ from: z.int().min(0), to: z.int().min(0) })
  .refine(({ from, to }) => from < to);

export function outputPath(folder: string): string {
  return join(folder, attemptFiles.output);
}

/**
 * Bytes of output so far, the gap included: offsets stay what they were. The file is in the hands of
 * what runs: one that was removed, or replaced by something else, has none.
 */
export function outputSize(folder: string): number {
  try {
    const stat = statSync(outputPath(folder));
    return stat.isFile() ? stat.size : 0;
  } catch {
    return 0;
  }
}

export function readGap(folder: string): OutputGap | undefined {
  return readChecked(join(folder, attemptFiles.gap), gapSchema);
}
