import assert from "node:assert/strict";
import * as fs from "node:fs";
import type { Logger } from "../../../../src/core/base/log";
import { MirrorWorker } from "../../../../src/core/github/mirrorWorker";
import { Pacer } from "../../../../src/core/github/pacer";
import type { MirrorSettings, MirrorTrouble } from "../../../../src/core/protocol/mirrors";
import { type NewPhase, Queue } from "../../../../src/core/queue/queue";
import { Store } from "../../../../src/core/queue/store";
import { FakeClock } from "../../../support/fakeClock";
import { FakeGitHub } from "../../../support/github/fakeGitHub";
import { fetchFrom } from "../../../support/github/gitHubFetch";
import { dieAt, FaultyFiles } from "../../queue/support/faultyFiles";
import { on, StoreBench } from "../../queue/support/storeBench";

/** A process that works on the queue and mirrors it, until it ends or is killed. */
interface Life {
  readonly disk: FaultyFiles;
  readonly store: Store;
  readonly queue: Queue;
  readonly worker: MirrorWorker;
}

export const usualSettings: MirrorSettings = {
  apiUrl: "https://api.github.com",
  owner: "acme",
  name: "rockets",
  creates: "ready",
  comments: "living",
  closes: true,
  labels: ["phase-hopper"],
};

/** A queue on real files and a GitHub in memory, both in the time of one clock that the test moves. */
export class MirrorBench {
  readonly clock = new FakeClock();
  readonly github = new FakeGitHub(this.clock);
  readonly logged: string[] = [];
  readonly troubles: MirrorTrouble[] = [];
  token: string | undefined = "token-of-robin";
  apiUrl = "https://api.github.com";
  private readonly files = new StoreBench();
  private life: Life | undefined;
  private attempts = 0;

  static async open(): Promise<MirrorBench> {
    const bench = new MirrorBench();
    await bench.start();
    return bench;
  }

  get queue(): Queue {
    return this.current.queue;
  }

  get worker(): MirrorWorker {
    return this.current.worker;
  }

  get disk(): FaultyFiles {
    return this.current.disk;
  }

  /** Bytes of the queue's journal. */
  get journalSize(): number {
    return fs.statSync(this.files.paths.journal).size;
  }

  /** A next process, which finds what the one before it left. */
  async start(): Promise<void> {
    const disk = new FaultyFiles();
    const { paths, assets } = this.files;
    const logger = this.logger();
    // Not known to the folder's bench, which would close what was killed.
    const store = await Store.open({
      newDatabaseId: () => "a test's",
      paths,
      assets,
      logger,
      clock: this.clock,
      files: disk.files,
      ...on(disk),
    });
    const queue = new Queue(store, this.clock, logger);
    const worker = new MirrorWorker({
      outbox: queue.outbox,
      clock: this.clock,
      logger,
      access: {
        apiUrl: () => this.apiUrl,
        token: () => Promise.resolve(this.token),
        remedy: "Sign in.",
        pacer: new Pacer(this.clock),
        fetch: fetchFrom(this.github),
      },
    });
    worker.onDidFindTrouble((trouble) => this.troubles.push(trouble));
    queue.onDidChange(() => worker.wake());
    worker.wake();
    this.life = { disk, store, queue, worker };
  }

  /** The process dies: nothing it does from now on reaches the disk. */
  async kill(): Promise<void> {
    const { disk, worker } = this.current;
    this.life = undefined;
    disk.set(dieAt(0));
    await worker.stop();
    for (const fd of disk.open.keys()) {
      fs.closeSync(fd);
    }
  }

  async end(): Promise<void> {
    if (this.life) {
      await this.worker.stop();
      await this.life.store.close();
    }
    await this.files.remove();
    assert.deepEqual([...new Set(this.github.violations)], [], "all is as GitHub describes it");
  }

  /** Stores a chain of phases; answers the plan's id. */
  enqueue(titles: readonly string[], context = "Why all this.", content?: string): string {
    return this.queue.enqueue({
      title: "Launch",
      sourcePath: "/home/ada/docs/launch.md",
      sourceSha256: "0",
      context,
      runner: "shell",
      priority: 50,
      phases: titles.map((title, index) => newPhase(index + 1, title, content)),
    });
  }

  mirror(planId: string, changed: Partial<MirrorSettings> = {}): void {
    this.queue.startMirror(planId, { ...usualSettings, ...changed });
    this.worker.tryAgain();
  }

  run(number: number, plan = 1): string {
    const { queue } = this;
    const phase = queue.phaseByNumber(plan, number);
    assert.ok(phase);
    const attemptId = `attempt ${++this.attempts} of ${phase.queue_id}`;
    queue.claim({
      queueId: phase.queue_id,
      attemptId,
      attemptNumber: phase.attempts + 1,
      runner: "shell",
      command: ["sh"],
      startsProcess: true,
    });
    return attemptId;
  }

  complete(number: number, seconds = 12, plan = 1): void {
    const attemptId = this.run(number, plan);
    this.clock.advance(seconds * 1000);
    assert.ok(this.queue.settle({ attemptId, verdict: { outcome: "completed", exitCode: 0 } }));
  }

  fail(number: number, message: string, seconds = 3, plan = 1): void {
    const attemptId = this.run(number, plan);
    this.clock.advance(seconds * 1000);
    assert.ok(this.queue.settle({ attemptId, verdict: { outcome: "exit", message } }));
  }

  /** Lets the mirror work, and time pass whenever it waits, until `done` or all is written. */
  async mirrored(
    done = (): boolean => this.worker.pending === 0 && !this.worker.isWorking,
    { step = 1000, longest = 3600_000 } = {},
  ): Promise<void> {
    const end = this.clock.now() + longest;
    for (;;) {
      await this.quiet();
      if (done()) {
        return;
      }
      assert.ok(this.clock.now() < end, `not mirrored within ${longest} ms: ${this.state()}`);
      this.clock.advance(step);
    }
  }

  /** Resolves when the mirror waits: for time to pass, or for an answer that does not come. */
  async quiet(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.life?.worker.isWorking && !this.github.isSilent) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  state(): string {
    const { outbox } = this.queue;
    return JSON.stringify(outbox.pending().slice(0, 3));
  }

  private get current(): Life {
    assert.ok(this.life, "a process is alive");
    return this.life;
  }

  private logger(): Logger {
    const note = (message: string): void => void this.logged.push(message);
    return {
      debug: note,
      info: note,
      warn: note,
      error: (message, error) => note(`${message} ${String(error)}`),
    };
  }
}

function newPhase(number: number, title: string, content = `What to do for ${title}.`): NewPhase {
  return {
    number,
    label: String(number),
    dependsOn: number > 1 ? [number - 1] : [],
    runner: "shell",
    startLine: number * 10,
    data: {
      title,
      content,
      instructions: "",
      externalDocs: [`docs/${number}.md`],
      blocks: [],
      verify: [],
      properties: {},
    },
  };
}
