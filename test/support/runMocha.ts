import { spawn } from "node:child_process";
import { type Failure, readCounts, readFailure, type Results } from "./counts";

/** How long mocha may take to end once it has counted, in milliseconds. */
const endTime = 30_000;

/**
 * Runs mocha as .mocharc.json says, shows what it prints and reads what it ends with. A mocha that has
 * counted and does not end (a test left a socket or a timer behind) is ended and counts as failed:
 * those who wait for it are not kept waiting.
 *
 * @param args files, and options that differ from .mocharc.json.
 * @param onLine is told each line of its output.
 */
export function runMocha(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  onLine: (line: string) => void = () => undefined,
): Promise<Results> {
  return new Promise((resolve, reject) => {
    const mocha = require.resolve("mocha/bin/mocha.js");
    const child = spawn(process.execPath, [mocha, ...args], {
      stdio: ["inherit", "pipe", "inherit"],
      env: { ...process.env, ...environment },
    });
    let last = "";
    const failures: Failure[] = [];
    let ending: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      console.error("The tests are over, but something they left open keeps mocha from ending.");
      // Mocha hands this signal on to the process that runs the tests, which ends by it.
      child.kill("SIGINT");
    };
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => {
      process.stdout.write(data);
      const lines = (rest + data).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const failure = readFailure(line);
        failures.push(...(failure === undefined ? [] : [failure]));
        onLine(line);
      }
      last = lines.findLast((line) => line !== "") ?? last;
      clearTimeout(ending);
      ending = readCounts(last) ? setTimeout(giveUp, endTime) : undefined;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(ending);
      const known = readCounts(last) ?? { passed: 0, failed: 1 };
      // Mocha may fail without a failed test: a file that cannot be loaded, a forbidden `only`.
      const failed = code !== 0 && known.failed === 0 ? 1 : known.failed;
      resolve({ ...known, failed, failures });
    });
  });
}
