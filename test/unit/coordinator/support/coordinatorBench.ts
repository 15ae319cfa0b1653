import * as fs from "node:fs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "../../../../src/core/base/log";
import { Coordinator } from "../../../../src/core/coordinator/coordinator";
import { WorkflowHistory } from "../../../../src/core/coordinator/workflowHistory";
import { WorkflowReports } from "../../../../src/core/coordinator/workflowReports";
import type { PhaseData } from "../../../../src/core/protocol/queue";
import type { RunnerDefinition } from "../../../../src/core/protocol/runners";
import { Queue } from "../../../../src/core/queue/queue";
import { Store, type StoreOptions } from "../../../../src/core/queue/store";
import { type StoreFileSystem, storePaths } from "../../../../src/core/queue/storeFiles";
import { FakeClock } from "../../../support/fakeClock";
import { FakeOutside } from "./fakeOutside";
import { FakeRunner } from "./fakeRunner";

/** A phase in one line of a test. */
export interface PhaseSketch {
  readonly number: number;
  /** Default: the phase before it. */
  readonly dependsOn?: readonly number[];
  readonly runner?: string;
  readonly timeout?: number;
  readonly retries?: number;
  readonly checkpoint?: string;
  readonly verify?: boolean;
}

export const runners = new Map<string, RunnerDefinition>([
  ["shell", { kind: "shell" }],
  ["agent", { kind: "command", argv: ["agent"], prompt: "stdin" }],
  ["manual", { kind: "manual" }],
  ["external", { kind: "external" }],
]);

interface Opened {
  readonly store: Store;
  readonly queue: Queue;
  readonly coordinator: Coordinator;
  readonly history: WorkflowHistory;
  readonly reports: WorkflowReports;
}

/** A coordinator on a real store, with a runner and a clock that the test plays. */
export class CoordinatorBench {
  readonly folder = mkdtempSync(join(tmpdir(), "hopper-coordinator-"));
  readonly clock = new FakeClock();
  readonly logged: string[] = [];
  runner = new FakeRunner();
  maxConcurrent = 1;
  runners: ReadonlyMap<string, RunnerDefinition> = runners;
  /** Makes every write of the store fail with this code. */
  diskError: string | undefined;
  /** The file of an outside program, as the test says it reads. */
  outside = new FakeOutside();
  private opened: Opened | undefined;

  static async open(): Promise<CoordinatorBench> {
    const bench = new CoordinatorBench();
    await bench.start();
    bench.follow();
    return bench;
  }

  get queue(): Queue {
    return this.parts.queue;
  }

  get coordinator(): Coordinator {
    return this.parts.coordinator;
  }

  get reports(): WorkflowReports {
    return this.parts.reports;
  }

  /** Stores a plan of these phases; answers its id. */
  enqueue(...phases: readonly PhaseSketch[]): string {
    return this.queue.enqueue({
      title: "Plan",
      sourceSha256: "0",
      context: "",
      runner: "shell",
      priority: 50,
      phases: phases.map((phase) => ({
        number: phase.number,
        label: String(phase.number),
        dependsOn: phase.dependsOn ?? (phase.number > 1 ? [phase.number - 1] : []),
        runner: phase.runner ?? "shell",
        startLine: phase.number,
        data: dataOf(phase),
      })),
    });
  }

  /** "1 completed, 2 running": the phases of every plan. */
  statuses(): string {
    return this.queue
      .phases({ content: false })
      .map(({ phase_number, status }) => `${phase_number} ${status}`)
      .join(", ");
  }

  id(phaseNumber: number, planNumber = 1): string {
    const phase = this.queue.phaseByNumber(planNumber, phaseNumber);
    if (!phase) {
      throw new Error(`There is no phase ${planNumber}.${phaseNumber}`);
    }
    return phase.queue_id;
  }

  phase(phaseNumber: number): NonNullable<ReturnType<Queue["phase"]>> {
    const phase = this.queue.phase(this.id(phaseNumber));
    if (!phase) {
      throw new Error(`There is no phase ${phaseNumber}`);
    }
    return phase;
  }

  /** The host dies and another one takes over: the runner's attempts are what the disk would show. */
  async restart(options: { readonly distrust: boolean } = { distrust: false }): Promise<void> {
    this.coordinator.dispose();
    await this.parts.store.close();
    const before = this.runner;
    this.runner = new FakeRunner();
    for (const [folder, attempt] of before.attempts) {
      this.runner.attempts.set(folder, attempt);
    }
    this.outside = new FakeOutside();
    await this.start();
    await this.coordinator.recover(options);
    this.follow();
  }

  /** Another process gets ready; what this answers lets it take the queue over, in one step. */
  async heir(): Promise<() => void> {
    const paths = storePaths(join(this.folder, "of the heir"));
    fs.cpSync(join(this.folder, ".hopper"), paths.folder, { recursive: true });
    const store = await Store.open({ ...this.storeOptions(), paths, takeOver: true });
    await store.close();
    return () => fs.renameSync(paths.journal, join(this.folder, ".hopper", "queue.journal"));
  }

  /** What the queue's files hold, by name. */
  files(): Record<string, string> {
    const folder = join(this.folder, ".hopper");
    const files = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
      files.map(({ name }) => [name, fs.readFileSync(join(folder, name), "latin1")]),
    );
  }

  async close(): Promise<void> {
    this.diskError = undefined;
    this.coordinator.dispose();
    await this.parts.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get parts(): Opened {
    if (!this.opened) {
      throw new Error("not started");
    }
    return this.opened;
  }

  private async start(): Promise<void> {
    const logger = this.logger();
    const store = await Store.open(this.storeOptions());
    const queue = new Queue(store, this.clock, logger);
    const history = new WorkflowHistory({
      queue,
      logger,
      runners: () => this.runners,
      outside: this.outside,
    });
    const coordinator = new Coordinator({
      queue,
      runner: this.runner,
      clock: this.clock,
      logger,
      workspace: this.folder,
      hopperFolder: join(this.folder, ".hopper"),
      runners: () => this.runners,
      maxConcurrentPhases: () => this.maxConcurrent,
      workflowsAtClaim: (queueId) => history.atClaim(queueId),
    });
    const reports = new WorkflowReports(queue, coordinator, history, () => this.runners);
    this.opened = { store, queue, coordinator, history, reports };
  }

  private follow(): void {
    const { history, coordinator } = this.parts;
    history.start({
      start: (queueId) => void coordinator.startPhase(queueId),
      settle: (queueId, outcome, { errorMessage: note, key }) =>
        void coordinator.report(queueId, outcome, note, { workflow: key }),
    });
  }

  private storeOptions(): StoreOptions {
    return {
      newDatabaseId: () => "a test's",
      paths: storePaths(join(this.folder, ".hopper")),
      files: this.fileSystem(),
      assets: {
        sqlWasm: require.resolve("sql.js/dist/sql-wasm.wasm"),
        // No test here runs long enough for a snapshot: the clock stands still.
        snapshotWorker: "/nonexistent",
        historyWorker: "/nonexistent",
        planWorker: "/nonexistent",
        wrapperScript: "",
        wrapperProgram: "",
        launcherScript: "",
      },
      clock: this.clock,
      logger: this.logger(),
    };
  }

  private fileSystem(): StoreFileSystem {
    const refuse = (): void => {
      if (this.diskError !== undefined) {
        throw Object.assign(new Error(this.diskError), { code: this.diskError });
      }
    };
    return {
      ...fs,
      fdatasyncSync: (fd) => {
        refuse();
        fs.fdatasyncSync(fd);
      },
    };
  }

  private logger(): Logger {
    const log = (message: string): void => void this.logged.push(message);
    return { debug: () => undefined, info: log, warn: log, error: log };
  }
}

function dataOf(phase: PhaseSketch): PhaseData {
  const { timeout, retries, checkpoint } = phase;
  const block = { language: "sh" as const, source: "true\n", startLine: 1, endLine: 3 };
  return {
    title: `Phase ${phase.number}`,
    content: "",
    instructions: "",
    externalDocs: [],
    blocks: [block],
    verify: phase.verify ? [block] : [],
    properties: {
      ...(timeout !== undefined && { timeout }),
      ...(retries !== undefined && { retries }),
      ...(checkpoint !== undefined && { checkpoint }),
    },
  };
}
