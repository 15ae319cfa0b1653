import { Worker } from "node:worker_threads";
import { type SnapshotAnswer, snapshotAnswerSchema, type SnapshotOrder } from "./snapshotOrder";

/** Has a snapshot built in a thread of its own; resolves when that thread has ended. */
export function runSnapshotThread(file: string, order: SnapshotOrder): Promise<SnapshotAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: order, execArgv: [], stderr: true });
    let answer: unknown;
    worker.once("message", (message: unknown) => {
      answer = message;
    });
    worker.once("error", reject);
    worker.once("exit", (code) => {
      const parsed = snapshotAnswerSchema.safeParse(answer);
      if (parsed.success) {
        resolve(parsed.data);
      } else {
        reject(new Error(`the snapshot thread ended with code ${code} and no answer`));
      }
    });
  });
}
