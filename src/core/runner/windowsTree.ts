import { execFile } from "node:child_process";
import { type Clock, delay } from "../base/clock";
import type { ProcessIdentity } from "../protocol/attempts";
import { isAlive } from "./processIdentity";

const pollInterval = 200;

/**
 * Ends the wrapper and everything below it: Windows knows neither sessions nor foreign
 * environments, so the tree hangs on its root, which is checked by its creation time first.
 */
export async function stopWindowsTree(
  root: ProcessIdentity | undefined,
  clock: Clock,
  grace: number,
): Promise<void> {
  if (root === undefined || !isAlive(root)) {
    return;
  }
  await taskkill(root.pid, false);
  const end = clock.monotonic() + grace;
  while (isAlive(root) && clock.monotonic() < end) {
    await delay(clock, pollInterval);
  }
  while (isAlive(root)) {
    await taskkill(root.pid, true);
    await delay(clock, pollInterval);
  }
}

function taskkill(pid: number, force: boolean): Promise<void> {
  const args = ["/PID", String(pid), "/T", ...(force ? ["/F"] : [])];
  return new Promise((resolve) => {
    execFile("taskkill", args, { windowsHide: true }, () => resolve());
  });
}
