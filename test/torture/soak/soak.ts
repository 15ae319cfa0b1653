import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Dice } from "../../support/dice";
import { eventually } from "../../support/eventually";
import { Workspace } from "../../support/workspace";
import { type Bundle, bundle } from "../support/bundle";
import { type Balance, balance } from "./books";
import type { Gauge } from "./host";
import { HostProcess } from "./hostProcess";
import { marks } from "./plans";
import { type Archive, User } from "./user";

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

export interface SoakResult {
  readonly books: Balance;
  readonly kills: number;
  readonly reloads: number;
  readonly launchersEnded: number;
  readonly commands: number;
  readonly refused: number;
  readonly unanswered: number;
  /** The last host, before it did anything and after it had done everything. */
  readonly gauges: readonly [Gauge, Gauge];
  readonly processes: number;
}

/** So much may the log of events, which only grows, and the caches of Node add to a host's memory. */
const mostGrowth = 32 * 1024 * 1024;

/** All may come to its end by then, however busy the machine is. */
const patience = 300_000;

/**
 * Thousands of phases of small random plans, while people meddle, hosts are killed and reloaded, and the
 * disk is slow: for half of the time in many short lives of a host, then in one long one, which
 * must end as small as it began.
 *
 * @throws AssertionError when anything does not add up.
 */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const workspace = new Workspace();
  for (const folder of [marks.starts, marks.ends]) {
    mkdirSync(workspace.file(folder));
  }
  const host = await bundle(join(__dirname, "host.ts"));
  try {
    const result = await new Soak(workspace, host, options).run();
    await workspace.dispose();
    return result;
  } catch (error) {
    await workspace.abandon();
    throw error;
  } finally {
    host.remove();
  }
}

class Soak {
  private readonly dice: Dice;
  private readonly archive: Archive = new Map();
  private readonly users: readonly User[];
  private readonly tally = { kills: 0, reloads: 0, launchersEnded: 0 };
  private lives = 0;

  constructor(
    private readonly workspace: Workspace,
    private readonly program: Bundle,
    private readonly options: SoakOptions,
  ) {
    this.dice = new Dice(options.seed);
    this.users = [1, 2, 3].map(
      (number) => new User(workspace, new Dice(options.seed + number), this.archive),
    );
  }

  async run(): Promise<SoakResult> {
    const { seconds, log = () => undefined } = this.options;
    await this.meddleWhile(() => this.shortLives(seconds / 2));
    log(`${this.tally.kills} kills, ${this.tally.reloads} reloads; now one long life`);
    const host = this.bear();
    await host.opened();
    await this.finish();
    const first = await host.gauge();
    await this.meddleWhile(() => wait((seconds * 1000) / 2));
    await this.finish();
    const last = await this.settledGauge(host, first);
    await host.stop();
    await eventually("nobody is left", () => this.workspace.processes().length === 0);
    return {
      books: await this.balance(),
      ...this.tally,
      commands: sum(this.users.map(({ commands }) => commands)),
      refused: sum(this.users.map(({ refused }) => refused)),
      unanswered: sum(this.users.map(({ unanswered }) => unanswered)),
      gauges: [first, last],
      processes: this.workspace.processes().length,
    };
  }

  private bear(): HostProcess {
    const seed = this.options.seed + 100 + this.lives++;
    return new HostProcess(this.program.file, this.workspace, seed);
  }

  private async shortLives(seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const host = this.bear();
      const isKilled = this.dice.below(3) > 0;
      // Some are killed while they open the queue.
      if (!isKilled || this.dice.below(4) > 0) {
        await host.opened();
        await wait(this.dice.below(6000));
      } else {
        await wait(this.dice.below(600));
      }
      if (this.dice.below(4) === 0 && host.isOpen) {
        this.users[0]?.endLauncher();
        this.tally.launchersEnded++;
        await wait(this.dice.below(2000));
      }
      if (isKilled) {
        await host.kill();
        this.tally.kills++;
      } else {
        await host.stop();
        this.tally.reloads++;
      }
    }
  }

  /** The users do things until `work` is done. */
  private async meddleWhile(work: () => Promise<void>): Promise<void> {
    let over = false;
    const meddling = this.users.map(async (user) => {
      while (!over) {
        await user.act();
        await wait(20 + this.dice.below(100));
      }
    });
    const all = Promise.all(meddling);
    try {
      await Promise.race([work(), all]);
    } finally {
      over = true;
    }
    await all;
  }

  private async finish(): Promise<void> {
    const [user] = this.users;
    await eventually("everything is done", () => user?.finish(), patience);
  }

  /** What was closed may take its time to be gone. */
  private async settledGauge(host: HostProcess, first: Gauge): Promise<Gauge> {
    let last = first;
    await eventually("descriptors, sockets and resources are what they were", async () => {
      last = await host.gauge();
      return (
        last.descriptors <= first.descriptors &&
        last.sockets <= first.sockets &&
        last.resources <= first.resources
      );
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify([first, last])}`);
    });
    assert.ok(last.used - first.used < mostGrowth, JSON.stringify([first, last]));
    return last;
  }

  private async balance(): Promise<Balance> {
    const attempts = new Map(this.archive);
    const { phases, events } = await this.workspace.look((queue) => {
      const phases = queue.phases({ content: false });
      for (const { queue_id } of phases) {
        attempts.set(queue_id, queue.attempts(queue_id));
      }
      return { phases, events: queue.events() };
    });
    return balance({
      events,
      attempts,
      statuses: new Map(phases.map(({ queue_id, status }) => [queue_id, status])),
      starts: readdirSync(this.workspace.file(marks.starts)),
      ends: readdirSync(this.workspace.file(marks.ends)),
      twice: existsSync(this.workspace.file(marks.twice))
        ? this.workspace.read(marks.twice).trimEnd().split("\n")
        : [],
    });
  }
}

/** The result in words. */
export function inWords({ books, gauges: [first, last], ...result }: SoakResult): string {
  const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);
  return (
    `${books.phases} phases (${books.removed} removed), ${books.attempts} attempts, ` +
    `${books.starts} starts on disk, ${books.neverBegan} stopped before their first line, ` +
    `${books.twice} started twice; ${books.events} events, gapless; ${result.kills} kills, ` +
    `${result.reloads} reloads, ${result.launchersEnded} launchers ended, ${result.commands} commands ` +
    `(${result.refused} refused, ${result.unanswered} unanswered); memory in use ${megabytes(first.used)} MB at the beginning, ` +
    `${megabytes(last.used)} MB at the end (resident ${megabytes(first.rss)}, ${megabytes(last.rss)}), ` +
    `descriptors ${first.descriptors}, ${last.descriptors}, sockets ${first.sockets}, ${last.sockets}, ` +
    `${result.processes} processes left`
  );
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
