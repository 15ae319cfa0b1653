import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { median } from "./measure";

/** What a window without a queue pays for the extension: its script, and `activate()`. */
export function benchActivation(rounds: number): string {
  const program = resolve("test/bench/activateOnce.cjs");
  const runs = Array.from({ length: rounds }, () =>
    execFileSync(process.execPath, [program, resolve("dist/extension.js")], { encoding: "utf8" })
      .trim()
      .split(" ")
      .map(Number),
  );
  const middle = (index: number): string => median(runs.map((run) => run[index] ?? 0)).toFixed(1);
  return (
    `activation without a queue: script loaded in ${middle(0)} ms, activate() ${middle(1)} ms ` +
    `(processor time ${middle(2)} ms)`
  );
}
