import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";
import type { Assets } from "../../../../src/core/base/assets";

let folder: string | undefined;

/**
 * What the core needs beside its own code, its threads built from the present sources. To
 * be called in a `before`; {@link removeAssets} belongs into an `after`.
 */
export async function buildAssets(): Promise<Assets> {
  folder = mkdtempSync(join(tmpdir(), "hopper-assets-"));
  const core = resolve(__dirname, "../../../../src/core");
  await build({
    entryPoints: [
      join(core, "queue/snapshotWorker.ts"),
      join(core, "coordinator/historyWorker.ts"),
    ],
    entryNames: "[name]",
    outdir: folder,
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "error",
  });
  return {
    ...unbuiltAssets,
    snapshotWorker: join(folder, "snapshotWorker.js"),
    historyWorker: join(folder, "historyWorker.js"),
  };
}

export function removeAssets(): void {
  if (folder !== undefined) {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sqlJs = dirname(createRequire(__filename).resolve("sql.js"));

/** For tests in which no snapshot is made: the thread is a script that does nothing. */
export const unbuiltAssets: Assets = {
  sqlWasm: join(sqlJs, "sql-wasm.wasm"),
  snapshotWorker: resolve(__dirname, "noSnapshot.cjs"),
  historyWorker: "",
  planWorker: "",
  wrapperScript: "",
  wrapperProgram: "",
  launcherScript: "",
};
