import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Counts, countsLine } from "./support/counts";
import { runFileByFile } from "./support/runFileByFile";
import { runMocha } from "./support/runMocha";
import { runInVsCode } from "./support/vscode/runInVsCode";
import { torture } from "./torture/support/extent";

/** Each suite once, in order; the first ones are those that need the least. */
const suites: Readonly<Record<string, () => Promise<Counts>>> = {
  "unit and cli": () => runMocha(["test/unit/**/*.test.ts", "test/cli/**/*.test.ts"]),
  "of what must never happen, a part with a fixed seed": () => runMocha(torture),
  "in VS Code": runSuiteInVsCode,
  "in the workbench": () => runFileByFile(filesIn("test/e2e")),
};

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

async function runSuiteInVsCode(): Promise<Counts> {
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

async function runAll(): Promise<Counts> {
  let total: Counts = { passed: 0, failed: 0 };
  for (const [name, runSuite] of Object.entries(suites)) {
    console.log(`\n=== Tests ${name} ===`);
    const { passed, failed } = await runSuite().catch((error: unknown) => {
      console.error(error);
      return { passed: 0, failed: 1 };
    });
    const ranNothing = passed + failed === 0;
    if (ranNothing) {
      console.error(`No test ran ${name}: that counts as a failure.`);
    }
    total = { passed: total.passed + passed, failed: total.failed + failed + (ranNothing ? 1 : 0) };
  }
  return total;
}

void runAll().then((total) => {
  console.log(countsLine(total));
  process.exitCode = total.failed === 0 ? 0 : 1;
});
