import { readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { ConsoleReporter } from "../support/vscode/consoleReporter";

/**
 * Runs the compiled tests beside this file; VS Code calls it in the extension host. That mocha
 * counts is told by the reporter's last line; a rejection is what VS Code itself looks at.
 */
export function run(): Promise<void> {
  const mocha = new Mocha({
    reporter: ConsoleReporter,
    timeout: 60_000,
    forbidOnly: true,
    forbidPending: true,
  });
  const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".test.js"))) {
    mocha.addFile(join(__dirname, file));
  }
  return new Promise((resolve, reject) => {
    mocha.run((failures) =>
      failures === 0 ? resolve() : reject(new Error(`${failures} tests failed in VS Code.`)),
    );
  });
}
