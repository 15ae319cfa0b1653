import { join, resolve } from "node:path";
import type { Assets } from "../../src/core/base/assets";

/** What the core needs beside its own code, where `npm run build` put it. */
export function assetsIn(folder: string): Assets {
  return {
    sqlWasm: join(folder, "sql-wasm.wasm"),
    snapshotWorker: join(folder, "snapshotWorker.js"),
    historyWorker: join(folder, "historyWorker.js"),
    planWorker: join(folder, "planWorker.js"),
    wrapperScript: join(folder, "wrapper.sh"),
    wrapperProgram: join(folder, "wrapper.js"),
    launcherScript: join(folder, "launcher.sh"),
  };
}

/** Where `npm run build` puts what the core needs. */
export const dist = resolve(__dirname, "../../dist");
export const builtAssets = assetsIn(dist);
