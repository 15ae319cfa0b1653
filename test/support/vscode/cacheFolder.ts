import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Older than any installation takes; a lock of that age was left behind. */
const longestInstallation = 30 * 60_000;

/** Where downloaded programs are kept between runs. */
export function cacheFolder(): string {
  const named = process.env["PHASE_HOPPER_TEST_CACHE"];
  if (named !== undefined && named !== "") {
    return named;
  }
  const caches = process.env["XDG_CACHE_HOME"] ?? "";
  return join(caches === "" ? join(homedir(), ".cache") : caches, "phase-hopper-test");
}

/**
 * Answers the folder of that name in the cache, filled by `install` if it is not there yet. It is
 * filled under another name and renamed when it is complete, so what is found can be used. The
 * lock only saves a second run the work: without it both would install and one rename would win.
 */
export async function cached(
  name: string,
  install: (folder: string) => Promise<void>,
): Promise<string> {
  const cache = cacheFolder();
  const folder = join(cache, name);
  const unfinished = join(cache, `${name}.unfinished-${process.pid}`);
  mkdirSync(cache, { recursive: true });
  while (!existsSync(folder)) {
    const lock = `${folder}.lock`;
    if (!takeLock(lock)) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    try {
      if (!existsSync(folder)) {
        removeLeftOvers(cache, name);
        mkdirSync(unfinished);
        await install(unfinished);
        renameSync(unfinished, folder);
      }
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
      rmSync(lock, { force: true });
    }
  }
  return folder;
}

/** Takes the lock unless a living process holds it. It appears with its content, by a hard link. */
function takeLock(lock: string): boolean {
  if (existsSync(lock) && !isLeftBehind(lock)) {
    return false;
  }
  rmSync(lock, { force: true });
  const mine = `${lock}-${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock);
    return true;
  } catch {
    // Another run was faster.
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

function isLeftBehind(lock: string): boolean {
  try {
    const age = Date.now() - statSync(lock).mtimeMs;
    return age > longestInstallation || !isAlive(Number(readFileSync(lock, "utf8")));
  } catch {
    // It was given back while we looked.
    return true;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Removes what interrupted installations left; only who holds the lock may. */
function removeLeftOvers(cache: string, name: string): void {
  for (const entry of readdirSync(cache)) {
    if (entry.startsWith(`${name}.unfinished-`)) {
      rmSync(join(cache, entry), { recursive: true, force: true });
    }
  }
}
