import { readdirSync } from "node:fs";
import { join } from "node:path";
import { countsLine } from "../support/counts";
import { runMocha } from "../support/runMocha";
import { figureMark, patience } from "./support/extent";

const folder = "test/torture";

/** The longest of them, which begin first: one that began last would go on alone. */
const longest = [
  "attempts/kills.test.ts",
  "store/kills.test.ts",
  "attempts/midPhase.test.ts",
  "attempts/signals.test.ts",
  "store/faults.test.ts",
];

/** All files of the torture, in the order in which they begin. */
function allFiles(): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .sort();
  return [...new Set([...longest, ...files])].map((file) => join(folder, file));
}

/**
 * Everything, or with arguments the files of them. The figures come once more at the end, for
 * docs/reliability.md.
 */
async function run(files: readonly string[]): Promise<void> {
  const seed = process.env["PHASE_HOPPER_SEED"] ?? String(Date.now() % 1_000_000_000);
  const figures: string[] = [];
  // Most of them wait for processes and disks: three at a time keep two processors busy.
  const together = ["--parallel", "--jobs", "3"];
  const args = [...together, ...patience, ...(files.length === 0 ? allFiles() : files)];
  const counts = await runMocha(
    args,
    { PHASE_HOPPER_TORTURE: "whole", PHASE_HOPPER_SEED: seed },
    (line) => {
      if (line.startsWith(figureMark)) {
        figures.push(line);
      }
    },
  );
  console.log(`\nSeed ${seed}; the same again: PHASE_HOPPER_SEED=${seed} npm run torture\n`);
  console.log(figures.join("\n"));
  console.log(countsLine(counts));
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

void run(process.argv.slice(2));
