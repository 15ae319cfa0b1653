import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Clock, systemClock } from "../../../src/core/base/clock";
import type { HopperError } from "../../../src/core/base/errors";
import { silentLogger } from "../../../src/core/base/log";
import { currentMachine, type Machine } from "../../../src/core/ownership/machine";
import { takeOwnership } from "../../../src/core/ownership/ownership";
import type { OwnerRecord } from "../../../src/core/ownership/ownerRecord";
import {
  openStateFolder,
  type StateFolder,
  type UserEnvironment,
} from "../../../src/core/ownership/stateFolder";
import { userIn } from "./userIn";

/** A user with a home of its own, a workspace, and child processes that end with the test. */
export class OwnershipFixture {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "hopper-own-")));
  readonly user: UserEnvironment = userIn(this.root);
  readonly state: StateFolder = openStateFolder(this.user);
  readonly machine: Machine = currentMachine(this.user);
  readonly workspace = join(this.root, "workspace");
  readonly hopperFolder = join(this.workspace, ".hopper");
  readonly ownerFile = join(this.hopperFolder, "owner.json");
  private readonly contenders: Contender[] = [];

  constructor() {
    mkdirSync(this.hopperFolder, { recursive: true });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.contenders.map((contender) => contender.kill()));
    rmSync(this.root, { recursive: true, force: true });
  }

  take(
    change: {
      hopperFolder?: string;
      machine?: Machine;
      state?: StateFolder;
      takeOver?: boolean;
      clock?: Clock;
    } = {},
  ) {
    return takeOwnership({
      hopperFolder: this.hopperFolder,
      program: "cli",
      version: "1.2.3",
      state: this.state,
      machine: this.machine,
      clock: systemClock,
      logger: silentLogger,
      ...change,
    });
  }

  /** Leaves `owner.json` as an owner would that is gone without a clean stop. */
  leave(change: Partial<OwnerRecord> = {}): OwnerRecord {
    const record = this.record(change);
    writeFileSync(this.ownerFile, JSON.stringify(record));
    return record;
  }

  record(change: Partial<OwnerRecord> = {}): OwnerRecord {
    return {
      ownerId: "22222222-2222-4222-8222-222222222222",
      program: "vscode",
      version: "1.0.0",
      startedAt: "2026-03-01T10:02:00.000Z",
      ...this.machine.self,
      host: this.machine.host,
      machineId: this.machine.machineId,
      user: this.user.name,
      folder: { path: join(this.root, "gone"), device: "1", inode: "2" },
      pidNamespace: this.machine.pidNamespace,
      networkNamespace: this.machine.networkNamespace,
      ...change,
    };
  }

  /** Another process that tries to become an owner. */
  contender(hopperFolder = this.hopperFolder, ...flags: readonly string[]): Contender {
    const contender = new Contender(this.root, hopperFolder, flags);
    this.contenders.push(contender);
    return contender;
  }
}

export class Contender {
  readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly ended: Promise<unknown>;

  constructor(root: string, hopperFolder: string, flags: readonly string[]) {
    const script = join(__dirname, "contender.ts");
    const given = ["--import", "tsx", script, root, hopperFolder, ...flags];
    const child = spawn(process.execPath, given, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], HOME: homedir() },
    });
    this.child = child;
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.ended = new Promise((resolve) => child.once("close", resolve));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The next line it says: `ready`, then `owner …` or `refused …`. */
  async line(): Promise<string> {
    const result = await this.lines.next();
    return result.done === true ? "" : result.value;
  }

  /** Tells it to go on: from `ready` to trying, from owning to a clean stop. */
  say(word: "try" | "stop"): void {
    this.child.stdin?.write(`${word}\n`);
  }

  async end(): Promise<void> {
    await this.ended;
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

/** For `assert.rejects`: the workspace is somebody else's, and the message says so. */
export function owned(message: RegExp): (error: HopperError) => true {
  return (error) => {
    assert.equal(error.kind, "owned");
    assert.match(error.message, message);
    return true;
  };
}
