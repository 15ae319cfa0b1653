import { parseArgs } from "node:util";
import { inWords, soak } from "./soak";

/** `npm run soak -- --minutes 10`; `PHASE_HOPPER_SEED` for the same decisions again. */
async function run(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) {
    throw new Error(`--minutes takes a number above 0, not "${values.minutes}".`);
  }
  const seed = Number(process.env["PHASE_HOPPER_SEED"] ?? Date.now() % 1_000_000_000);
  console.log(`${minutes} minutes with seed ${seed}`);
  const result = await soak({ seconds: minutes * 60, seed, log: console.log });
  console.log(`soak: ${minutes} minutes, ${inWords(result)} (seed ${seed})`);
}

void run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
