import Mocha from "mocha";
import { countsLine, type Failure, failureLine } from "../counts";

/** Before each line of ours, so that it is known among everything VS Code says. */
export const suiteMark = "[suite] ";

function say(text: string): void {
  text.split("\n").forEach((line) => console.log(`${suiteMark}${line}`));
}

/** Says each result on the console, which VS Code passes on from the extension host, then counts and names. */
export class ConsoleReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_RUN_END } = Mocha.Runner.constants;
    let passed = 0;
    const failures: Failure[] = [];
    runner.on(EVENT_TEST_PASS, (test) => {
      passed += 1;
      say(`  ✔ ${test.fullTitle()} (${test.duration ?? 0}ms)`);
    });
    runner.on(EVENT_TEST_FAIL, (test, error: unknown) => {
      failures.push({ file: test.file ?? "test/vscode", test: test.fullTitle() });
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      say(`  ✖ ${test.fullTitle()}\n${what}`);
    });
    runner.on(EVENT_RUN_END, () => {
      failures.forEach((failure) => say(failureLine(failure)));
      say(countsLine({ passed, failed: failures.length }));
    });
  }
}
