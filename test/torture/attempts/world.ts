import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "../../../src/core/base/log";
import { Coordinator } from "../../../src/core/coordinator/coordinator";
import { PreparedFolders } from "../../../src/core/runner/preparedFolders";
import { Queue } from "../../../src/core/queue/queue";
import type { Store } from "../../../src/core/queue/store";
import { runners } from "../../unit/coordinator/support/coordinatorBench";
import { settled } from "../../unit/coordinator/support/settled";
import { FaultyFiles } from "../../unit/queue/support/faultyFiles";
import { FakeClock } from "../../support/fakeClock";
import { newPhase } from "../../unit/queue/support/queueBench";
import { on, StoreBench } from "../../unit/queue/support/storeBench";
import { type Moment, Wrappers, type WrappersAsTheyAre } from "./wrappers";

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
  readonly wrappers = new Wrappers();
  private host: Host | undefined;
  /** One that stood still while another took over from it. */
  private stalled: Host | undefined;
  private trap: Moment | undefined;
  /** What the disk held when the host was killed; what it did after that never happened. */
  private atDeath: WrappersAsTheyAre | undefined;
  private now = Date.parse("2026-01-01T00:00:00Z");
  /** What the queue's files say while nobody has them open. */
  private stored = "";
  private retries = 0;

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
      runner: this.wrappers.runner(
        new PreparedFolders({ PATH: process.env["PATH"] }, clock),
        (moment) => this.reach(moment),
      ),
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
    return JSON.stringify([files, this.wrappers.onDisk()]);
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
    assert.deepEqual(this.wrappers.broken, [], when);
    const all = this.wrappers.attempts();
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
      this.wrappers.state(),
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
      while (this.wrappers.take()) {
        // Orders that come late, too.
      }
      this.wrappers.end();
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

  private reach(moment: Moment): void {
    if (this.trap === moment && !this.atDeath) {
      this.trap = undefined;
      this.kill();
    }
  }

  /** The disk as it is now is what the next host finds. */
  private kill(): void {
    this.atDeath = this.wrappers.asTheyAre();
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
    this.wrappers.goBackTo(this.atDeath);
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
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
