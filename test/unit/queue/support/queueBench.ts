import assert from "node:assert/strict";
import { silentLogger } from "../../../../src/core/base/log";
import type { FailureReason, PhaseStatus } from "../../../../src/core/protocol/terms";
import type { PhaseQueueItem, QueueEvent } from "../../../../src/core/protocol/queue";
import { type NewPhase, Queue } from "../../../../src/core/queue/queue";
import type { Store } from "../../../../src/core/queue/store";
import { FaultyFiles } from "./faultyFiles";
import { dump, on, StoreBench } from "./storeBench";

/** A phase in one line of a test. */
export interface PhaseSketch {
  readonly number: number;
  /** Default: the phase before it. */
  readonly dependsOn?: readonly number[];
  readonly runner?: string;
  readonly checkpoint?: string;
}

/** A queue on a real store, whose attempts the test plays. */
export class QueueBench {
  readonly bench = new StoreBench();
  readonly disk = new FaultyFiles();
  /** Everything announced, in batches of one change each. */
  readonly announced: (readonly QueueEvent[])[] = [];
  private opened: { store: Store; queue: Queue } | undefined;
  private attempts = 0;

  static async open(): Promise<QueueBench> {
    const bench = new QueueBench();
    await bench.start();
    return bench;
  }

  get queue(): Queue {
    assert.ok(this.opened);
    return this.opened.queue;
  }

  get store(): Store {
    assert.ok(this.opened);
    return this.opened.store;
  }

  async start(): Promise<void> {
    const { clock } = this.bench;
    const store = await this.bench.open({ ...on(this.disk), clock });
    const queue = new Queue(store, clock, silentLogger);
    queue.onDidChange((events) => this.announced.push(events));
    this.opened = { store, queue };
  }

  /** Everything that the files hold at this moment, read as a next owner would after a death. */
  replayed(): Promise<string> {
    return this.bench.replayed(dump);
  }

  /** Ends cleanly and begins anew. */
  async restart(): Promise<void> {
    await this.bench.close(this.store);
    await this.start();
  }

  remove(): Promise<void> {
    return this.bench.remove();
  }

  /** Stores a plan of these phases, or of a chain of so many; answers its id. */
  enqueue(phases: number | readonly PhaseSketch[], priority = 50): string {
    const sketches =
      typeof phases === "number"
        ? Array.from({ length: phases }, (_, index) => ({ number: index + 1 }))
        : phases;
    return this.queue.enqueue({
      title: "Plan",
      sourcePath: "/plan.md",
      sourceSha256: "0",
      context: "about it",
      runner: "shell",
      priority,
      phases: sketches.map(newPhase),
    });
  }

  /** Plan 1's phase of that number, or another plan's. */
  phase(number: number, plan = 1): PhaseQueueItem {
    const phase = this.queue.phaseByNumber(plan, number);
    assert.ok(phase, `Phase ${number} of plan ${plan} is there`);
    return phase;
  }

  id(number: number, plan = 1): string {
    return this.phase(number, plan).queue_id;
  }

  /** "1 completed, 2 running": the phases of a plan. */
  statuses(plan = 1): string {
    return this.queue
      .phases({ content: false })
      .filter(({ plan_number }) => plan_number === plan)
      .map(({ phase_number, status }) => `${phase_number} ${status}`)
      .join(", ");
  }

  /** Claims a phase; answers the attempt's id. */
  claim(number: number, plan = 1): string {
    const { queue_id, attempts } = this.phase(number, plan);
    const attemptId = `attempt ${++this.attempts}`;
    this.queue.claim({
      queueId: queue_id,
      attemptId,
      attemptNumber: attempts + 1,
      runner: "shell",
      command: ["sh", "run.sh"],
      startsProcess: true,
    });
    return attemptId;
  }

  complete(number: number, plan = 1): void {
    const attemptId = this.claim(number, plan);
    assert.ok(this.queue.settle({ attemptId, verdict: { outcome: "completed", exitCode: 0 } }));
  }

  fail(number: number, message = "it broke", reason: FailureReason = "exit", plan = 1): void {
    const attemptId = this.claim(number, plan);
    assert.ok(this.queue.settle({ attemptId, verdict: { outcome: reason, message } }));
  }

  /** Brings Phase 1 of a chain of three into a status, by the moves a user has. */
  bring(status: PhaseStatus): { queueId: string; attemptId?: string } {
    switch (status) {
      case "ready":
        return { queueId: this.id(1) };
      case "queued":
        return { queueId: this.id(2) };
      case "running":
        return { queueId: this.id(1), attemptId: this.claim(1) };
      case "completed":
        this.complete(1);
        return { queueId: this.id(1) };
      case "failed":
        this.fail(1);
        return { queueId: this.id(1) };
      case "blocked":
        this.fail(1);
        return { queueId: this.id(2) };
    }
  }

  /** What was announced since the last call: "plan_enqueued, phase_enqueued 1 >ready". */
  news(): string[] {
    return this.announced.splice(0).flat().map(inWords);
  }
}

function inWords(event: QueueEvent): string {
  const { type, phase_number, from_status, to_status } = event;
  const move = (from_status ?? to_status) ? ` ${from_status ?? ""}>${to_status ?? ""}` : "";
  return `${type}${phase_number === undefined ? "" : ` ${phase_number}`}${move}`;
}

export function newPhase({ number, dependsOn, runner, checkpoint }: PhaseSketch): NewPhase {
  return {
    number,
    label: String(number),
    dependsOn: dependsOn ?? (number > 1 ? [number - 1] : []),
    runner: runner ?? "shell",
    startLine: number * 10,
    data: {
      title: `Step ${number}`,
      content: `what to do in ${number}`,
      instructions: "",
      externalDocs: [`doc${number}.md`],
      blocks: [],
      verify: [],
      properties: checkpoint === undefined ? {} : { checkpoint },
    },
  };
}
