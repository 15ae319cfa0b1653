import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { serverInstallation } from "./installation";
import { VsCodeServer } from "./server";
import { workbenchUrl } from "./workbench";

/**
 * Opens VS Code with the extension and a copy of the examples, so that running them leaves the
 * checkout as it is: the `code` command where there is one, else a server and the default browser.
 */
async function start(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "phase-hopper-examples-"));
  const workspace = join(root, "examples");
  cpSync("examples", workspace, { recursive: true });
  const windows = process.platform === "win32";
  const development = `--extensionDevelopmentPath=${resolve(".")}`;
  if (spawnSync("code", ["--version"], { shell: windows }).status === 0) {
    // The window stays open after us and needs the copy: it is left to the system's clean-up.
    const opened = spawnSync("code", [development, "--new-window", workspace], { shell: windows });
    console.log(`VS Code opened ${workspace} with the extension.`);
    process.exitCode = opened.status ?? 1;
    return;
  }
  const server = await VsCodeServer.start(await serverInstallation(), {
    extension: resolve("."),
    settings: { "security.workspace.trust.enabled": true },
  });
  const url = workbenchUrl(server, { workspace });
  console.log(`VS Code with the extension and the examples: ${url}\nCtrl-C ends it.`);
  openInBrowser(url);
  await new Promise<void>((end) => {
    // The programs above us pass on what the terminal sends us too: a second one must not cut the
    // clean-up short.
    process.on("SIGINT", () => end());
    process.on("SIGTERM", () => end());
    process.on("SIGHUP", () => end());
  });
  await server.stop();
  rmSync(root, { recursive: true, force: true });
}

function openInBrowser(url: string): void {
  const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ["open"],
    win32: ["cmd", "/c", "start", ""],
  };
  const [program = "xdg-open", ...args] = openers[process.platform] ?? ["xdg-open"];
  const opener = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  // Without a browser the printed address has to do.
  opener.on("error", () => undefined);
  opener.unref();
}

start().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
