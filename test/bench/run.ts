import { cpus } from "node:os";
import { benchActivation } from "./activation";
import { benchApi } from "./api";
import { benchCard } from "./card";
import { benchChain } from "./chain";
import { benchEditor } from "./editor";
import { benchLog } from "./log";
import { benchNextStart } from "./nextStart";
import { benchParse } from "./parse";
import { benchTransitions } from "./transitions";

/** At least so many runs of each, in turn; medians are printed. */
const rounds = 5;

async function run(): Promise<void> {
  const [processor] = cpus();
  console.log(`Node ${process.version}, ${cpus().length} x ${processor?.model ?? "unknown"}`);
  console.log(benchActivation(rounds));
  console.log(await benchChain(200, rounds));
  console.log(await benchChain(1000, rounds));
  console.log(await benchNextStart(1000));
  for (const line of await benchTransitions(rounds)) {
    console.log(line);
  }
  for (const line of await benchEditor()) {
    console.log(line);
  }
  for (const line of await benchParse()) {
    console.log(line);
  }
  for (const line of await benchApi(rounds)) {
    console.log(line);
  }
  console.log(await benchLog());
  console.log(await benchCard(rounds));
}

run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
