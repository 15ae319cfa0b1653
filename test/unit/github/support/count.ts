import assert from "node:assert/strict";
import type { FakeGitHub } from "../../../support/github/fakeGitHub";

/** How many of the things that were to be written exist more than once, and how many not at all. */
export interface Count {
  readonly things: number;
  readonly duplicates: number;
  readonly missing: number;
}

/** Counts the issues of phases, and the comments on them, of a plan with so many phases. */
export function countThings(github: FakeGitHub, phases: number): Count {
  const counts = Array.from({ length: phases }, (_, index) => index + 1).flatMap((number) => [
    github.issues.filter(({ title }) => title.startsWith(`Phase ${number} of `)).length,
    github.comments.filter(({ body }) => body.startsWith(`**Phase ${number}: `)).length,
  ]);
  return {
    things: counts.length,
    duplicates: counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
    missing: counts.filter((count) => count === 0).length,
  };
}

export function sumOf(counts: readonly Count[]): Count {
  return counts.reduce((a, b) => ({
    things: a.things + b.things,
    duplicates: a.duplicates + b.duplicates,
    missing: a.missing + b.missing,
  }));
}

export function assertNoneWrong({ duplicates, missing }: Count): void {
  assert.deepEqual({ duplicates, missing }, { duplicates: 0, missing: 0 });
}
