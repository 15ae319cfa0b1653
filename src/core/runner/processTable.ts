import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { type ProcessState, readProcess } from "./processIdentity";

/** The machine's processes, as far as this user may look at them. */
export interface ProcessTable {
  /** Pids of all processes. */
  pids(): readonly number[];
  /** One process, or undefined when it is gone. */
  read(pid: number): ProcessState | undefined;
  /** The ids in the process's `HOPPER_ANCESTRY`; none when it has none or may not be looked at. */
  ancestry(pid: number): readonly string[];
  /** The process's command line as people read it, cut after some hundred characters. */
  command(pid: number): string;
  /** The pid that was given out last; undefined where the system does not tell. */
  lastPid(): number | undefined;
}

/** The table of the system this runs on. */
export function systemProcesses(): ProcessTable {
  if (process.platform === "linux") {
    return linuxProcesses;
  }
  return process.platform === "win32" ? windowsProcesses() : psProcesses();
}

const linuxProcesses: ProcessTable = {
  pids: () =>
    readdirSync("/proc")
      .filter((name) => /^[0-9]+$/.test(name))
      .map(Number),
  read: readProcess,
  ancestry(pid) {
    try {
      return ancestryIn(readEnvironment(pid).split("\0"));
    } catch {
      // Gone, or another user's.
      return [];
    }
  },
  command(pid) {
    try {
      return readCommand(pid);
    } catch {
      return "";
    }
  },
  lastPid() {
    const last = Number(readFileSync("/proc/loadavg", "latin1").trim().split(" ").at(-1));
    return Number.isInteger(last) ? last : undefined;
  },
};

/**
 * In the middle of an `exec` a process shows no environment for some microseconds; who looks just
 * then must look again. Kernel threads have none at all: their stat says so by the absence of memory.
 */
function readEnvironment(pid: number): string {
  for (let looks = 0; looks < 50; looks += 1) {
    const text = readFileSync(`/proc/${pid}/environ`, "latin1");
    if (text !== "" || readFileSync(`/proc/${pid}/statm`, "latin1").startsWith("0 ")) {
      return text;
    }
  }
  return "";
}

const longestCommand = 500;

/** A command line can have megabytes: its start is read. */
function readCommand(pid: number): string {
  const file = openSync(`/proc/${pid}/cmdline`, "r");
  try {
    const start = Buffer.alloc(longestCommand);
    const length = readSync(file, start, 0, longestCommand, 0);
    return start.toString("utf8", 0, length).replaceAll("\0", " ").trim();
  } finally {
    closeSync(file);
  }
}

const psLine = /^\s*([0-9]+)\s+([0-9]+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s(.*)$/;

/**
 * macOS and the BSDs: `ps` is asked once for all, for each call costs tens of milliseconds. `-E`
 * appends the environment to the command of one's own processes; instead of sessions, which it does
 * not tell, there are process groups, of which a detached wrapper leads one too.
 */
function psProcesses(): ProcessTable {
  const states = new Map<number, ProcessState>();
  const commands = new Map<number, string>();
  const columns = "pid=,pgid=,stat=,lstart=,command=";
  for (const line of run("/bin/ps", ["-axww", "-E", "-o", columns]).split("\n")) {
    const [, pid, group, state = "", start = "", command = ""] = psLine.exec(line) ?? [];
    if (pid !== undefined) {
      states.set(Number(pid), {
        pid: Number(pid),
        startTime: start.replaceAll(/\s+/g, " "),
        session: Number(group),
        zombie: state.startsWith("Z"),
      });
      commands.set(Number(pid), command);
    }
  }
  return {
    pids: () => [...states.keys()],
    read: (pid) => states.get(pid),
    ancestry: (pid) => ancestryIn((commands.get(pid) ?? "").split(" ")),
    // Asked for alone, for here the environment stands behind it.
    command: (pid) =>
      run("/bin/ps", ["-ww", "-o", "command=", "-p", String(pid)])
        .trim()
        .slice(0, longestCommand),
    lastPid: () => undefined,
  };
}

/** Windows shows no foreign environment: there a tree is ended by its root, see windowsTree. */
function windowsProcesses(): ProcessTable {
  return {
    pids: () => [],
    read: readProcess,
    ancestry: () => [],
    command: () => "",
    lastPid: () => undefined,
  };
}

function ancestryIn(variables: readonly string[]): readonly string[] {
  const marker = "HOPPER_ANCESTRY=";
  const found = variables.find((variable) => variable.startsWith(marker));
  return found === undefined ? [] : found.slice(marker.length).split(":");
}

function run(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, LC_ALL: "C" },
    });
  } catch {
    return "";
  }
}
