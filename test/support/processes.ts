import { readdirSync, readFileSync } from "node:fs";
import { eventually } from "./eventually";

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** Processes whose environment holds `NAME=value`: whoever they are the children of. */
export function processesWith(name: string, value: string): FoundProcess[] {
  const marker = `${name}=${value}`;
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const environment = readFileSync(`/proc/${entry}/environ`, "latin1").split("\0");
        const state = readFileSync(`/proc/${entry}/stat`, "latin1");
        const isZombie = /\) [ZX] /.test(state);
        return environment.includes(marker) && !isZombie
          ? [{ pid: Number(entry), command: commandOf(entry) }]
          : [];
      } catch {
        // It ended while we looked, or it is somebody else's.
        return [];
      }
    });
}

/** Waits until nobody carries the marker; whoever stays is ended, and the test with it. */
export async function assertNobodyLeft(name: string, value: string): Promise<void> {
  try {
    await eventually("no process is left", () => processesWith(name, value).length === 0);
  } catch {
    const left = processesWith(name, value);
    for (const { pid } of left) {
      endProcess(pid);
    }
    throw new Error(`Processes were left: ${left.map(({ command }) => command).join("; ")}`);
  }
}

/** Kills a process that may be gone already. */
export function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended on its own.
  }
}

function commandOf(pid: string): string {
  return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim();
}
