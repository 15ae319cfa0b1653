/**
 * How much is tried: all of it by `npm run torture`, with a new seed each time unless one is given; a
 * part of it by `npm test`, always the same.
 */
export const isWhole = process.env["PHASE_HOPPER_TORTURE"] === "whole";

export const seed = Number(process.env["PHASE_HOPPER_SEED"] ?? 20_260_301);

/** An option of mocha's: these tests take as long as they take. */
export const patience = ["--timeout", "1500000"] as const;

/** What mocha is called with for all of them. */
export const torture = [...patience, "test/torture/**/*.test.ts"] as const;

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
