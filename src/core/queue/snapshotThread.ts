import { Worker } from "node:worker_threads";
import type { Clock } from "../base/clock";
import type { Disposable } from "../base/lifecycle";
import { RightOfWay } from "./rightOfWay";
import {
  type SnapshotAnswer,
  snapshotAnswerSchema,
  type SnapshotOrder,
  type SnapshotThreadData,
} from "./snapshotOrder";

/** A thread without an order for so many milliseconds is ended. */
const longestIdle = 30_000;

interface Build {
  readonly resolve: (answer: SnapshotAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Has snapshots built in a thread, one at a time. It lives on for a while after each: to start it takes as much
 * of a processor as many a snapshot.
 */
export class SnapshotThread implements Disposable {
  private readonly rightOfWay = new RightOfWay();
  private worker: Worker | undefined;
  private building: Build | undefined;
  private rest: Disposable | undefined;

  /**
   * @param file the bundle of snapshotWorker.ts.
   * @param sqlWasm SQLite's WebAssembly.
   */
  constructor(
    private readonly file: string,
    private readonly sqlWasm: string,
    private readonly clock: Clock,
  ) {}

  /** Starts the thread before there is an order, at a time when no phase waits for a processor. */
  prepare(): void {
    if (this.building) {
      return;
    }
    try {
      this.worker ??= this.start();
    } catch {
      // A machine that has no thread left has one, perhaps, when there is an order; if not, that says so.
    }
    this.restLater();
  }

  /** To be called before a commit: a thread at work stands still until that has had its consequences. */
  giveWay(): void {
    if (this.building) {
      this.rightOfWay.take();
    }
  }

  /** @throws Error when there is no thread to be had, or it ends before it answers. */
  async build(order: SnapshotOrder): Promise<SnapshotAnswer> {
    const worker = (this.worker ??= this.start());
    this.rest?.dispose();
    worker.ref();
    try {
      const answer = await new Promise<SnapshotAnswer>((resolve, reject) => {
        this.building = { resolve, reject };
        worker.postMessage(order);
      });
      if ("problem" in answer) {
        // It may be SQLite's, in that thread: the next one has its own.
        this.end();
      }
      return answer;
    } finally {
      this.building = undefined;
      worker.unref();
      this.restLater();
    }
  }

  dispose(): void {
    this.rest?.dispose();
    this.end();
    this.building?.reject(new Error("the snapshot thread was ended"));
  }

  private end(): void {
    const { worker } = this;
    this.worker = undefined;
    void worker?.terminate();
  }

  private restLater(): void {
    this.rest?.dispose();
    this.rest = this.worker && this.clock.after(longestIdle, () => this.end());
  }

  private start(): Worker {
    const workerData: SnapshotThreadData = {
      sqlWasm: this.sqlWasm,
      rightOfWay: this.rightOfWay.memory,
    };
    const worker = new Worker(this.file, { workerData, execArgv: [], stderr: true });
    // A host waits for its answers, not for it.
    worker.unref();
    worker.on("message", (message: unknown) => {
      const { data, error } = snapshotAnswerSchema.safeParse(message);
      if (data) {
        this.building?.resolve(data);
      } else {
        this.building?.reject(error);
      }
    });
    const lose = (error: Error): void => {
      // One that was ended has another in its place.
      if (this.worker === worker) {
        this.worker = undefined;
        this.building?.reject(error);
      }
    };
    worker.on("error", lose);
    worker.on("exit", (code) => {
      lose(new Error(`the snapshot thread ended with code ${code} and no answer`));
    });
    return worker;
  }
}
