import { Worker } from "node:worker_threads";
import type { Disposable } from "../base/lifecycle";
import type { ParsedPlan } from "../protocol/plan";
import type { PlanContext } from "./planSource";

/** A text to read as a plan. */
export interface PlanQuestion {
  readonly text: string;
  /** The real path of its file, where it has one. */
  readonly path?: string;
  readonly context: PlanContext;
}

/** What the thread says to a question. */
export type PlanAnswer =
  | { readonly id: number; readonly plan: ParsedPlan }
  | { readonly id: number; readonly problem: string };

/** Reads plans in a thread, which lives from the first question until {@link rest} or the end. */
export class PlanThread implements Disposable {
  private worker: Worker | undefined;
  private lastId = 0;
  private readonly open = new Map<
    number,
    { readonly resolve: (plan: ParsedPlan) => void; readonly reject: (error: Error) => void }
  >();

  /** @param file the bundle of planWorker.ts. */
  constructor(private readonly file: string) {}

  /** Whether there is a thread. */
  get isAwake(): boolean {
    return this.worker !== undefined;
  }

  /** Reads a text as a plan; rejects if the thread ends meanwhile. */
  read(question: PlanQuestion): Promise<ParsedPlan> {
    this.worker ??= this.start();
    const id = ++this.lastId;
    this.worker.postMessage({ id, question });
    return new Promise((resolve, reject) => {
      this.open.set(id, { resolve, reject });
    });
  }

  /** Ends the thread; the next question starts another one. */
  rest(): void {
    const { worker } = this;
    this.worker = undefined;
    void worker?.terminate();
    this.rejectAll(new Error("The thread that reads plans was ended."));
  }

  dispose(): void {
    this.rest();
  }

  private start(): Worker {
    const worker = new Worker(this.file, { execArgv: [], stderr: true });
    // A host that has nothing else to do may end.
    worker.unref();
    worker.on("message", (answer: PlanAnswer) => this.settle(answer));
    const lose = (error: Error): void => {
      if (this.worker === worker) {
        this.worker = undefined;
        this.rejectAll(error);
      }
    };
    worker.on("error", lose);
    worker.on("exit", (code) => lose(new Error(`The thread that reads plans ended (${code}).`)));
    return worker;
  }

  private settle(answer: PlanAnswer): void {
    const asked = this.open.get(answer.id);
    this.open.delete(answer.id);
    if ("plan" in answer) {
      asked?.resolve(answer.plan);
    } else {
      asked?.reject(new Error(answer.problem));
    }
  }

  private rejectAll(error: Error): void {
    for (const { reject } of this.open.values()) {
      reject(error);
    }
    this.open.clear();
  }
}
