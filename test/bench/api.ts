import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { Bed, chainPlan } from "../support/bed";
import { ApiFixture, tcpToken } from "../unit/api/apiFixture";
import { LoopWatch, median, quantile } from "./measure";

const execute = promisify(execFile);
const arrivalsSchema = z.array(z.tuple([z.number(), z.string()]));

/** How fast the API tells of events and lists phases; clients are processes of their own. */
export async function benchApi(rounds: number): Promise<string[]> {
  const lines: string[] = [];
  for (const clients of [1, 100, 1000]) {
    lines.push(await benchEvents(clients, 40));
  }
  for (const [phases, bytes] of [
    [1_000, 200],
    [10_000, 200],
    [10_000, 2_000],
    [100_000, 200],
  ] as const) {
    lines.push(await benchList(phases, bytes, rounds));
  }
  return lines;
}

/** From the change in the owner to the message in the client, over all clients and events. */
async function benchEvents(clients: number, events: number): Promise<string> {
  const api = await new ApiFixture(undefined, { maxEventClients: clients }).open();
  const url = `ws://127.0.0.1:${api.port}/api/events`;
  const child = fork(
    join(__dirname, "eventClients.ts"),
    [url, tcpToken, String(clients), String(events)],
    { execArgv: ["--import", "tsx"] },
  );
  try {
    await message(child);
    const sent = new Map<number, bigint>();
    const answered = message(child);
    for (let event = 1; event <= events; event++) {
      sent.set(event, process.hrtime.bigint());
      api.queue.happen();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const delays = arrivalsSchema
      .parse(await answered)
      .map(([eventId, at]) => Number(BigInt(at) - (sent.get(eventId) ?? 0n)) / 1e6);
    return (
      `event to ${clients} clients over TCP: p50 ${quantile(delays, 0.5).toFixed(2)} ms, p99 ` +
      `${quantile(delays, 0.99).toFixed(2)} ms`
    );
  } finally {
    child.kill();
    await api.dispose();
  }
}

async function message(child: ChildProcess): Promise<unknown> {
  const [value] = z.array(z.unknown()).parse(await once(child, "message"));
  return value;
}

/** The whole of `GET /api/queue` as curl sees it, and how long it keeps the owner from other work. */
async function benchList(phases: number, bytes: number, rounds: number): Promise<string> {
  const bed = new Bed();
  try {
    const hopper = await bed.openHopper();
    const plan = chainPlan(1_000, "x".repeat(bytes));
    for (let stored = 0; stored < phases; stored += 1_000) {
      await hopper.enqueue({ markdown: plan });
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { url, tokenFile } = await hopper.openApi(0);
    const authorization = `Authorization: Bearer ${readFileSync(tokenFile, "utf8").trim()}`;
    const list = async (query: string): Promise<number> => {
      const format = ["-o", "/dev/null", "-w", "%{time_total}"];
      const target = `${url}/api/queue${query}`;
      const { stdout } = await execute("curl", ["-sS", "-H", authorization, ...format, target]);
      return Number(stdout) * 1000;
    };
    await list("");
    const watch = new LoopWatch();
    const whole: number[] = [];
    const slim: number[] = [];
    for (let round = 0; round < rounds; round++) {
      whole.push(await list(""));
      slim.push(await list("?content=false"));
    }
    return (
      `GET /api/queue of ${phases} phases of ${bytes} bytes: ${median(whole).toFixed(0)} ms; without ` +
      `texts ${median(slim).toFixed(0)} ms; event loop blocked at most ${watch.stop().toFixed(0)} ms`
    );
  } finally {
    await bed.remove();
  }
}
