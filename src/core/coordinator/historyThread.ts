import { Worker } from "node:worker_threads";
import { type Clock } from "../base/clock";
import type { Disposable } from "../base/lifecycle";
import { type HistoryAnswer, historyAnswerSchema, type HistoryOrder } from "./historyOrder";

/** A reading that takes longer is given up, and its thread with it. */
const longestReading = 5000;

/** The thread that reads outside files; it is started with the first reading. */
export class HistoryThread implements Disposable {
  private worker: Worker | undefined;
  private settle: ((answer: HistoryAnswer) => void) | undefined;
  private awaited = 0;
  private giveUp: ((why: string) => void) | undefined;

  constructor(
    private readonly script: string,
    private readonly sqlWasm: string,
    private readonly clock: Clock,
  ) {}

  /** One reading at a time; resolves whatever happens to it. */
  read(order: HistoryOrder): Promise<HistoryAnswer> {
    return new Promise((resolve) => {
      const settle = (answer: HistoryAnswer): void => {
        timer.dispose();
        this.settle = undefined;
        this.giveUp = undefined;
        resolve(answer);
      };
      const timer = this.clock.after(longestReading, () => this.end("it took too long"));
      this.settle = settle;
      this.awaited = order.number;
      this.giveUp = (why) =>
        settle({
          kind: "unreadable",
          number: order.number,
          why: `The workflow history ${order.path} could not be read: ${why}.`,
        });
      this.start().postMessage(order);
    });
  }

  /** Ends the thread; a reading under way comes to nothing. */
  dispose(): void {
    void this.worker?.terminate();
    this.worker = undefined;
    this.giveUp?.("it was stopped");
  }

  private start(): Worker {
    if (this.worker) {
      return this.worker;
    }
    const worker = new Worker(this.script, { workerData: this.sqlWasm, execArgv: [] });
    // One that was given up may still have something to say.
    const isOurs = (): boolean => this.worker === worker;
    worker.on("message", (message: unknown) => {
      const answer = historyAnswerSchema.safeParse(message);
      if (isOurs() && answer.success && answer.data.number === this.awaited) {
        this.settle?.(answer.data);
      }
    });
    worker.on("error", (error) => {
      if (isOurs()) {
        this.end(error.message);
      }
    });
    // A host that has nothing else to do may end.
    worker.unref();
    this.worker = worker;
    return worker;
  }

  private end(why: string): void {
    const { giveUp } = this;
    this.giveUp = undefined;
    this.dispose();
    giveUp?.(why);
  }
}
