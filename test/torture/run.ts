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
  const counts = await runMocha(
    // Most of them wait for processes and disks: three at a time keep two processors busy.
    torture({ jobs: 3, ...(files.length > 0 && { files }) }),
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
