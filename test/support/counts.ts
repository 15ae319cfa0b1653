/** What came of a number of tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** The one line that each suite, and the whole, ends with. */
export function countsLine({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}

/** Reads such a line; anything else is undefined. */
export function readCounts(line: string): Counts | undefined {
  const found = /^(\d+) passed, (\d+) failed$/.exec(line.trim());
  return found === null ? undefined : { passed: Number(found[1]), failed: Number(found[2]) };
}
