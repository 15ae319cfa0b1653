import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Hopper } from "../../src/core/hopper";
import { Bed, builtCli, chainPlan } from "../support/bed";
import { LoopWatch, median, quantile, timed } from "./measure";

const execute = promisify(execFile);
const phaseText = "x".repeat(2000);
const perPlan = 1000;

/**
 * What one durable change costs with 100, 1,000 and 10,000 phases of 2 KB in the queue, how long the
 * event loop is blocked meanwhile, and how long `phase-hopper list` takes on the largest.
 */
export async function benchTransitions(rounds: number): Promise<string[]> {
  const sizes = [100, 1000, 10_000];
  const medians = new Map<number, number[]>();
  const lines: string[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const size of sizes) {
      const bed = new Bed();
      try {
        const last = round === rounds - 1;
        const result = await measure(bed, size);
        medians.set(size, [...(medians.get(size) ?? []), result.p50]);
        if (last) {
          const p50 = median(medians.get(size) ?? []);
          const base = median(medians.get(sizes[0] ?? 0) ?? []);
          lines.push(
            `durable transition at ${size} phases of 2 KB: p50 ${p50.toFixed(2)} ms, p99 ` +
              `${result.p99.toFixed(2)} ms, ${(p50 / base).toFixed(1)} times that at 100; event loop ` +
              `blocked at most ${result.enqueueBlock.toFixed(0)} ms by an enqueue of ` +
              `${Math.min(size, perPlan)}, ${result.workBlock.toFixed(0)} ms by transitions and ` +
              `snapshots, ${result.openBlock.toFixed(0)} ms by opening`,
          );
          if (size === sizes.at(-1)) {
            lines.push(await benchList(bed, size, rounds));
          }
        }
      } finally {
        await bed.remove();
      }
    }
  }
  return lines;
}

interface Result {
  readonly p50: number;
  readonly p99: number;
  readonly enqueueBlock: number;
  readonly workBlock: number;
  readonly openBlock: number;
}

async function measure(bed: Bed, size: number): Promise<Result> {
  let hopper = await bed.openHopper();
  let watch = new LoopWatch();
  for (let stored = 0; stored < size; stored += perPlan) {
    await hopper.enqueue({ markdown: chainPlan(Math.min(size, perPlan), phaseText) });
    await turn();
  }
  const enqueueBlock = watch.stop();
  watch = new LoopWatch();
  const times = await transitions(hopper);
  await hopper.stop();
  const workBlock = watch.stop();
  watch = new LoopWatch();
  hopper = await bed.openHopper();
  const openBlock = watch.stop();
  await hopper.stop();
  return { p50: median(times), p99: quantile(times, 0.99), enqueueBlock, workBlock, openBlock };
}

/** Skips phases of the last plan one by one: each is a move, its consequence, and its events. */
async function transitions(hopper: Hopper): Promise<number[]> {
  const planId = hopper.queue.plans().at(-1)?.plan_id ?? "";
  const phases = hopper.queue.phases({ planId, content: false }).slice(0, 90);
  const times: number[] = [];
  for (const { queue_id } of phases) {
    times.push(await timed(() => hopper.skip(queue_id)));
    await turn();
  }
  return times;
}

async function benchList(bed: Bed, size: number, rounds: number): Promise<string> {
  const list = (...options: string[]): Promise<number> =>
    timed(() =>
      execute(process.execPath, [builtCli, "list", ...options], {
        cwd: bed.workspace,
        env: bed.environment,
        maxBuffer: 256 * 1024 * 1024,
      }),
    );
  const plain: number[] = [];
  const json: number[] = [];
  for (let round = 0; round < rounds; round++) {
    plain.push(await list());
    json.push(await list("--json"));
  }
  return (
    `phase-hopper list on ${size} phases: ${median(plain).toFixed(0)} ms; with --json, all texts ` +
    `included, ${median(json).toFixed(0)} ms`
  );
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
