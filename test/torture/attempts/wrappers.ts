import { existsSync } from "node:fs";
import { EventEmitter } from "../../../src/core/base/event";
import type {
  AttemptInspection,
  AttemptRequest,
  AttemptRunner,
  ProcessIdentity,
} from "../../../src/core/protocol/attempts";
import type { PreparedFolders } from "../../../src/core/runner/preparedFolders";

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

/** Attempts and orders at one moment. */
export interface WrappersAsTheyAre {
  readonly attempts: ReadonlyMap<string, Attempt>;
  readonly orders: readonly string[];
  readonly sent: readonly string[];
}

/** Wrappers that do what a test lets them do, and what they and the hosts left on the disk. */
export class Wrappers {
  /** What a host did that it never may; thrown at it, it would only be one more trouble to mend. */
  readonly broken: string[] = [];
  private readonly known = new Map<string, Attempt>();
  /** Folders that launchers were told of and no wrapper has looked at yet. */
  private orders: string[] = [];
  private sent: string[] = [];
  private pid = 100;

  /** Those that were ever prepared. */
  attempts(): readonly Readonly<Attempt>[] {
    return [...this.known.values()];
  }

  /** What of it a host can change: attempts whose folders are there, and orders. */
  onDisk(): unknown {
    return [[...this.known].filter(([folder]) => existsSync(folder)), this.orders];
  }

  /** What tells this from other states, whatever ids are in it. */
  state(): unknown {
    return [...this.known].map(([folder, { phase, started, alive, stopped, ended }]) => [
      [phase, started !== undefined, alive, stopped, ended, existsSync(folder)],
      this.orders.filter((order) => order === folder).length,
    ]);
  }

  asTheyAre(): WrappersAsTheyAre {
    return {
      attempts: new Map([...this.known].map(([folder, attempt]) => [folder, { ...attempt }])),
      orders: [...this.orders],
      sent: [...this.sent],
    };
  }

  /** What came after that moment never happened. */
  goBackTo({ attempts, orders, sent }: WrappersAsTheyAre): void {
    this.known.clear();
    for (const [folder, attempt] of attempts) {
      this.known.set(folder, attempt);
    }
    this.orders = [...orders];
    this.sent = [...sent];
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

  /** A wrapper takes the next order, unless another one did. */
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

  /** The one that lives leaves its exit record. */
  end(): boolean {
    return this.ofLiving((attempt) => {
      attempt.ended = true;
      attempt.alive = false;
    });
  }

  /** The one that lives leaves nothing. */
  die(): boolean {
    return this.ofLiving((attempt) => {
      attempt.alive = false;
    });
  }

  /**
   * What a host has of them.
   *
   * @param folders the real ones: what a host makes ahead, and takes back, is its own.
   * @param reach told when the host comes to a moment.
   */
  runner(folders: PreparedFolders, reach: (moment: Moment) => void): AttemptRunner {
    const hints = new EventEmitter<string>(fail);
    const failures = new EventEmitter<{ folder: string; message: string }>(fail);
    return {
      bootId: boot,
      onHint: hints.event,
      onDidFailToStart: failures.event,
      prepare: (request) => {
        this.noteFolder(request);
        folders.prepare(request);
        reach("prepare");
        return { command: ["sh"] };
      },
      prepareAhead: (request) => {
        this.noteFolder(request);
        folders.prepareAhead(request);
      },
      launch: (folder) => {
        reach("claim");
        this.orders.push(folder);
        this.sent.push(folder);
        reach("launch");
      },
      settle: (folder) => folders.forget(folder),
      inspect: (folder) => this.inspect(folder),
      isAlive: ({ pid }) =>
        this.attempts().some(({ started, alive }) => alive && started?.pid === pid),
      judge: () => ({ outcome: "completed", exitCode: 0 }),
      outputSize: () => 0,
      capOutput: () => Promise.resolve(),
      stop: (folder) => {
        reach("stop");
        const attempt = this.known.get(folder);
        if (attempt) {
          Object.assign(attempt, { alive: false, stopped: true });
        }
        return Promise.resolve();
      },
      dispose: () => undefined,
    };
  }

  private at(folder: string): Attempt | undefined {
    return existsSync(folder) ? this.known.get(folder) : undefined;
  }

  private ofLiving(work: (attempt: Attempt) => void): boolean {
    const attempt = [...this.known.values()].find(({ alive }) => alive);
    if (attempt) {
      work(attempt);
    }
    return attempt !== undefined;
  }

  /** The folder of an attempt is about to be made, or one that was made ahead for it to be used. */
  private noteFolder({ folder, attemptId, phaseNumber }: AttemptRequest): void {
    const known = this.known.get(folder);
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
    this.known.delete(folder);
    this.known.set(folder, {
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

function fail(error: unknown): never {
  throw error;
}
