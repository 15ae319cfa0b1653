import { basename, join } from "node:path";
import { readSpec } from "./attemptFolder";
import type { AttemptStep } from "./attemptSpec";
import { readSmallFile } from "./regularFile";

/** A step as it was, or is being, run. */
export interface RecordedStep extends Pick<AttemptStep, "kind" | "argv"> {
  /** The text of a block; missing where its file is gone, or too large to look at. */
  readonly source?: string;
}

/** Longer blocks are looked at in the plan. */
const largestBlock = 256 * 1024;

/**
 * What an attempt runs, as its folder says; empty when nothing (any more) is there.
 *
 * @throws what keeps the folder from being read.
 */
export function recordedSteps(folder: string): RecordedStep[] {
  const steps = readSpec(folder)?.steps ?? [];
  return steps.map(({ kind, argv }) => {
    const file = argv.at(-1) ?? "";
    // Only what was written into the folder itself: the record may have been changed meanwhile.
    const isOurs = kind !== "command" && file === join(folder, basename(file));
    const source = isOurs ? readSmallFile(file, largestBlock) : undefined;
    return { kind, argv, ...(source !== undefined && { source }) };
  });
}
