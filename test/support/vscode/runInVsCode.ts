import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloadAndUnzipVSCode } from "@vscode/test-electron";
import { type Counts, readCounts } from "../counts";
import { cacheFolder } from "./cacheFolder";
import { suiteMark } from "./consoleReporter";
import { serverInstallation } from "./installation";
import { VsCodeServer } from "./server";
import { Workbench } from "./workbench";

/** The whole suite may take so long; then it hangs. */
const suitePatience = 10 * 60_000;
/** How long the download server may be silent before the other way is taken. */
const downloadPatience = 10_000;
/** How many of VS Code's own lines are shown after a failure. */
const shownNoise = 60;

/** A compiled suite, and what it is run with. */
export interface SuiteInVsCode {
  /** The folder of the extension. */
  readonly extension: string;
  /** The compiled module that exports `run()`, without `.js`. */
  readonly tests: string;
  /** The folder, or .code-workspace file, that VS Code opens. */
  readonly workspace: string;
}

/**
 * Runs a suite inside the extension host of a real VS Code and prints its results: in a desktop VS
 * Code where there is a screen and the download works, else in a server's.
 */
export async function runInVsCode(suite: SuiteInVsCode): Promise<Counts> {
  const desktop = await desktopVsCode();
  const seen: { counts?: Counts } = {};
  const noise: string[] = [];
  const onLine = (line: string): void => {
    if (!line.startsWith(suiteMark)) {
      // VS Code itself, mostly about galleries and accounts that it cannot reach.
      noise.push(line);
      return;
    }
    const said = line.slice(suiteMark.length);
    seen.counts = readCounts(said) ?? seen.counts ?? noCounts;
    console.log(said);
  };
  const code =
    desktop === undefined
      ? await runOnServer(suite, onLine)
      : await runOnDesktop(desktop, suite, onLine);
  const counts = seen.counts ?? noCounts;
  if (code !== 0 || counts.passed === 0) {
    console.log(`What VS Code said besides:\n${noise.slice(-shownNoise).join("\n")}`);
  }
  // Failed without a failed test: the suite could not be loaded, or did not come to its end.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

const noCounts: Counts = { passed: 0, failed: 0 };

/** The program of a downloaded VS Code, or undefined where there is no screen or no way to one. */
async function desktopVsCode(): Promise<string | undefined> {
  const { DISPLAY, WAYLAND_DISPLAY, PHASE_HOPPER_TEST_VSCODE: wish } = process.env;
  const hasScreen = process.platform !== "linux" || [DISPLAY, WAYLAND_DISPLAY].some(Boolean);
  if (wish === "server" || !hasScreen) {
    return undefined;
  }
  try {
    return await downloadAndUnzipVSCode({
      version: "stable",
      cachePath: join(cacheFolder(), "desktop"),
      timeout: downloadPatience,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.log(`The desktop VS Code could not be downloaded (${why}); taking a server instead.`);
    return undefined;
  }
}

async function runOnServer(suite: SuiteInVsCode, onLine: (line: string) => void): Promise<number> {
  const server = await VsCodeServer.start(await serverInstallation(), { runsTests: true });
  try {
    const { workspace } = suite;
    const workbench = await Workbench.open(server, { workspace, suite, onLog: onLine });
    const tooLong = AbortSignal.timeout(suitePatience);
    try {
      return await Promise.race([
        workbench.testsEnded,
        new Promise<never>((_resolve, reject) => {
          tooLong.addEventListener("abort", () =>
            reject(new Error(`The suite in VS Code did not end in ${suitePatience / 60_000} min.`)),
          );
        }),
      ]);
    } finally {
      await workbench.close();
    }
  } finally {
    await server.stop();
  }
}

async function runOnDesktop(
  program: string,
  { extension, tests, workspace }: SuiteInVsCode,
  onLine: (line: string) => void,
): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), "hopper-vscode-"));
  try {
    const child = spawn(
      program,
      [
        ...[workspace, `--extensionDevelopmentPath=${extension}`, `--extensionTestsPath=${tests}`],
        ...[
          `--user-data-dir=${join(root, "user")}`,
          `--extensions-dir=${join(root, "extensions")}`,
        ],
        ...["--disable-workspace-trust", "--skip-welcome", "--skip-release-notes", "--no-sandbox"],
        ...["--disable-updates", "--disable-telemetry"],
      ],
      { stdio: ["ignore", "pipe", "ignore"], timeout: suitePatience },
    );
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => {
      const lines = (rest + data).split(/\r?\n/);
      rest = lines.pop() ?? "";
      lines.forEach(onLine);
    });
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? 1));
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
