import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Bed, builtCli, chainPlan } from "../support/bed";
import { inTurn, timed } from "./measure";
import { chainProject, installRivals, type Rival } from "./rivals";

const execute = promisify(execFile);

/**
 * A chain of phases that do nothing, from the command line, beside `make` and other programs on the
 * same work: one file after another, each given to `sh -e`.
 */
export async function benchChain(
  phases: number,
  rivals: readonly Rival[],
  rounds: number,
): Promise<string[]> {
  const installation = await installRivals();
  // Removed together at the end: without a journal, ext4 looks for a free inode past all those that were
  // deleted in the last minute, so removing a run's thousands of files slows the next one down by half.
  const beds: Bed[] = [];
  const newBed = (): Bed => {
    const bed = new Bed();
    beds.push(bed);
    return bed;
  };
  const results = await inTurn(rounds, {
    hopper: () => runHopper(newBed(), phases),
    make: () => runMake(newBed(), phases),
    start: () => runHopper(newBed(), 1),
    ...Object.fromEntries(
      rivals.map((rival) => [
        rival,
        () => {
          const project = chainProject(rival, installation, newBed().folder("chain"), phases);
          return timed(project.run);
        },
      ]),
    ),
  });
  for (const bed of beds) {
    await bed.remove();
  }
  const [hopper = 0, make = 0, start = 0] = [results["hopper"], results["make"], results["start"]];
  const each = (total: number): string => (total / phases).toFixed(2);
  const beside = rivals.map((rival) => {
    const time = results[rival] ?? Number.NaN;
    return `${rival} ${each(time)} (ours ${(hopper / time).toFixed(2)} times it)`;
  });
  return [
    `chain of ${phases} true phases, ms per phase: phase-hopper ${each(hopper)} ` +
      `(${each(hopper - start)} without start and stop), make ${each(make)}; ` +
      `ratio ${(hopper / make).toFixed(1)}`,
    `the same by other programs, ms per task: ${beside.join(", ")}`,
  ];
}

function runHopper(bed: Bed, phases: number): Promise<number> {
  writeFileSync(join(bed.workspace, "plan.md"), chainPlan(phases));
  const argv = [builtCli, "run", "plan.md", "--yes", "--json"];
  return timed(() =>
    execute(process.execPath, argv, {
      cwd: bed.workspace,
      env: bed.environment,
      maxBuffer: 64 * 1024 * 1024,
    }),
  );
}

function runMake(bed: Bed, phases: number): Promise<number> {
  const rules = Array.from({ length: phases }, (_, index) => {
    const after = index === 0 ? "" : ` step${index}`;
    return `step${index + 1}:${after}\n\t@sh -e true.sh\n`;
  });
  writeFileSync(join(bed.workspace, "Makefile"), `all: step${phases}\n${rules.join("")}`);
  writeFileSync(join(bed.workspace, "true.sh"), "true\n");
  return timed(() => execute("make", ["-s"], { cwd: bed.workspace }));
}
