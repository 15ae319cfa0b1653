import * as fs from "node:fs";
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { buildSnapshot } from "./buildSnapshot";
import { snapshotOrderSchema } from "./snapshotOrder";

/**
 * Builds a snapshot in a thread of its own: exporting and hashing a database of some megabytes takes
 * longer than a host's event loop may wait.
 */
if (parentPort) {
  const port = parentPort;
  if (process.platform === "linux") {
    // Of this thread alone, there: phases that wait for a processor come first.
    setPriority(10);
  }
  const order = snapshotOrderSchema.parse(workerData);
  void buildSnapshot(order, fs).then((answer) => port.postMessage(answer));
}
