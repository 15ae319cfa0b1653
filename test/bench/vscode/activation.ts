import { existsSync, readdirSync, readlinkSync, renameSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { extensionId } from "../../../src/vscode/contributions";
import { watchScript } from "./scriptTime";

/** Begins the line with what was measured. */
const mark = "bench: ";

/**
 * Runs in the extension host of a real VS Code: activates the extension, in a folder in which a queue is
 * put right before where there is one, and says how long it took and what memory it cost.
 */
export async function run(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  // Beside the folder, so that VS Code does not activate the extension by itself.
  const stash = `${folder}.queue`;
  const hasQueue = existsSync(stash);
  if (hasQueue) {
    renameSync(stash, join(folder, ".hopper"));
  }
  const extension = vscode.extensions.getExtension(extensionId);
  if (!extension || extension.isActive) {
    throw new Error("the extension is not there, or active before it was measured");
  }
  const script = watchScript(join(extension.extensionPath, "dist", "extension.js"));
  const before = process.memoryUsage().rss;
  const start = performance.now();
  await extension.activate();
  const activated = performance.now() - start;
  while (hasQueue && !isOpen(join(folder, ".hopper", "queue.journal"))) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const opened = performance.now() - start;
  // What opening leaves to be collected shall not count, and the rows are drawn meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const memory = process.memoryUsage().rss - before;
  console.log(mark + JSON.stringify({ ...script, activated, opened, memory }));
}

function isOpen(path: string): boolean {
  return readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      // Closed meanwhile.
      return false;
    }
  });
}
