import * as fs from "node:fs";
import { join } from "node:path";
import { compileOnce } from "../../../src/cli/compiling";
import { systemClock } from "../../../src/core/base/clock";
import { silentLogger } from "../../../src/core/base/log";
import { Store } from "../../../src/core/queue/store";
import { storePaths } from "../../../src/core/queue/storeFiles";
import { assetsIn } from "../../support/assets";
import { lastNumber, writeSlot } from "./slots";

/**
 * Commits for ever and says each number once it is acknowledged, until it is killed.
 *
 * usage: node committer.js WORKSPACE ASSETS_FOLDER SLOTS BYTES
 */
async function commitForEver(
  workspace: string,
  assets: string,
  slots: number,
  bytes: number,
): Promise<never> {
  const store = await Store.open({
    newDatabaseId: () => "a test's",
    paths: storePaths(join(workspace, ".hopper")),
    files: fs,
    assets: assetsIn(assets),
    clock: systemClock,
    logger: silentLogger,
  });
  fs.writeSync(1, "open\n");
  for (let number = lastNumber(store.database) + 1; ; number++) {
    writeSlot(store, number, slots, bytes);
    fs.writeSync(1, `${number}\n`);
    if (number % 20 === 0) {
      // Mostly commits go on while it is made.
      const made = store.snapshot();
      await (number % 40 === 0 ? made : undefined);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

// It lives for a moment, as a command does.
compileOnce();
const [workspace = "", assets = "", slots = "", bytes = ""] = process.argv.slice(2);
void commitForEver(workspace, assets, Number(slots), Number(bytes));
