import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { errorCode } from "../base/errors";
import type { ProcessIdentity } from "../protocol/attempts";
import type { UserEnvironment } from "./stateFolder";

/** A living process, seen from this one. */
export interface ProcessView {
  /** As in ProcessIdentity; undefined where the system does not tell. */
  readonly startTime: string | undefined;
  /** Stopped by a signal or a debugger: it keeps what it holds and answers nothing. */
  readonly stopped: boolean;
}

/** What this process knows of itself, and of the machine and the container it runs in. */
export interface Machine {
  readonly self: ProcessIdentity;
  readonly host: string;
  /** Tells machines of one name apart; empty where the system has no such id. */
  readonly machineId: string;
  /** Pids mean the same to processes of one pid namespace; empty where there are none. */
  readonly pidNamespace: string;
  /** Abstract sockets exclude only processes of one network namespace. */
  readonly networkNamespace: string;
  /** The living process with this pid; undefined when there is none (a zombie is none). */
  look(pid: number): ProcessView | undefined;
}

export function currentMachine(user: UserEnvironment): Machine {
  if (user.platform === "linux") {
    return linuxMachine();
  }
  return user.platform === "darwin" ? macMachine() : plainMachine();
}

/** @param proc where the kernel's process files are; a parameter for tests. */
export function linuxMachine(proc = "/proc"): Machine {
  return {
    self: {
      pid: process.pid,
      startTime: parseStat(readFileSync(join(proc, "self/stat"), "utf8"))?.startTime ?? "",
      bootId: firstLine(join(proc, "sys/kernel/random/boot_id")),
    },
    host: hostname(),
    machineId: firstLine("/etc/machine-id"),
    pidNamespace: linkText(join(proc, "self/ns/pid")),
    networkNamespace: linkText(join(proc, "self/ns/net")),
    look(pid) {
      let stat: ReturnType<typeof parseStat>;
      try {
        stat = parseStat(readFileSync(join(proc, String(pid), "stat"), "utf8"));
      } catch {
        // Processes of other users can be hidden; a signal tells whether one is there all the same.
        return lookBySignal(pid);
      }
      if (stat === undefined) {
        return { startTime: undefined, stopped: false };
      }
      const ended = stat.state === "Z" || stat.state === "X" || stat.state === "x";
      return ended
        ? undefined
        : { startTime: stat.startTime, stopped: stat.state === "T" || stat.state === "t" };
    },
  };
}

/**
 * State and start time (fields 3 and 22) of `/proc/<pid>/stat`. The second field is the program's
 * name in parentheses, and a program may call itself `a) b (`: what counts stands after the last one.
 */
export function parseStat(
  text: string,
): { readonly state: string; readonly startTime: string } | undefined {
  const fields = text
    .slice(text.lastIndexOf(")") + 1)
    .trim()
    .split(" ");
  const state = fields[0];
  const startTime = fields[19];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}

function macMachine(): Machine {
  const look = (pid: number): ProcessView | undefined => {
    const line = run("ps", ["-o", "stat=,lstart=", "-p", String(pid)]);
    const state = line.split(/\s/, 1)[0] ?? "";
    return line === "" || state.startsWith("Z")
      ? undefined
      : { startTime: line.slice(state.length).trim(), stopped: state.startsWith("T") };
  };
  return {
    ...plainMachine(),
    self: {
      pid: process.pid,
      startTime: look(process.pid)?.startTime ?? "",
      bootId: run("sysctl", ["-n", "kern.bootsessionuuid"]),
    },
    look,
  };
}

/** Where the lock alone decides who the owner is (Windows), a pid is only shown to people. */
function plainMachine(): Machine {
  return {
    self: { pid: process.pid, startTime: "", bootId: "" },
    host: hostname(),
    machineId: "",
    pidNamespace: "",
    networkNamespace: "",
    look: lookBySignal,
  };
}

function lookBySignal(pid: number): ProcessView | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === "ESRCH") {
      return undefined;
    }
  }
  return { startTime: undefined, stopped: false };
}

/** What a system tool says, in one language and time zone whoever calls; empty when it fails. */
function run(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      env: { PATH: "/bin:/usr/bin:/sbin:/usr/sbin", LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

function firstLine(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

function linkText(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
