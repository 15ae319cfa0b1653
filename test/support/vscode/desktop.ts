import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { downloadAndUnzipVSCode } from "@vscode/test-electron";
import { cacheFolder } from "./cacheFolder";

/** How long the download server may be silent before the other way is taken. */
const downloadPatience = 10_000;

/** A compiled suite, and what it is run with. */
export interface SuiteInVsCode {
  /** The folder of the extension. */
  readonly extension: string;
  /** The compiled module that exports `run()`, without `.js`. */
  readonly tests: string;
  /** The folder, or .code-workspace file, that VS Code opens. */
  readonly workspace: string;
}

/** The program of a downloaded VS Code, or undefined where there is no screen or no way to one. */
export async function desktopVsCode(): Promise<string | undefined> {
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

/**
 * Runs a suite in a desktop VS Code that has settings, extensions and a home of its own.
 *
 * @param onLine is given each line that VS Code prints, those of the suite among them.
 * @returns its exit code: 0 when all tests passed.
 */
export async function runOnDesktop(
  program: string,
  { extension, tests, workspace }: SuiteInVsCode,
  onLine: (line: string) => void,
  patience: number,
): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), "hopper-vscode-"));
  const home = join(root, "home");
  mkdirSync(home);
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
      {
        env: { ...withoutEditor(process.env), HOME: home, XDG_STATE_HOME: join(root, "state") },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: patience,
      },
    );
    eachLine(child.stdout, onLine);
    eachLine(child.stderr, onLine);
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        if (code === null) {
          onLine(`VS Code was ended by ${signal ?? "nobody"}; it may take ${patience / 1000} s.`);
        }
        resolve(code ?? 1);
      });
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** In a terminal of VS Code its variables would make the new one a plain Node, or part of the first. */
function withoutEditor(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(?:VSCODE|ELECTRON)_/.test(name)),
  );
}

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (data: string) => {
    const lines = (rest + data).split(/\r?\n/);
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  });
  stream.on("end", () => {
    if (rest !== "") {
      onLine(rest);
    }
  });
}
