import { type Counts } from "./counts";
import { runMocha } from "./runMocha";

/**
 * Runs each file by itself, and one with a failure once more. For tests that drive an editor and a
 * browser that are not ours: what fails twice fails; what fails once is told at the end, to be looked
 * into, and fails nothing. A file's own tests build on each other, so nothing less than it is run again.
 */
export async function runFileByFile(files: readonly string[]): Promise<Counts> {
  const unsteady: string[] = [];
  let total: Counts = { passed: 0, failed: 0 };
  for (const file of files) {
    let counts = await runMocha([file]);
    if (counts.failed > 0) {
      console.log(`\n${file} failed, and is run once more.`);
      counts = await runMocha([file]);
      unsteady.push(...(counts.failed === 0 ? [file] : []));
    }
    total = { passed: total.passed + counts.passed, failed: total.failed + counts.failed };
  }
  unsteady.forEach((file) => {
    console.log(`Failed first, and passed when it was run once more: ${file}`);
  });
  return total;
}
