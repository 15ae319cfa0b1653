import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { added, countsLine, failureLine, noResults, type Results } from "./support/counts";
import { onceMore, runFileByFile, type SteadyResults } from "./support/runFileByFile";
import { runMocha } from "./support/runMocha";
import { runInVsCode } from "./support/vscode/runInVsCode";
import { torture } from "./torture/support/extent";

/** Each suite once, in order; the first ones are those that need the least. */
const suites: Readonly<Record<string, () => Promise<Results | SteadyResults>>> = {
  "unit and cli": async () =>
    onceMore(await runMocha(["test/unit/**/*.test.ts", "test/cli/**/*.test.ts"])),
  "of what must never happen, a part with a fixed seed": () => runMocha(torture({ jobs: 2 })),
  "in VS Code": runSuiteInVsCode,
  "in the workbench": () => runFileByFile(filesIn("test/e2e")),
};

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

async function runSuiteInVsCode(): Promise<Results> {
  const root = mkdtempSync(join(tmpdir(), "hopper-suite-"));
  try {
    const workspace = join(root, "examples");
    cpSync("examples", workspace, { recursive: true });
    return await runInVsCode({
      extension: resolve("."),
      tests: resolve("test/out/suite/index"),
      workspace,
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function runAll(): Promise<SteadyResults> {
  let all: SteadyResults = { ...noResults, unsteady: [] };
  for (const [name, runSuite] of Object.entries(suites)) {
    console.log(`\n=== Tests ${name} ===`);
    const results = await runSuite().catch((error: unknown) => {
      console.error(error);
      return {
        passed: 0,
        failed: 1,
        failures: [{ file: `the tests ${name}`, test: String(error) }],
      };
    });
    const ranNothing = results.passed + results.failed === 0;
    if (ranNothing) {
      console.error(`No test ran ${name}: that counts as a failure.`);
    }
    const nothing: Results = { passed: 0, failed: ranNothing ? 1 : 0, failures: [] };
    const unsteady = "unsteady" in results ? results.unsteady : [];
    all = { ...added(added(all, results), nothing), unsteady: [...all.unsteady, ...unsteady] };
  }
  return all;
}

void runAll().then((all) => {
  for (const file of all.unsteady) {
    console.log(`Failed first, and passed when it was run once more: ${file}`);
  }
  for (const failure of all.failures) {
    console.log(failureLine(failure));
  }
  console.log(countsLine(all));
  process.exitCode = all.failed === 0 ? 0 : 1;
});
