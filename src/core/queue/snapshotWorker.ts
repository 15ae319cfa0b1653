import * as fs from "node:fs";
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { buildSnapshot } from "./buildSnapshot";
import { givingWay } from "./rightOfWay";
import { snapshotOrderSchema, snapshotThreadDataSchema } from "./snapshotOrder";
import { loadSqlEngine } from "./sqlDatabase";

/**
 * Builds snapshots in a thread of its own, one after another: exporting and hashing a database of some megabytes takes
 * longer than a host's event loop may wait.
 */
if (parentPort) {
  const port = parentPort;
  if (process.platform === "linux") {
    // Of this thread alone, there: phases that wait for a processor come first.
    setPriority(10);
  }
  const { sqlWasm, rightOfWay } = snapshotThreadDataSchema.parse(workerData);
  port.on("message", (message) => {
    const order = snapshotOrderSchema.parse(message);
    void buildSnapshot(order, fs, givingWay(rightOfWay)).then((answer) => port.postMessage(answer));
  });
  // Ahead of the first order, which meets whatever goes wrong with it.
  void loadSqlEngine(sqlWasm);
}
