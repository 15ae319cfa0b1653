import { countsLine } from "../support/counts";
import { runMocha } from "../support/runMocha";
import { figureMark, torture } from "./support/extent";

/**
 * Everything, or with arguments the files of them. The figures come once more at the end, for
 * docs/reliability.md.
 */
async function run(files: readonly string[]): Promise<void> {
  const seed = process.env["PHASE_HOPPER_SEED"] ?? String(Date.now() % 1_000_000_000);
  const figures: string[] = [];
  // Most of them wait for processes and disks: three at a time keep two processors busy.
  const together = ["--parallel", "--jobs", "3"];
  const args = [
    ...together,
    ...(files.length === 0 ? torture : [...torture.slice(0, -1), ...files]),
  ];
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
