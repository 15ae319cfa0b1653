import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { queueSource } from "../../src/core/apiDoor";
import { systemClock } from "../../src/core/base/clock";
import { silentLogger } from "../../src/core/base/log";
import { AttemptFolders } from "../../src/core/coordinator/attemptFolders";
import type { Hopper } from "../../src/core/hopper";
import { Queue } from "../../src/core/queue/queue";
import { Bed, chainPlan } from "../support/bed";
import { ApiFixture, tcpToken, token } from "../unit/api/apiFixture";
import { LoopWatch, median, quantile } from "./measure";

const execute = promisify(execFile);
const arrivalsSchema = z.array(z.tuple([z.number(), z.string()]));

/** So many events come first that are not counted: what is done for the first time is compiled then. */
const warmUp = 30;

/** How fast the API tells of events; the clients are a process of their own. */
export async function benchEvents(): Promise<string[]> {
  const lines: string[] = [];
  for (const [clients, way] of [
    [1, "local"],
    [100, "local"],
    [1000, "local"],
    [100, "TCP"],
  ] as const) {
    lines.push(await benchFanOut(clients, way, 300));
  }
  lines.push(await benchBesideStalled());
  return lines;
}

/** How fast the API lists phases to curl. */
export async function benchLists(rounds: number): Promise<string[]> {
  const lines: string[] = [];
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

/**
 * From the moment at which a change of a real queue is durable and announced in its owner to the
 * message in each client, over all clients and events. The clients share one process, which takes their
 * messages one after another.
 */
async function benchFanOut(clients: number, way: "local" | "TCP", events: number): Promise<string> {
  const bed = new Bed();
  const hopper = await bed.openHopper();
  const api = await serveAgain(hopper, clients);
  const place = way === "TCP" ? `ws://127.0.0.1:${api.port}/api/events` : api.socketPath;
  const child = fork(
    join(__dirname, "eventClients.ts"),
    [place, way === "TCP" ? tcpToken : token, String(clients), String(events)],
    { execArgv: ["--import", "tsx"] },
  );
  try {
    await message(child);
    const announced = new Map<number, bigint>();
    hopper.onDidChange(([event]) => {
      announced.set(event?.event_id ?? 0, process.hrtime.bigint());
    });
    const answered = message(child);
    const processor = process.cpuUsage();
    for (let event = 1; event <= events; event++) {
      await hopper.setPaused(event % 2 === 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const arrivals = arrivalsSchema.parse(await answered);
    const { user, system } = process.cpuUsage(processor);
    const delays = arrivals
      .filter(([eventId]) => eventId > warmUp)
      .map(([eventId, at]) => Number(BigInt(at) - (announced.get(eventId) ?? 0n)) / 1e6);
    return (
      `event of a queue to ${clients} clients over ${way === "TCP" ? "TCP" : "the local socket"}: ` +
      `p50 ${quantile(delays, 0.5).toFixed(2)} ms, p99 ${quantile(delays, 0.99).toFixed(2)} ms; ` +
      `the owner's processor time ${((user + system) / 1000 / events).toFixed(2)} ms an event, its ` +
      "commit included"
    );
  } finally {
    child.kill();
    await api.dispose();
    await bed.remove();
  }
}

/**
 * How late events come to ten clients beside one that does not read, until that one is closed and after it; and
 * what that costs the host, in which nothing else is but the record of these events.
 */
async function benchBesideStalled(): Promise<string> {
  const [events, each] = [300_000, 100];
  const api = await new ApiFixture().open();
  const child = fork(
    join(__dirname, "eventClients.ts"),
    [api.socketPath, token, "10", String(events), String(each)],
    { execArgv: ["--import", "tsx"] },
  );
  try {
    await message(child);
    const stalled = api.follow();
    await stalled.has(1);
    stalled.webSocket.pause();
    const answered = message(child);
    const announced = new Map<number, bigint>();
    const before = process.memoryUsage.rss();
    let most = before;
    for (let told = each; told <= events; told += each) {
      announced.set(told, process.hrtime.bigint());
      api.queue.happen(each);
      await new Promise((resolve) => setTimeout(resolve, 20));
      most = Math.max(most, process.memoryUsage.rss());
    }
    const delays = arrivalsSchema
      .parse(await answered)
      .map(([eventId, at]) => Number(BigInt(at) - (announced.get(eventId) ?? 0n)) / 1e6);
    stalled.webSocket.resume();
    const code = await stalled.closed();
    return (
      `${events} events, ${each} at once, to 10 clients over the local socket beside one that does not read: ` +
      `p50 ${quantile(delays, 0.5).toFixed(1)} ms, p99 ${quantile(delays, 0.99).toFixed(1)} ms, at most ` +
      `${Math.max(...delays).toFixed(1)} ms; that one closed with ${code} after ${stalled.ids.length} of them; ` +
      `the host's memory grew by ${Math.round((most - before) / 1e6)} MB, the record of the events in it`
    );
  } finally {
    child.kill();
    await api.dispose();
  }
}

/** The owner's own server lets in fewer clients than are measured. */
function serveAgain(hopper: Hopper, maxEventClients: number): Promise<ApiFixture> {
  if (!(hopper.queue instanceof Queue)) {
    throw new TypeError("A hopper's queue is the one that changes");
  }
  const queue = queueSource(hopper.queue, new AttemptFolders("", silentLogger), systemClock, () =>
    hopper.waiting(),
  );
  return new ApiFixture(systemClock, { queue, maxEventClients }).open();
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
    const watch = new LoopWatch();
    const first = await list("");
    const whole: number[] = [];
    const slim: number[] = [];
    const changed: number[] = [];
    await list("?content=false");
    for (let round = 0; round < rounds; round++) {
      whole.push(await list(""));
      slim.push(await list("?content=false"));
      // Of a chain: one is completed, the one behind it ready.
      await hopper.skip(hopper.queue.phasesWith(["ready"])[0]?.queue_id ?? "");
      changed.push(await list(""));
    }
    return (
      `GET /api/queue of ${phases} phases of ${bytes} bytes by curl: ${median(whole).toFixed(0)} ms, ` +
      `${median(changed).toFixed(0)} ms after a change, ${first.toFixed(0)} ms the first time; without ` +
      `texts ${median(slim).toFixed(0)} ms; event loop blocked at most ${watch.stop().toFixed(0)} ms`
    );
  } finally {
    await bed.remove();
  }
}
