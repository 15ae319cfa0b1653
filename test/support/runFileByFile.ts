import { added, noResults, type Results } from "./counts";
import { runMocha } from "./runMocha";

/** What came of tests, and the files of them that failed first and passed when they were run once more. */
export interface SteadyResults extends Results {
  readonly unsteady: readonly string[];
}

/** Runs each file by itself, and one with a failure {@link onceMore once more}. */
export async function runFileByFile(files: readonly string[]): Promise<SteadyResults> {
  let all: SteadyResults = { ...noResults, unsteady: [] };
  for (const file of files) {
    const { unsteady, ...results } = await onceMore(await runMocha([file]));
    all = { ...added(all, results), unsteady: [...all.unsteady, ...unsteady] };
  }
  return all;
}

/**
 * Runs the files that had a failure once more, each by itself. For tests that drive what is not ours (an
 * editor, a browser, a machine full of processes): what fails twice fails; what fails once is told at the
 * end, to be looked into, and fails nothing. A file's own tests build on each other, so nothing less than
 * it is run again.
 */
export async function onceMore(first: Results): Promise<SteadyResults> {
  let { passed, failed } = first;
  const still: Results["failures"][number][] = [];
  const unsteady: string[] = [];
  for (const file of new Set(first.failures.map((failure) => failure.file))) {
    console.log(`\n${file} failed, and is run once more.`);
    const before = first.failures.filter((failure) => failure.file === file);
    const again = await runMocha([file]);
    if (again.failed === 0) {
      // What a failed hook kept from running is not known to have been missing, and counts as one.
      passed += before.length;
      failed -= before.length;
      unsteady.push(file);
    } else {
      still.push(...before);
    }
  }
  return { passed, failed, failures: still, unsteady };
}
