import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";
import type { Assets } from "../../../../src/core/base/assets";

let folder: string | undefined;

/**
 * What the store needs beside its own code, the snapshot thread built from the present sources. To
 * be called in a `before`; {@link removeAssets} belongs into an `after`.
 */
export async function buildAssets(): Promise<Assets> {
  folder = mkdtempSync(join(tmpdir(), "hopper-assets-"));
  const snapshotWorker = join(folder, "snapshotWorker.js");
  await build({
    entryPoints: [resolve(__dirname, "../../../../src/core/queue/snapshotWorker.ts")],
    outfile: snapshotWorker,
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "error",
  });
  return { ...unbuiltAssets, snapshotWorker };
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
  wrapperScript: "",
  wrapperProgram: "",
  launcherScript: "",
};
