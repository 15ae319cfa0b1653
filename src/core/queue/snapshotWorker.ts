import * as fs from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { errorMessage, HopperError } from "../base/errors";
import { damage } from "./damage";
import { writeSynced } from "./durableFiles";
import { replay, storeSeq } from "./image";
import { loadPair, sha256 } from "./pair";
import { type SnapshotAnswer, type SnapshotOrder, snapshotOrderSchema } from "./snapshotOrder";
import { loadSqlEngine } from "./sqlDatabase";
import { storePaths } from "./storeFiles";

/**
 * Builds a snapshot from the files alone, in a thread of its own: exporting and hashing a database
 * of some megabytes takes longer than a host's event loop may wait.
 */
async function buildSnapshot(order: SnapshotOrder): Promise<SnapshotAnswer> {
  const paths = storePaths(order.hopperFolder);
  const [engine, pair] = await Promise.all([loadSqlEngine(order.sqlWasm), loadPair(fs, paths)]);
  if (!pair) {
    throw damage("the queue's files are gone");
  }
  const { database, seq } = await replay(engine, paths, pair, { upToSeq: order.seq });
  if (seq !== order.seq) {
    throw damage(`the files end at commit ${seq}, not at ${order.seq}`);
  }
  storeSeq(database, seq);
  const image = database.exportImage();
  database.close();
  writeSynced(fs, order.target, image);
  return { sha256: await sha256(image), snapshotLost: pair.snapshotLost };
}

if (parentPort) {
  const port = parentPort;
  void buildSnapshot(snapshotOrderSchema.parse(workerData)).then(
    (answer) => port.postMessage(answer),
    (error: unknown) =>
      port.postMessage({
        problem: errorMessage(error),
        damaged: error instanceof HopperError && error.kind === "damaged",
      } satisfies SnapshotAnswer),
  );
}
