import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Bed, builtCli, chainPlan } from "../support/bed";
import { inTurn, timed } from "./measure";

const execute = promisify(execFile);

/**
 * A chain of phases that do nothing, from the command line, beside `make` on the same work: one file
 * after another, each given to `sh -e`.
 */
export async function benchChain(phases: number, rounds: number): Promise<string> {
  const results = await inTurn(rounds, {
    hopper: () => withBed(phases, runHopper),
    make: () => withBed(phases, runMake),
    start: () => withBed(1, runHopper),
  });
  const [hopper = 0, make = 0, start = 0] = [results["hopper"], results["make"], results["start"]];
  const each = (total: number): string => (total / phases).toFixed(2);
  return (
    `chain of ${phases} true phases, ms per phase: phase-hopper ${each(hopper)} ` +
    `(${each(hopper - start)} without start and stop), make ${each(make)}; ` +
    `ratio ${(hopper / make).toFixed(1)}`
  );
}

async function withBed(
  phases: number,
  run: (bed: Bed, phases: number) => Promise<number>,
): Promise<number> {
  const bed = new Bed();
  try {
    return await run(bed, phases);
  } finally {
    await bed.remove();
  }
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
