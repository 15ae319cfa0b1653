import * as fs from "node:fs";
import { createInterface } from "node:readline";
import { systemClock } from "../../../src/core/base/clock";
import type { Logger } from "../../../src/core/base/log";
import { createHopper } from "../../../src/core/hopper";
import { currentMachine } from "../../../src/core/ownership/machine";
import { currentUser, openStateFolder } from "../../../src/core/ownership/stateFolder";
import type { StoreFileSystem } from "../../../src/core/queue/storeFiles";
import { builtInRunners } from "../../../src/core/runner/presets";
import { assetsIn } from "../../support/assets";
import { Dice } from "../../support/dice";

/** What a host holds at one moment, after its memory was tidied. */
export interface Gauge {
  readonly rss: number;
  /** What the program itself still refers to, outside JavaScript's memory, too. */
  readonly used: number;
  readonly descriptors: number;
  readonly sockets: number;
  readonly resources: number;
}

/** Each operation may take its time, as on a disk that others are busy with. */
function slowFiles(dice: Dice): StoreFileSystem {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const pause = (): void => {
    if (dice.below(25) === 0) {
      Atomics.wait(cell, 0, 0, dice.below(30));
    }
  };
  return new Proxy(fs, {
    get: (target, name: keyof StoreFileSystem) => {
      const operation: unknown = target[name];
      return typeof operation === "function"
        ? (...args: unknown[]): unknown => {
            pause();
            const result: unknown = Reflect.apply(operation, target, args);
            return result;
          }
        : operation;
    },
  });
}

function gauge(): Gauge {
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const descriptors = fs.readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [fs.readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // The one with which the folder itself was read.
      return [];
    }
  });
  return {
    rss,
    used: heapUsed + external,
    descriptors: descriptors.length,
    sockets: descriptors.filter((target) => target.startsWith("socket:")).length,
    resources: process.getActiveResourcesInfo().length,
  };
}

/**
 * Owns a queue and runs whatever is ready until it is told to stop, or is killed. Says "open" then, and
 * its gauge whenever it is asked. What it leaves open keeps it from ending.
 *
 * usage: node --expose-gc host.js WORKSPACE ASSETS_FOLDER SEED
 */
async function host(workspace: string, assets: string, seed: number): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => say(`warning: ${message}`),
    error: (message, error) =>
      say(`error: ${message} ${error instanceof Error ? (error.stack ?? "") : String(error)}`),
  };
  const user = currentUser();
  const hopper = await createHopper({
    workspace,
    program: "cli",
    version: "test",
    assets: assetsIn(assets),
    clock: systemClock,
    logger,
    state: openStateFolder(user),
    machine: currentMachine(user),
    environment: process.env,
    runners: () => builtInRunners,
    maxConcurrentPhases: () => 4,
    files: slowFiles(new Dice(seed)),
  });
  hopper.onDidLoseWorkspace(({ message }) => say(`error: ${message}`));
  hopper.notices.forEach((notice) => say(`notice: ${notice}`));
  hopper.run();
  console.log("open");
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    if (line === "gauge") {
      console.log(JSON.stringify(gauge()));
    } else {
      break;
    }
  }
  process.stdin.destroy();
  await hopper.stop();
}

const [workspace = "", assets = "", seed = ""] = process.argv.slice(2);
void host(workspace, assets, Number(seed));
