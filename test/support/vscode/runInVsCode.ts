import { type Counts, type Failure, readCounts, readFailure, type Results } from "../counts";
import { suiteMark } from "./consoleReporter";
import { desktopVsCode, runOnDesktop, type SuiteInVsCode } from "./desktop";
import { serverInstallation } from "./installation";
import { VsCodeServer } from "./server";
import { Workbench } from "./workbench";

/** The whole suite may take so long; then it hangs. */
const suitePatience = 10 * 60_000;
/** How many of VS Code's own lines are shown after a failure. */
const shownNoise = 60;

/**
 * Runs a suite inside the extension host of a real VS Code and prints its results: in a desktop VS
 * Code where there is a screen and the download works, else in a server's.
 */
export async function runInVsCode(suite: SuiteInVsCode): Promise<Results> {
  const desktop = await desktopVsCode();
  const seen: { counts?: Counts } = {};
  const failures: Failure[] = [];
  const noise: string[] = [];
  const onLine = (line: string): void => {
    if (!line.startsWith(suiteMark)) {
      // VS Code itself, mostly about galleries and accounts that it cannot reach.
      noise.push(line);
      return;
    }
    const said = line.slice(suiteMark.length);
    const failure = readFailure(said);
    failures.push(...(failure === undefined ? [] : [failure]));
    seen.counts = readCounts(said) ?? seen.counts ?? noCounts;
    console.log(said);
  };
  const code =
    desktop === undefined
      ? await runOnServer(suite, onLine)
      : await runOnDesktop(desktop, suite, onLine, suitePatience);
  const counts = seen.counts ?? noCounts;
  if (code !== 0 || counts.passed === 0) {
    console.log(`What VS Code said besides:\n${noise.slice(-shownNoise).join("\n")}`);
  }
  // Failed without a failed test: the suite could not be loaded, or did not come to its end.
  const failed = code !== 0 && counts.failed === 0 ? 1 : counts.failed;
  return { ...counts, failed, failures };
}

const noCounts: Counts = { passed: 0, failed: 0 };

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
