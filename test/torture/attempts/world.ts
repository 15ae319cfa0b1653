import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { EventEmitter } from "../../../src/core/base/event";
import { silentLogger } from "../../../src/core/base/log";
import { Coordinator } from "../../../src/core/coordinator/coordinator";
import { PreparedFolders } from "../../../src/core/runner/preparedFolders";
import type {
  AttemptInspection,
  AttemptRequest,
  AttemptRunner,
  ProcessIdentity,
} from "../../../src/core/protocol/attempts";
import { Queue } from "../../../src/core/queue/queue";
import type { Store } from "../../../src/core/queue/store";
import { runners } from "../../unit/coordinator/support/coordinatorBench";
import { settled } from "../../unit/coordinator/support/settled";
import { FaultyFiles } from "../../unit/queue/support/faultyFiles";
import { FakeClock } from "../../support/fakeClock";
import { newPhase } from "../../unit/queue/support/queueBench";
import { on, StoreBench } from "../../unit/queue/support/storeBench";

const boot = "boot";

/** What the disk knows of an attempt, and whether its wrapper lives. */
interface Attempt {
  readonly attemptId: string;
  readonly phase: number;
  started?: ProcessIdentity;
  alive: boolean;
  stopped: boolean;
  ended: boolean;
}

/** Where a host can be killed between two of its steps. */
export type Moment = "prepare" | "claim" | "launch" | "stop";

interface Host {
  readonly store: Store;
  readonly queue: Queue;
  readonly coordinator: Coordinator;
  /** Of its own: a host that stands still sees no time go by. */
  readonly clock: FakeClock;
}

/** A disk, wrappers that do what a test lets them do, and hosts that come and are killed. */
export class World {
  readonly bench = new StoreBench();
  private readonly copy = new StoreBench();
  private attempts = new Map<string, Attempt>();
  /** Folders that launchers were told of and no wrapper has looked at yet. */
  private orders: string[] = [];
  private sent: string[] = [];
  private host: Host | undefined;
  /** One that stood still while another took over from it. */
  private stalled: Host | undefined;
  private trap: Moment | undefined;
  /** What the disk held when the host was killed; what it did after that never happened. */
  private atDeath:
    | {
        readonly attempts: Map<string, Attempt>;
        readonly orders: string[];
        readonly sent: string[];
      }
    | undefined;
  private pid = 100;
  private now = Date.parse("2026-01-01T00:00:00Z");
  /** What the queue's files say while nobody has them open. */
  private stored = "";
  private retries = 0;
  /** What a host did that it never may; thrown at it, it would only be one more trouble to mend. */
  private readonly broken: string[] = [];

  /** Two phases are enqueued, nothing of them was begun, and no host is there. */
  static async open(): Promise<World> {
    const world = new World();
    const { bench } = world;
    const store = await bench.open(on(new FaultyFiles()));
    const phases = [newPhase({ number: 1 }), newPhase({ number: 2 })];
    new Queue(store, bench.clock, silentLogger).enqueue({
      title: "Two",
      sourceSha256: "0",
      context: "",
      runner: "shell",
      priority: 50,
      phases,
    });
    await bench.close(store);
    return world;
  }

  async come(how: { readonly takeOver?: boolean } = {}): Promise<boolean> {
    if (this.host) {
      return false;
    }
    const { paths } = this.bench;
    const clock = new FakeClock(this.now);
    const store = await this.bench.open({ ...on(new FaultyFiles()), clock, ...how });
    const queue = new Queue(store, clock, silentLogger);
    const coordinator = new Coordinator({
      queue,
      runner: this.runner(new PreparedFolders({ PATH: process.env["PATH"] }, clock)),
      clock,
      logger: silentLogger,
      workspace: this.bench.workspace,
      hopperFolder: paths.folder,
      runners: () => runners,
      maxConcurrentPhases: () => 1,
    });
    this.host = { store, queue, coordinator, clock };
    await coordinator.recover({ distrust: false });
    coordinator.start();
    await settled();
    await this.bury();
    return true;
  }

  /** The host stands still, and another one takes the queue over. */
  async takeOver(): Promise<boolean> {
    if (!this.host || this.stalled) {
      return false;
    }
    this.stalled = this.host;
    this.host = undefined;
    return this.come({ takeOver: true });
  }

  /** The host that stood still goes on as if nothing had happened, until it finds the new one. */
  async wake(): Promise<boolean> {
    const { stalled } = this;
    if (!stalled) {
      return false;
    }
    const before = this.outside();
    stalled.clock.advance(1000);
    await settled();
    assert.throws(() => stalled.queue.setPaused(true), /taken over/);
    await this.forget(stalled);
    await settled();
    assert.equal(this.outside(), before, "a host that was taken over from has changed something");
    this.stalled = undefined;
    return true;
  }

  /** All that a host can change outside of itself. */
  private outside(): string {
    const { folder } = this.bench.paths;
    const files = this.bench.names().map((name) => {
      const path = join(folder, name);
      return statSync(path).isFile() ? [name, digestOf(readFileSync(path))] : [name];
    });
    const attempts = [...this.attempts].filter(([folder]) => existsSync(folder));
    return JSON.stringify([files, attempts, this.orders]);
  }

  /** The host looks at everything, or a new one comes; and is killed at this moment, if it gets there. */
  async dieIn(moment: Moment): Promise<boolean> {
    this.trap = moment;
    if (!(await this.look())) {
      await this.come();
    }
    const sprung = this.isSprung();
    this.trap = undefined;
    return sprung;
  }

  /** A person stops the phase that runs; with the moment "stop" the host is killed before it is. */
  async cancel(moment?: Moment): Promise<boolean> {
    const running = this.host && this.phases().find(({ status }) => status === "running");
    if (!this.host || !running) {
      return false;
    }
    this.trap = moment;
    // Not waited for: a host that is killed meanwhile never answers.
    this.host.coordinator.cancel(running.queue_id).catch(() => undefined);
    await settled();
    const sprung = this.isSprung();
    this.trap = undefined;
    await this.bury();
    return moment === undefined || sprung;
  }

  private isSprung(): boolean {
    return this.trap === undefined;
  }

  async die(): Promise<boolean> {
    if (!this.host) {
      return false;
    }
    this.kill();
    await this.bury();
    return true;
  }

  async look(): Promise<boolean> {
    if (!this.host) {
      return false;
    }
    this.host.clock.advance(1000);
    this.now = this.host.clock.now();
    await settled();
    await this.bury();
    return true;
  }

  /** An order of a host that is long dead arrives now. */
  orderAgain(): boolean {
    const [folder] = this.sent;
    if (folder === undefined || this.orders.length > 1) {
      return false;
    }
    this.orders.push(folder);
    return true;
  }

  take(): boolean {
    const folder = this.orders.shift();
    if (folder === undefined) {
      return false;
    }
    const attempt = this.at(folder);
    if (attempt && !attempt.started) {
      attempt.started = { pid: ++this.pid, startTime: "1", bootId: boot };
      attempt.alive = !attempt.stopped;
    }
    return true;
  }

  end(): boolean {
    return this.ofLiving((attempt) => {
      attempt.ended = true;
      attempt.alive = false;
    });
  }

  dieOfWrapper(): boolean {
    return this.ofLiving((attempt) => {
      attempt.alive = false;
    });
  }

  async retry(): Promise<boolean> {
    const failed = this.host && this.phases().find(({ status }) => status === "failed");
    if (!failed) {
      return false;
    }
    this.retries++;
    this.queue.retry(failed.queue_id);
    await settled();
    await this.bury();
    return true;
  }

  /** What must be so at any time. */
  check(when: string): void {
    assert.deepEqual(this.broken, [], when);
    const all = [...this.attempts.values()];
    for (const number of [1, 2]) {
      const started = all.filter(({ phase, started }) => phase === number && started);
      assert.ok(started.length <= 1 + this.retries, `${when}: ${number} ran twice, unasked`);
    }
    assert.ok(all.filter(({ alive }) => alive).length <= 1, `${when}: two run at once`);
    const [first, second] = [1, 2].map((number) => all.filter(({ phase }) => phase === number));
    assert.ok(
      !second?.some(({ started }) => started) || first?.some(({ ended }) => ended),
      `${when}: Phase 2 was started before Phase 1 had ended`,
    );
    for (const { status, phase_number } of this.host ? this.phases() : []) {
      const ended = all.some(({ phase, ended: over }) => phase === phase_number && over);
      assert.ok(status !== "completed" || ended, `${when}: ${phase_number} never ended`);
    }
  }

  /** What tells this state from others, whatever ids and times are in it. */
  state(): string {
    const rows = this.host?.queue.phases({ content: false }) ?? [];
    return JSON.stringify([
      this.host ? rows.map(({ status, attempts }) => [status, attempts]) : "no host",
      [...this.attempts].map(([folder, { phase, started, alive, stopped, ended }]) => [
        [phase, started !== undefined, alive, stopped, ended, existsSync(folder)],
        this.orders.filter((order) => order === folder).length,
      ]),
      this.host ? "" : this.stored,
      this.stalled !== undefined,
      this.retries,
    ]);
  }

  /** From here everybody does what they should: both phases are completed in the end. */
  async comeToAnEnd(when: string): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      await this.come();
      this.queue.setPaused(false);
      while (this.take()) {
        // Orders that come late, too.
      }
      this.end();
      await this.look();
      this.check(`${when}, then the end`);
      if (this.phases().every(({ status }) => status === "completed")) {
        return;
      }
      await this.retry();
    }
    const statuses = this.phases().map(({ status, reason }) => reason ?? status);
    assert.fail(`${when}: a phase is lost: ${statuses.join()}`);
  }

  async close(): Promise<void> {
    await this.die();
    if (this.stalled) {
      await this.forget(this.stalled);
    }
    await this.bench.remove();
    await this.copy.remove();
  }

  private get queue(): Queue {
    assert.ok(this.host);
    return this.host.queue;
  }

  private phases(): ReturnType<Queue["phases"]> {
    return this.queue.phases({ content: false });
  }

  private at(folder: string): Attempt | undefined {
    return existsSync(folder) ? this.attempts.get(folder) : undefined;
  }

  private ofLiving(work: (attempt: Attempt) => void): boolean {
    const attempt = [...this.attempts.values()].find(({ alive }) => alive);
    if (attempt) {
      work(attempt);
    }
    return attempt !== undefined;
  }

  private reach(moment: Moment): void {
    if (this.trap === moment && !this.atDeath) {
      this.trap = undefined;
      this.kill();
    }
  }

  /** The disk as it is now is what the next host finds. */
  private kill(): void {
    const attempts = new Map(
      [...this.attempts].map(([folder, attempt]) => [folder, { ...attempt }]),
    );
    this.atDeath = { attempts, orders: [...this.orders], sent: [...this.sent] };
    cpSync(this.bench.paths.folder, this.copy.paths.folder, { recursive: true });
  }

  /** Lets a killed host go, and undoes what it has done since. */
  private async bury(): Promise<void> {
    if (!this.atDeath || !this.host) {
      return;
    }
    await this.forget(this.host);
    const { folder } = this.bench.paths;
    rmSync(folder, { recursive: true });
    cpSync(this.copy.paths.folder, folder, { recursive: true });
    rmSync(this.copy.paths.folder, { recursive: true });
    this.attempts = this.atDeath.attempts;
    this.orders = this.atDeath.orders;
    this.sent = this.atDeath.sent;
    this.atDeath = undefined;
    this.host = undefined;
    this.stored = await this.bench.replayed((database) =>
      JSON.stringify(
        database.all(
          `SELECT status, state, stop_requested FROM phase_queue
           LEFT JOIN attempts USING (attempt_id) ORDER BY phase_number`,
        ),
      ),
    );
  }

  private async forget({ coordinator, store }: Host): Promise<void> {
    coordinator.dispose();
    await this.bench.close(store);
  }

  /** @param folders the real ones: what a host makes ahead, and takes back, is its own. */
  private runner(folders: PreparedFolders): AttemptRunner {
    const hints = new EventEmitter<string>(fail);
    const failures = new EventEmitter<{ folder: string; message: string }>(fail);
    return {
      bootId: boot,
      onHint: hints.event,
      onDidFailToStart: failures.event,
      prepare: (request) => {
        this.noteFolder(request);
        folders.prepare(request);
        this.reach("prepare");
        return { command: ["sh"] };
      },
      prepareAhead: (request) => {
        this.noteFolder(request);
        folders.prepareAhead(request);
      },
      launch: (folder) => {
        this.reach("claim");
        this.orders.push(folder);
        this.sent.push(folder);
        this.reach("launch");
      },
      settle: (folder) => folders.forget(folder),
      inspect: (folder) => this.inspect(folder),
      isAlive: ({ pid }) =>
        [...this.attempts.values()].some(({ started, alive }) => alive && started?.pid === pid),
      judge: () => ({ outcome: "completed", exitCode: 0 }),
      outputSize: () => 0,
      capOutput: () => Promise.resolve(),
      stop: (folder) => {
        this.reach("stop");
        const attempt = this.attempts.get(folder);
        if (attempt) {
          Object.assign(attempt, { alive: false, stopped: true });
        }
        return Promise.resolve();
      },
      dispose: () => undefined,
    };
  }

  /** The folder of an attempt is about to be made, or one that was made ahead for it to be used. */
  private noteFolder({ folder, attemptId, phaseNumber }: AttemptRequest): void {
    const known = this.attempts.get(folder);
    if (existsSync(folder)) {
      if (known?.attemptId !== attemptId) {
        this.broken.push("an attempt's folder was made twice");
      }
      return;
    }
    if (known?.started) {
      this.broken.push("what was started was made anew");
    }
    // Behind the others again: a state is told by their order.
    this.attempts.delete(folder);
    this.attempts.set(folder, {
      attemptId,
      phase: phaseNumber,
      alive: false,
      stopped: false,
      ended: false,
    });
  }

  private inspect(folder: string): AttemptInspection {
    const attempt = this.at(folder);
    if (!attempt) {
      return { prepared: false, alive: false };
    }
    const { started, alive, ended } = attempt;
    return {
      prepared: true,
      preparedInBoot: boot,
      alive,
      ...(started && { started }),
      ...(ended && { exit: { step: 0, code: 0, signal: null } }),
    };
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function fail(error: unknown): never {
  throw error;
}
