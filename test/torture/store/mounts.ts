import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own, of a certain size. */
export interface Mount {
  readonly folder: string;
  remount(option: "ro" | "rw"): void;
  unmount(): void;
}

/** Mounts one in memory, or says why this machine does not let us. */
export function mountSmallDisk(megabytes: number): Mount | string {
  const root = mkdtempSync(join(tmpdir(), "hopper-disk-"));
  const folder = join(root, "disk");
  mkdirSync(folder);
  try {
    run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder);
  } catch (error) {
    rmSync(root, { recursive: true });
    return `no file system can be mounted here (${firstLine(error)})`;
  }
  return {
    folder,
    remount: (option) => run("mount", "-o", `remount,${option}`, folder),
    unmount() {
      run("umount", folder);
      rmSync(root, { recursive: true });
    },
  };
}

function run(...[program = "", ...args]: readonly string[]): void {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n").slice(-2)[0] ?? "";
}
