/** What came of a number of tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** A test that failed, or a hook around some: the path of its file, its names from the outermost in. */
export interface Failure {
  readonly file: string;
  readonly test: string;
}

/** Counts, and which ones failed where that is known. */
export interface Results extends Counts {
  readonly failures: readonly Failure[];
}

export const noResults: Results = { passed: 0, failed: 0, failures: [] };

/** The one line that each suite, and the whole, ends with. */
export function countsLine({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}

/** Reads such a line; anything else is undefined. */
export function readCounts(line: string): Counts | undefined {
  const found = /^(\d+) passed, (\d+) failed$/.exec(line.trim());
  return found === null ? undefined : { passed: Number(found[1]), failed: Number(found[2]) };
}

/** Reads the line in which our reporter names a test that failed; anything else is undefined. */
export function readFailure(line: string): Failure | undefined {
  const found = /^failed in (\S+): (.*)$/.exec(line);
  return found === null ? undefined : { file: found[1] ?? "", test: found[2] ?? "" };
}

/** How a failure is named, in a line that {@link readFailure} reads. */
export function failureLine({ file, test }: Failure): string {
  return `failed in ${file}: ${test}`;
}

/** Both, one after the other. */
export function added(some: Results, more: Results): Results {
  return {
    passed: some.passed + more.passed,
    failed: some.failed + more.failed,
    failures: [...some.failures, ...more.failures],
  };
}
