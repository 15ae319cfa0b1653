import { closeSync, constants, openSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { errorCode, errorWords, HopperError } from "../base/errors";
import { type Disposable, toDisposable } from "../base/lifecycle";
import { words } from "../base/words";
import { folderKey, type FolderIdentity } from "./folderIdentity";
import type { StateFolder } from "./stateFolder";

/** Held by at most one process at a time; released by disposing it and by the process's death. */
export type Lock = Disposable;

/** BSD's flag that locks a file while opening it; Node has no name for it. */
const O_EXLOCK = 0x20;

/**
 * Takes the lock of a workspace folder, or answers undefined when another process (or another part
 * of this one) holds it. The kernel frees it when the holder dies, so it is never stale and never
 * has to be broken. It does not keep the process alive.
 *
 * Abstract sockets are seen within one network namespace only: what runs in another container is
 * told by `owner.json`.
 *
 * @throws HopperError `unavailable` when the system cannot lock at all.
 */
export async function acquireLock(
  folder: FolderIdentity,
  state: StateFolder,
): Promise<Lock | undefined> {
  try {
    const name = lockName(folder, state);
    if (state.user.platform === "win32") {
      return await lockByListening(`\\\\.\\pipe\\${name}`);
    }
    if (state.user.platform === "linux") {
      return await lockByListening(abstractAddress(name));
    }
    return lockByFile(join(state.locks, `${folderKey(folder)}.lock`));
  } catch (error) {
    throw new HopperError(
      "unavailable",
      words`The lock of ${folder.path} cannot be taken: ${errorWords(error)}`,
      { cause: error },
    );
  }
}

/** The same for every path that leads to the folder, different for each user. */
function lockName(folder: FolderIdentity, state: StateFolder): string {
  const user = encodeURIComponent(state.user.name);
  return `phase-hopper-${user}-${folder.device}-${folder.inode}`;
}

/** Room for a socket's name on Linux, the NUL that makes it abstract included. */
const abstractLength = 108;

/**
 * An abstract socket's name is all of its bytes. Node 20 fills what a name leaves free with NULs and
 * later versions do not, so that a shorter name is another one to each: a command line and an editor
 * would both hold the lock. A name that leaves nothing free is the same to all.
 */
function abstractAddress(name: string): string {
  if (Buffer.byteLength(name) >= abstractLength) {
    throw new Error(`the name of the lock is too long: ${name}`);
  }
  return `\0${name.padEnd(abstractLength - 1, ".")}`;
}

async function lockByListening(address: string): Promise<Lock | undefined> {
  const server = await listen(address);
  if (server === undefined) {
    return undefined;
  }
  // Node before libuv 1.46 gives every socket with an abstract name a name of its own: each process
  // would believe to hold the lock.
  const second = await listen(address);
  if (second !== undefined) {
    second.close();
    server.close();
    throw new Error("this version of Node.js does not support abstract sockets; use a newer one");
  }
  return toDisposable(() => server.close());
}

/** Listens without ever answering: the address is taken, and that is all it is for. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error) => {
      if (errorCode(error) === "EADDRINUSE") {
        resolve(undefined);
      } else {
        reject(error);
      }
    });
    // `exclusive`: a worker of a cluster would otherwise share the address with its siblings.
    server.listen({ path: address, exclusive: true }, () => {
      server.removeAllListeners("error");
      // A failed accept is no reason to end the process or to give up the lock.
      server.on("error", () => undefined);
      server.unref();
      resolve(server);
    });
  });
}

/** The file is never removed: another process could lock the name while this one locks the file. */
function lockByFile(path: string): Lock | undefined {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK;
  try {
    const descriptor = openSync(path, flags, 0o600);
    return toDisposable(() => closeSync(descriptor));
  } catch (error) {
    if (errorCode(error) === "EAGAIN" || errorCode(error) === "EWOULDBLOCK") {
      return undefined;
    }
    throw error;
  }
}
