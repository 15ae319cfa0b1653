import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Assets } from "../core/base/assets";

/** The files beside a bundle; its path may be a link, as the ones that npm makes for programs. */
export function assetsBeside(bundle: string): Assets {
  const folder = dirname(realpathSync(bundle));
  return {
    sqlWasm: join(folder, "sql-wasm.wasm"),
    planWorker: join(folder, "planWorker.js"),
    snapshotWorker: join(folder, "snapshotWorker.js"),
    historyWorker: join(folder, "historyWorker.js"),
    wrapperScript: join(folder, "wrapper.sh"),
    wrapperProgram: join(folder, "wrapper.js"),
    launcherScript: join(folder, "launcher.sh"),
  };
}
