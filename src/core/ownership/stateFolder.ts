import { chmodSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { posix, win32 } from "node:path";
import { errorCode, HopperError } from "../base/errors";
import { storageError } from "../base/storageError";
import { words } from "../base/words";

/** What decides where a user's state lies; a parameter, so that tests can be somebody else. */
export interface UserEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Empty where the system knows none: HOME is not set, and the user is not listed. */
  readonly home: string;
  /** Undefined where the system has no user ids (Windows). */
  readonly uid: number | undefined;
  /** Tells this user from the others of the machine: the uid, or the name where there is none. */
  readonly name: string;
  /** The folder everybody may write to, for sockets whose path would be too long elsewhere. */
  readonly temporaryFolder: string;
}

/** The user's private folder: what this user's hoppers know beyond a workspace. */
export interface StateFolder {
  readonly user: UserEnvironment;
  readonly path: string;
  /** One file per database this user created. */
  readonly databases: string;
  /** Lock files, where the system locks by file. */
  readonly locks: string;
  /** One file per workspace: where its owner listens. */
  readonly endpoints: string;
  /** Two files per workspace whose owner lets programs in over TCP: its address and the token. */
  readonly api: string;
}

/** Systems keep 104 (macOS) or 108 bytes for a socket's path, its final NUL included. */
const longestSocketPath = 103;

export function currentUser(): UserEnvironment {
  const uid = process.getuid?.();
  return {
    platform: process.platform,
    env: process.env,
    home: homeFolder(),
    uid,
    name: uid === undefined ? userInfo().username : String(uid),
    temporaryFolder: "/tmp",
  };
}

function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return "";
  }
}

/**
 * Makes the state folder, or checks the one that is there.
 *
 * @throws HopperError `storage` when it cannot be made, or is open to others and stays so.
 */
export function openStateFolder(user: UserEnvironment): StateFolder {
  const state = stateFolderOf(user);
  const { path } = state;
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    keepPrivate(path, user);
    for (const folder of [state.databases, state.locks, state.endpoints, state.api]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
  } catch (error) {
    throw asStorageError(path, error);
  }
  return state;
}

/** The state folder of `user` as it is, for those who only read; nothing is made or checked. */
export function stateFolderOf(user: UserEnvironment): StateFolder {
  const paths = user.platform === "win32" ? win32 : posix;
  const path = stateFolderPath(user);
  return {
    user,
    path,
    databases: paths.join(path, "databases"),
    locks: paths.join(path, "locks"),
    endpoints: paths.join(path, "endpoints"),
    api: paths.join(path, "api"),
  };
}

/**
 * Where the state folder of `user` lies; nothing is made.
 *
 * @throws HopperError `storage` when the user has no home to put it in.
 */
export function stateFolderPath(user: UserEnvironment): string {
  if (user.platform === "win32") {
    const local = absolute(user.env["LOCALAPPDATA"], win32);
    return win32.join(local ?? win32.join(homeOf(user), "AppData", "Local"), "phase-hopper");
  }
  if (user.platform === "darwin") {
    return posix.join(homeOf(user), "Library", "Application Support", "phase-hopper");
  }
  const state = absolute(user.env["XDG_STATE_HOME"], posix);
  return posix.join(state ?? posix.join(homeOf(user), ".local", "state"), "phase-hopper");
}

/**
 * A path for a local socket named `name`: in the state folder, or in a private folder below the
 * temporary one when that path is too long for a socket; on Windows a named pipe.
 *
 * @throws HopperError `storage` when the private folder was made by somebody else.
 */
export function socketPath(state: StateFolder, name: string): string {
  if (state.user.platform === "win32") {
    return `\\\\.\\pipe\\phase-hopper-${encodeURIComponent(state.user.name)}-${name}`;
  }
  const usual = posix.join(state.path, `${name}.sock`);
  if (Buffer.byteLength(usual) <= longestSocketPath) {
    return usual;
  }
  const fallback = posix.join(state.user.temporaryFolder, `phase-hopper-${state.user.name}`);
  const short = posix.join(fallback, `${name}.sock`);
  if (Buffer.byteLength(short) > longestSocketPath) {
    throw new HopperError(
      "storage",
      words`No socket can be made: ${usual} and ${short} are longer than ${longestSocketPath} bytes. Set XDG_STATE_HOME to a folder with a shorter path.`,
    );
  }
  try {
    makeAmongStrangers(fallback, state.user);
  } catch (error) {
    throw asStorageError(fallback, error);
  }
  return short;
}

function homeOf({ home }: UserEnvironment): string {
  if (home === "") {
    throw new HopperError(
      "storage",
      words`Phase Hopper's private folder has no place: your home folder is not known. Set HOME, or XDG_STATE_HOME, to a folder of yours.`,
    );
  }
  return home;
}

/** The specification of these variables says to ignore a relative path. */
function absolute(value: string | undefined, paths: typeof posix): string | undefined {
  return value !== undefined && paths.isAbsolute(value) ? value : undefined;
}

/** Where the folder is ours but open to others, it is closed; it holds tokens. */
function keepPrivate(path: string, user: UserEnvironment): void {
  if (user.uid === undefined) {
    return;
  }
  if (statSync(path).uid !== user.uid) {
    throw new Error("it belongs to another user");
  }
  if (isOpen(path)) {
    chmodSync(path, 0o700);
    if (isOpen(path)) {
      throw new Error("other users can open it, and its mode cannot be changed to 0700");
    }
  }
}

function isOpen(path: string): boolean {
  return (statSync(path).mode & 0o077) !== 0;
}

/**
 * Where everybody may write, a folder that is not exactly as we make it was prepared by somebody:
 * it is refused, not repaired.
 */
function makeAmongStrangers(path: string, user: UserEnvironment): void {
  mkdirIfMissing(path);
  const stats = lstatSync(path);
  if (!stats.isDirectory() || stats.uid !== user.uid || (stats.mode & 0o777) !== 0o700) {
    throw new Error("it is not a folder of this user with mode 0700; remove it");
  }
}

function mkdirIfMissing(path: string): void {
  // Without `recursive`, so that a link is never followed; that the path is taken is judged above.
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") {
      throw error;
    }
  }
}

function asStorageError(path: string, error: unknown): HopperError {
  return storageError(words`Phase Hopper's private folder ${path}`, error, words`cannot be used`);
}
