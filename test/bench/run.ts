import { cpus } from "node:os";
import { benchChain } from "./chain";
import { benchParse } from "./parse";
import { benchTransitions } from "./transitions";

/** At least so many runs of each, in turn; medians are printed. */
const rounds = 5;

async function run(): Promise<void> {
  const [processor] = cpus();
  console.log(`Node ${process.version}, ${cpus().length} x ${processor?.model ?? "unknown"}`);
  console.log(await benchChain(200, rounds));
  console.log(await benchChain(1000, rounds));
  for (const line of await benchTransitions(rounds)) {
    console.log(line);
  }
  for (const line of await benchParse()) {
    console.log(line);
  }
}

run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
