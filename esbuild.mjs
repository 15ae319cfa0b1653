import { copyFile, mkdir, rm } from "node:fs/promises";
import { build } from "esbuild";
import { buildInParts } from "./scripts/buildInParts.mjs";

const shared = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  minify: true,
  legalComments: "none",
  sourcemap: "linked",
  logLevel: "warning",
};

await rm("dist", { recursive: true, force: true });
await rm("test/out/suite", { recursive: true, force: true });
await mkdir("dist", { recursive: true });

await Promise.all([
  // `vscode` is not external here: an import of it anywhere below src/cli.ts breaks the build.
  buildInParts("cli", shared),
  buildInParts("extension", { ...shared, external: ["vscode"] }, { onePart: true }),
  build({ ...shared, entryPoints: ["src/wrapper.ts"], outfile: "dist/wrapper.js" }),
  build({
    ...shared,
    entryPoints: ["src/core/queue/snapshotWorker.ts"],
    outfile: "dist/snapshotWorker.js",
  }),
  build({
    ...shared,
    entryPoints: ["src/core/coordinator/historyWorker.ts"],
    outfile: "dist/historyWorker.js",
  }),
  build({
    ...shared,
    entryPoints: ["src/core/coordinator/planWorker.ts"],
    outfile: "dist/planWorker.js",
  }),
  // The hopper card: a page of its own, which knows neither the editor nor Node.
  build({
    ...shared,
    platform: "browser",
    format: "iife",
    target: "chrome124",
    entryPoints: ["webview-ui/main.tsx"],
    outdir: "dist/card",
    assetNames: "[name]",
    loader: { ".ttf": "file" },
    jsx: "automatic",
    jsxImportSource: "preact",
  }),
  build({
    ...shared,
    entryPoints: ["test/bench/vscode/activation.ts"],
    outdir: "test/out/bench",
    external: ["vscode"],
  }),
  // The tests that run inside VS Code's extension host: each file for itself, found there by name.
  build({
    ...shared,
    minify: false,
    entryPoints: ["test/vscode/index.ts", "test/vscode/**/*.test.ts"],
    outbase: "test/vscode",
    outdir: "test/out/suite",
    external: ["vscode", "mocha"],
  }),
  copyFile("src/wrapper.sh", "dist/wrapper.sh"),
  copyFile("src/launcher.sh", "dist/launcher.sh"),
  copyFile("node_modules/sql.js/dist/sql-wasm.wasm", "dist/sql-wasm.wasm"),
]);
