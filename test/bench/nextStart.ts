import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Bed, builtCli } from "../support/bed";
import { quantile } from "./measure";

const execute = promisify(execFile);

/**
 * From the end of one phase's process to the start of the next one's: each notes the time as the only
 * thing it does, so that a `date` and the end and start of a shell are in it.
 */
export async function benchNextStart(phases: number): Promise<string> {
  const bed = new Bed();
  try {
    const plan = Array.from(
      { length: phases },
      (_, index) => `## Phase ${index + 1}: Note\n\n\`\`\`sh\ndate +%s%N >> times\n\`\`\`\n`,
    );
    writeFileSync(join(bed.workspace, "plan.md"), plan.join("\n"));
    await execute(process.execPath, [builtCli, "run", "plan.md", "--yes", "--json"], {
      cwd: bed.workspace,
      env: bed.environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    const times = readFileSync(join(bed.workspace, "times"), "utf8").trim().split("\n").map(BigInt);
    const gaps = times
      .slice(1)
      .map((time, index) => Number(time - (times[index] ?? time)) / 1_000_000);
    const [half, most] = [quantile(gaps, 0.5), quantile(gaps, 0.99)];
    return (
      `from the end of a phase's process to the start of the next one's, ${gaps.length} times: ` +
      `p50 ${half.toFixed(1)} ms, p99 ${most.toFixed(1)} ms`
    );
  } finally {
    await bed.remove();
  }
}
