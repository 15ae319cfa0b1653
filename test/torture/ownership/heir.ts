/**
 * A process of its own that follows a workspace's owner and becomes the owner when that one ends, over
 * and over. As the owner it commits something, says so, and goes when it is told to.
 */
import * as fs from "node:fs";
import { createInterface } from "node:readline";
import * as z from "zod";
import { delay, systemClock } from "../../../src/core/base/clock";
import { HopperError } from "../../../src/core/base/errors";
import { parseJson } from "../../../src/core/base/validate";
import { silentLogger } from "../../../src/core/base/log";
import { createHopper, type Hopper } from "../../../src/core/hopper";
import { currentMachine } from "../../../src/core/ownership/machine";
import { OwnerWatch } from "../../../src/core/ownership/ownerWatch";
import { openStateFolder } from "../../../src/core/ownership/stateFolder";
import { builtInRunners } from "../../../src/core/runner/presets";
import { userIn } from "../../unit/ownership/userIn";

const [root = "", workspace = "", assets = "{}"] = process.argv.slice(2);
const user = userIn(root);
const state = openStateFolder(user);
const machine = currentMachine(user);
const common = { workspace, state, machine, clock: systemClock, logger: silentLogger };
const assetsSchema = z.object({
  sqlWasm: z.string(),
  snapshotWorker: z.string(),
  historyWorker: z.string(),
  planWorker: z.string(),
  wrapperScript: z.string(),
  wrapperProgram: z.string(),
  launcherScript: z.string(),
});
let hopper: Hopper | undefined;
/** When this process last did something with the queue's files. */
let lastTouch = 0;
const files = new Proxy(fs, {
  get: (target, name): unknown => {
    lastTouch = Date.now();
    const value: unknown = Reflect.get(target, name);
    return value;
  },
});

async function inherit(): Promise<void> {
  try {
    hopper = await createHopper({
      ...common,
      program: "vscode",
      version: "1.2.3",
      assets: parseJson(assetsSchema, assets, "the assets"),
      environment: {},
      files,
      runners: () => builtInRunners,
      maxConcurrentPhases: () => 1,
    });
    await hopper.setPaused(hopper.queue.pausedReason === undefined);
    console.log("owner");
  } catch (error) {
    if (!(error instanceof HopperError) || error.kind !== "owned") {
      throw error;
    }
    follow();
  }
}

function follow(): void {
  const watch = new OwnerWatch(common);
  watch.onDidEnd(() => {
    watch.dispose();
    void inherit();
  });
}

async function leave(): Promise<void> {
  await hopper?.stop();
  hopper = undefined;
  console.log(`left ${lastTouch}`);
  // Not the one that left, but those that follow it, shall be next.
  await delay(systemClock, 300);
  await inherit();
}

createInterface({ input: process.stdin }).on("line", () => void leave());
void inherit();
