import * as fs from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { replay, storeSeq } from "./image";
import { loadPair, sha256 } from "./pair";
import { type SnapshotOrder, snapshotOrderSchema, type SnapshotResult } from "./snapshotOrder";
import { loadSqlEngine } from "./sqlDatabase";
import { storePaths, writeSynced } from "./storeFiles";

/**
 * Builds a snapshot from the files alone, in a thread of its own: exporting and hashing a database
 * of some megabytes takes longer than a host's event loop may wait.
 */
async function buildSnapshot(order: SnapshotOrder): Promise<SnapshotResult> {
  const paths = storePaths(order.hopperFolder);
  const [engine, pair] = await Promise.all([loadSqlEngine(order.sqlWasm), loadPair(fs, paths)]);
  if (!pair) {
    throw new Error("the queue's files are gone");
  }
  const { database, seq } = await replay(engine, paths, pair, { upToSeq: order.seq });
  if (seq !== order.seq) {
    throw new Error(`the files end at commit ${seq}, not at ${order.seq}`);
  }
  storeSeq(database, seq);
  const image = database.exportImage();
  database.close();
  writeSynced(fs, order.target, image);
  return { seq, sha256: await sha256(image) };
}

if (parentPort) {
  const port = parentPort;
  void buildSnapshot(snapshotOrderSchema.parse(workerData)).then((result) =>
    port.postMessage(result),
  );
}
