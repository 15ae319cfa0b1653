import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Bed, builtCli, chainPlan } from "../support/bed";
import { growth, median, timed } from "./measure";

const execute = promisify(execFile);
const perPlan = 1000;
const text = "x".repeat(2000);

/** What grows with the queue: enqueuing, and opening it, in a host and from the command line. */
export async function benchSizes(rounds: number): Promise<string[]> {
  const enqueued = await enqueueTimes([20, 1000, 10_000], rounds);
  const opened = await openTimes([100, 1000, 10_000], rounds);
  return [
    `enqueue of phases of 2 KB, in plans of ${perPlan} at most: ${inWords(enqueued)}`,
    `opening a queue of phases of 2 KB as its owner: ${inWords(opened.owner)}`,
    `phase-hopper list of phases of 2 KB, the process included: ${inWords(opened.list)}`,
  ];
}

type Times = readonly (readonly [size: number, milliseconds: number])[];

async function enqueueTimes(sizes: readonly number[], rounds: number): Promise<Times> {
  const times = new Map<number, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const size of sizes) {
      const bed = new Bed();
      try {
        const hopper = await bed.openHopper();
        const markdown = chainPlan(Math.min(size, perPlan), text);
        const time = await timed(async () => {
          for (let stored = 0; stored < size; stored += perPlan) {
            await hopper.enqueue({ markdown });
          }
        });
        times.set(size, [...(times.get(size) ?? []), time]);
      } finally {
        await bed.remove();
      }
    }
  }
  return medians(times);
}

async function openTimes(
  sizes: readonly number[],
  rounds: number,
): Promise<{ readonly owner: Times; readonly list: Times }> {
  const owner = new Map<number, number[]>();
  const list = new Map<number, number[]>();
  for (const size of sizes) {
    const bed = new Bed();
    try {
      const first = await bed.openHopper();
      for (let stored = 0; stored < size; stored += perPlan) {
        await first.enqueue({ markdown: chainPlan(Math.min(size, perPlan), text) });
      }
      await first.stop();
      const opening = async (): Promise<void> => {
        await (await bed.openHopper()).stop();
      };
      const options = { cwd: bed.workspace, env: bed.environment, maxBuffer: 2 ** 28 };
      const listing = () => execute(process.execPath, [builtCli, "list"], options);
      const [opened, listed]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        opened.push(await timed(opening));
        listed.push(await timed(listing));
      }
      owner.set(size, opened);
      list.set(size, listed);
    } finally {
      await bed.remove();
    }
  }
  return { owner: medians(owner), list: medians(list) };
}

function medians(times: ReadonlyMap<number, readonly number[]>): Times {
  return [...times].map(([size, values]) => [size, median(values)] as const);
}

/** "20 in 3 ms, 1000 in 120 ms (grows with the power 0.94)" */
function inWords(times: Times): string {
  const each = times.map(([size, time]) => `${size} in ${time.toFixed(0)} ms`).join(", ");
  return `${each} (grows with the power ${growth(times).toFixed(2)})`;
}
