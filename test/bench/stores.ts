import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { isoNow, systemClock } from "../../src/core/base/clock";
import { silentLogger } from "../../src/core/base/log";
import { Store } from "../../src/core/queue/store";
import { storePaths } from "../../src/core/queue/storeFiles";
import { builtAssets } from "../support/assets";
import { Bed, chainPlan } from "../support/bed";
import { cached } from "../support/vscode/cacheFolder";
import { serverInstallation } from "../support/vscode/installation";
import { npm } from "../support/vscode/npm";
import { median } from "./measure";

const execute = promisify(execFile);
const updates = 300;
const sizes = [100, 1000, 10_000];
const betterSqlite = "better-sqlite3@13.2.0";
const mediansSchema = z.object({ "better-sqlite3": z.number(), "node:sqlite": z.number() });

/**
 * One durable update of a row among so many of 2 KB: our store, and native SQLite with a write-ahead
 * log that is synced at each commit. The native ones run in Node 24, for `node:sqlite`.
 */
export async function benchStores(rounds: number): Promise<string[]> {
  const { node } = await serverInstallation();
  const name = `${betterSqlite}-${process.platform}-${process.arch}`;
  const installation = await cached(name, async (folder) => {
    await npm(folder, ["install", "--ignore-scripts", "--prefix", folder, betterSqlite], node);
    await npm(folder, ["rebuild", "--prefix", folder, "better-sqlite3"], node);
  });
  const lines: string[] = [];
  for (const size of sizes) {
    const collected: Record<"ours" | "better" | "built", number[]> = {
      ours: [],
      better: [],
      built: [],
    };
    for (let round = 0; round < rounds; round++) {
      const bed = new Bed();
      try {
        collected.ours.push(await updateOurs(bed, size));
        const program = join(__dirname, "storeRivals.cjs");
        const args = [program, installation, bed.root, String(size), String(updates)];
        const { stdout } = await execute(node, args);
        const native = mediansSchema.parse(JSON.parse(stdout));
        collected.better.push(native["better-sqlite3"]);
        collected.built.push(native["node:sqlite"]);
      } finally {
        await bed.remove();
      }
    }
    const ours = median(collected.ours);
    const better = median(collected.better);
    lines.push(
      `durable update of one row of ${size}: ${ours.toFixed(2)} ms; better-sqlite3 ` +
        `${better.toFixed(2)} ms, node:sqlite ${median(collected.built).toFixed(2)} ms, both WAL and ` +
        `FULL; ratio to better-sqlite3 ${(ours / better).toFixed(1)}`,
    );
  }
  return lines;
}

async function updateOurs(bed: Bed, size: number): Promise<number> {
  const hopper = await bed.openHopper();
  for (let stored = 0; stored < size; stored += 1000) {
    await hopper.enqueue({ markdown: chainPlan(Math.min(size, 1000), "x".repeat(2000)) });
  }
  const ids = hopper.queue.phases({ content: false }).map(({ queue_id }) => queue_id);
  await hopper.stop();
  const store = await Store.open({
    paths: storePaths(join(bed.workspace, ".hopper")),
    files: fs,
    assets: builtAssets,
    clock: systemClock,
    logger: silentLogger,
    newDatabaseId: randomUUID,
  });
  const times: number[] = [];
  for (let count = 0; count < updates; count++) {
    const start = performance.now();
    store.commit((transaction) =>
      transaction.run(
        "UPDATE phase_queue SET error_message = ?, updated_at = ? WHERE queue_id = ?",
        [`message ${count}`, isoNow(systemClock), ids[(count * 7) % ids.length] ?? ""],
      ),
    );
    times.push(performance.now() - start);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await store.close();
  return median(times);
}
