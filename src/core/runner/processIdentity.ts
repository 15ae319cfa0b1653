import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { errorCode } from "../base/errors";
import type { ProcessIdentity } from "../protocol/attempts";

/** What the system's process table says about one process. */
export interface ProcessState {
  readonly pid: number;
  readonly startTime: string;
  /** Id of the session's leader; 0 where the system does not tell. */
  readonly session: number;
  /** It has ended and only waits to be collected: as good as gone. */
  readonly zombie: boolean;
}

let cachedBootId: string | undefined;

/** Tells this boot of the machine from every other. */
export function currentBootId(): string {
  cachedBootId ??= readBootId();
  return cachedBootId;
}

function readBootId(): string {
  if (process.platform === "linux") {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  }
  if (process.platform === "win32") {
    return powershell("(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToFileTimeUtc()");
  }
  // "{ sec = 1700000000, usec = 1 } …": the time of the boot is as good as an id.
  return run("/usr/sbin/sysctl", ["-n", "kern.boottime"]).replaceAll(/[^0-9]+/g, "-");
}

/**
 * The process with this pid, or undefined when there is none. On Linux other trouble (too many open
 * files) is thrown: it must not pass for a death.
 */
export function readProcess(pid: number): ProcessState | undefined {
  if (process.platform === "linux") {
    try {
      return parseStat(pid, readFileSync(`/proc/${pid}/stat`, "latin1"));
    } catch (error) {
      if (["ENOENT", "ESRCH"].includes(errorCode(error) ?? "")) {
        return undefined;
      }
      throw error;
    }
  }
  try {
    if (process.platform === "win32") {
      const startTime = powershell(`(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`);
      return startTime === "" ? undefined : { pid, startTime, session: 0, zombie: false };
    }
    const line = run("/bin/ps", ["-o", "stat=,lstart=", "-p", String(pid)]);
    const [state = "", ...start] = line.split(/\s+/);
    return { pid, startTime: start.join(" "), session: 0, zombie: state.startsWith("Z") };
  } catch {
    return undefined;
  }
}

/**
 * Reads a line of `/proc/<pid>/stat`. The second field is the program's name in parentheses, in
 * which anything can stand, a `)` and spaces too: the fields are counted from the last `)`.
 */
export function parseStat(pid: number, stat: string): ProcessState | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const session = Number(fields[6 - 3]);
  const startTime = fields[22 - 3];
  return state === undefined || startTime === undefined
    ? undefined
    : { pid, startTime, session, zombie: state === "Z" || state === "X" };
}

/**
 * Start times of processes once found alive, by pid. Where a look costs a process of its own, the
 * system's plain "is there such a pid" must do from then on: a pid that is looked at every second
 * does not change hands in between.
 */
const recognised = new Map<number, string>();

/** Whether exactly this process lives: the same start and boot, and not a zombie. */
export function isAlive({ pid, startTime, bootId }: ProcessIdentity): boolean {
  if (bootId !== currentBootId() || pid <= 0) {
    return false;
  }
  if (process.platform !== "linux" && recognised.get(pid) === startTime && hasProcess(pid)) {
    return true;
  }
  recognised.delete(pid);
  const found = readProcess(pid);
  const same = found !== undefined && !found.zombie && found.startTime === startTime;
  if (same) {
    recognised.set(pid, startTime);
  }
  return same;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** Who this process is. */
export function ownIdentity(): ProcessIdentity {
  const startTime = readProcess(process.pid)?.startTime ?? "unknown";
  return { pid: process.pid, startTime, bootId: currentBootId() };
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    windowsHide: true,
    env: { ...process.env, LC_ALL: "C" },
  }).trim();
}

function powershell(expression: string): string {
  return run("powershell.exe", ["-NoProfile", "-NonInteractive", "-Command", expression]);
}
