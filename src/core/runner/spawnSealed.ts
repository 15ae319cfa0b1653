import { type ChildProcess, spawn, type SpawnOptions, type StdioOptions } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { devNull } from "node:os";

export interface SealedOptions extends Omit<SpawnOptions, "stdio" | "shell"> {
  readonly stdin: "pipe" | "ignore";
}

/**
 * Starts a program that outlives this process and gets nothing but what it is given: a socket or a
 * lock that the host (or who started it) left open for its children would stay open with them. Such
 * descriptors are `/dev/null` to the program; they cannot be closed from here.
 */
export function spawnSealed(
  program: string,
  args: readonly string[],
  { stdin, ...options }: SealedOptions,
): ChildProcess {
  const stdio: Extract<StdioOptions, readonly unknown[]> = [stdin, "pipe", "pipe"];
  const leaks = inheritableDescriptors();
  if (leaks.size === 0) {
    return spawn(program, args, { ...options, stdio });
  }
  const nothing = openSync(devNull, "r+");
  try {
    for (let descriptor = 3; descriptor <= Math.max(...leaks); descriptor += 1) {
      stdio.push(leaks.has(descriptor) ? nothing : "ignore");
    }
    return spawn(program, args, { ...options, stdio });
  } finally {
    closeSync(nothing);
  }
}

/** Higher ones are let be: the list that is given to the child has an entry for each number. */
const highest = 4095;
const closedOnExec = 0o2000000;

/** Descriptors from 3 on that every child of this process would get; none where the system does not tell. */
function inheritableDescriptors(): ReadonlySet<number> {
  const found = new Set<number>();
  if (process.platform !== "linux") {
    return found;
  }
  for (const name of readdirSync("/proc/self/fdinfo")) {
    const descriptor = Number(name);
    if (descriptor > 2 && descriptor <= highest && isInheritable(name)) {
      found.add(descriptor);
    }
  }
  return found;
}

function isInheritable(descriptor: string): boolean {
  try {
    const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1");
    const flags = /^flags:\s*([0-7]+)/m.exec(info)?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closedOnExec) === 0;
  } catch {
    // Closed since: the listing's own, for one.
    return false;
  }
}
