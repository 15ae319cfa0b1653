import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { benchActivation } from "./activation";
import { benchActivationInVsCode } from "./activationInVsCode";
import { benchEvents, benchLists } from "./api";
import { benchCard } from "./card";
import { benchChain } from "./chain";
import { benchEditor } from "./editor";
import { benchLog } from "./log";
import { benchNextStart } from "./nextStart";
import { benchParse } from "./parse";
import { benchSizes } from "./sizes";
import { benchStores } from "./stores";
import { benchTransitions } from "./transitions";

/** At least so many runs of each, in turn; medians are printed. */
const rounds = 5;
const page = "docs/performance.md";
const [begin, end] = ["<!-- figures -->", "<!-- end of figures -->"];

/** In this order, each by the name that chooses it on the command line. */
const benches: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  activation: async () => Promise.resolve([benchActivation(rounds)]),
  chain: async () => [
    ...(await benchChain(200, ["wireit", "nx", "turbo"], rounds)),
    // A chain of 1,000 by turbo takes minutes.
    ...(await benchChain(1000, ["wireit", "nx"], rounds)),
  ],
  next: async () => [await benchNextStart(1000)],
  transitions: () => benchTransitions(rounds),
  stores: () => benchStores(rounds),
  sizes: () => benchSizes(rounds),
  parser: benchParse,
  editor: benchEditor,
  events: benchEvents,
  lists: () => benchLists(rounds),
  log: async () => [await benchLog()],
  card: async () => [await benchCard(rounds)],
  vscode: () => benchActivationInVsCode(rounds),
};

/** Measures what is named, or everything; with `--write` the figures go into the page of docs/. */
async function run(args: readonly string[]): Promise<void> {
  const named = args.filter((name) => name !== "--write");
  const unknown = named.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no bench "${unknown}"; there are ${Object.keys(benches).join(", ")}.`,
    );
  }
  const lines = [machine()];
  console.log(lines[0]);
  for (const [name, bench] of Object.entries(benches)) {
    if (named.length === 0 || named.includes(name)) {
      for (const line of await bench()) {
        lines.push(line);
        console.log(line);
      }
    }
  }
  if (args.includes("--write")) {
    writeFigures(lines);
  }
}

function machine(): string {
  const [processor] = cpus();
  const make = execFileSync("make", ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "";
  return (
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${type()} ${release()}, ` +
    `${cpus().length} x ${processor?.model ?? "unknown"}, ` +
    `${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${make}`
  );
}

/** Replaces the figures of the run before. */
function writeFigures(lines: readonly string[]): void {
  const text = readFileSync(page, "utf8");
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`${page} has no place for figures: ${begin} … ${end}`);
  }
  const list = lines.map((line) => `- ${line}\n`).join("");
  writeFileSync(page, `${before}${begin}\n\n${list}\n${end}${after}`);
}

run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
