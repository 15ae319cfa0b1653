import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { loadSqlEngine } from "../queue/sqlDatabase";
import { historyOrderSchema } from "./historyOrder";
import { readHistory } from "./readHistory";

/**
 * Reads an outside program's file in a thread of its own: what is in it can be large or hostile, and
 * the host's event loop must not wait for it.
 */
if (parentPort) {
  const port = parentPort;
  const sqlWasm = z.string().parse(workerData);
  port.on("message", (message: unknown) => {
    const order = historyOrderSchema.parse(message);
    void loadSqlEngine(sqlWasm).then((engine) => port.postMessage(readHistory(engine, order)));
  });
}
