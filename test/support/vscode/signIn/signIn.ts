import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** The folder of an extension, ready to be installed. */
export interface BuiltExtension {
  readonly folder: string;
  remove(): void;
}

/** Builds the extension that stands in for VS Code's sign-in to GitHub Enterprise. */
export async function buildSignIn(): Promise<BuiltExtension> {
  const folder = mkdtempSync(join(tmpdir(), "hopper-sign-in-"));
  await build({
    entryPoints: [join(__dirname, "extension.ts")],
    outfile: join(folder, "extension.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["vscode"],
    logLevel: "error",
  });
  const manifest = {
    name: "sign-in",
    publisher: "test",
    version: "0.0.1",
    engines: { vscode: "^1.90.0" },
    main: "./extension.js",
    contributes: { authentication: [{ id: "github-enterprise", label: "GitHub" }] },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
