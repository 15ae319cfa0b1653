import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * How much is tried: all of it by `npm run torture`, with a new seed each time unless one is given; a
 * part of it by `npm test`, always the same.
 */
export const isWhole = process.env["PHASE_HOPPER_TORTURE"] === "whole";

export const seed = Number(process.env["PHASE_HOPPER_SEED"] ?? 20_260_301);

/** The files that take longest, which begin first: one that began last would go on alone. */
const longest = [
  "attempts/kills.test.ts",
  "store/kills.test.ts",
  "attempts/midPhase.test.ts",
  "attempts/signals.test.ts",
  "store/faults.test.ts",
];

const folder = "test/torture";

function allFiles(): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .sort();
  return [...new Set([...longest, ...files])].map((file) => join(folder, file));
}

/** What mocha is called with: so many files at a time, and all of them where none are named. */
export function torture({
  jobs,
  files = allFiles(),
}: {
  readonly jobs: number;
  readonly files?: readonly string[];
}): string[] {
  // These tests take as long as they take.
  return ["--timeout", "1500000", "--parallel", "--jobs", String(jobs), ...files];
}

/** How often something is tried. */
export function rounds({ whole, part }: { readonly whole: number; readonly part: number }): number {
  return isWhole ? whole : part;
}

/** Begins the line in which a suite says what it tried and found. */
export const figureMark = "  figure: ";

/** Prints a suite's figure in one line, with the seed by which it comes again. */
export function figure(suite: string, text: string): void {
  console.log(`${figureMark}${suite}: ${text} (seed ${seed})`);
}
