import { randomUUID } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { type Clock, delay, isoNow } from "../base/clock";
import { errorMessage, HopperError } from "../base/errors";
import { storageError } from "../base/storageError";
import { type Disposable, toDisposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { words } from "../base/words";
import type { FolderIdentity } from "./folderIdentity";
import { acquireLock, type Lock } from "./lock";
import type { Machine } from "./machine";
import { ownedError } from "./ownedError";
import { OwnerFile, type PreviousOwner } from "./ownerFile";
import {
  ownerPath,
  type OwnerRecord,
  type OwnerScope,
  type OwnerVerdict,
  type Program,
  readOwner,
  workspaceOf,
} from "./ownerRecord";
import type { StateFolder } from "./stateFolder";

export interface OwnershipRequest {
  /** The `.hopper` folder in the workspace folder; made if it is missing. */
  readonly hopperFolder: string;
  readonly program: Program;
  readonly version: string;
  /**
   * A person said that the present owner shall lose the queue: one whose life cannot be seen from
   * here, or one that is stopped, which is ended. An owner that lives and answers is never robbed.
   */
  readonly takeOver?: boolean;
  readonly state: StateFolder;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The right to write a workspace's queue and to start its phases, until disposed. */
export interface Ownership extends Disposable {
  readonly ownerId: string;
  readonly folder: FolderIdentity;
  readonly previous: PreviousOwner;
  /** Adds the generation of the queue's files to `owner.json`, which is written anew if it is gone. */
  recordGeneration(generation: number): void;
  /** Adds to `owner.json` what this owner starts by itself; undefined for nothing. */
  recordScope(scope: OwnerScope | undefined): void;
  /** Whether `owner.json` still names this owner: `taken` after a take-over from elsewhere. */
  standing(): "ours" | "missing" | "taken";
}

/** How long a process that was killed may take to go: the kernel may have much memory to free. */
const longestEnd = 10_000;
/** How long an owner may take between its lock and its record, either way. */
const longestPassage = 1_000;

/**
 * Makes this process the owner of the workspace's queue.
 *
 * @throws HopperError `owned`, naming the owner and the remedy, when another process is.
 */
export async function takeOwnership(request: OwnershipRequest): Promise<Ownership> {
  const { hopperFolder, machine } = request;
  const folder = workspaceOf(hopperFolder);
  makeHopperFolder(hopperFolder);
  if (request.takeOver === true) {
    await endStoppedOwner(request);
  }
  const lock = await lockOrRefuse(folder, request);
  try {
    closeToOthers(hopperFolder, request.state.user.uid);
    const file = new OwnerFile(hopperFolder, machine, {
      ownerId: randomUUID(),
      program: request.program,
      version: request.version,
      startedAt: isoNow(request.clock),
      ...machine.self,
      host: machine.host,
      machineId: machine.machineId,
      user: request.state.user.name,
      folder,
      pidNamespace: machine.pidNamespace,
      networkNamespace: machine.networkNamespace,
    });
    const previous = await claimWhenGone(file, request);
    const attempt = (what: string, action: () => void): void => {
      try {
        action();
      } catch (error) {
        request.logger.warn(`${ownerPath(hopperFolder)} was not ${what}: ${errorMessage(error)}`);
      }
    };
    const release = toDisposable(() => {
      // Whoever gets the lock next must not find our name there and take us for dead.
      attempt("removed", () => file.remove());
      lock.dispose();
    });
    return {
      ownerId: file.ownerId,
      folder,
      previous,
      // People read the generation there; a full disk is no reason to give up the queue.
      recordGeneration: (generation) => attempt("updated", () => file.recordGeneration(generation)),
      recordScope: (scope) => attempt("updated", () => file.recordScope(scope)),
      standing: () => file.standing(),
      dispose: () => release.dispose(),
    };
  } catch (error) {
    lock.dispose();
    throw error;
  }
}

/**
 * A process that was killed gives the lock back a moment before it is gone; one that stays is refused.
 */
async function claimWhenGone(file: OwnerFile, request: OwnershipRequest): Promise<PreviousOwner> {
  const { clock, takeOver = false } = request;
  const start = clock.monotonic();
  for (;;) {
    try {
      return file.claim(takeOver);
    } catch (error) {
      const isGoing = readOwner(request.hopperFolder, request.machine).state === "alive";
      if (!isGoing || clock.monotonic() - start >= longestPassage) {
        throw error;
      }
      await delay(clock, 20);
    }
  }
}

/** A repository could bring a `.hopper` that leads elsewhere; the queue is never written there. */
function makeHopperFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storageError(path, error, words`cannot be made`);
  }
  if (lstatSync(path).isSymbolicLink()) {
    throw new HopperError("usage", words`${path} is a symbolic link; remove it.`);
  }
}

/** Plans, output and commands are in there: a folder that came with a wider mode is closed. */
function closeToOthers(path: string, uid: number | undefined): void {
  const stats = lstatSync(path);
  if (uid !== undefined && stats.uid === uid && (stats.mode & 0o077) !== 0) {
    try {
      chmodSync(path, 0o700);
    } catch (error) {
      throw storageError(path, error, words`cannot be closed to others`);
    }
  }
}

/**
 * Where the lock is held and nobody alive says to be the owner, one is just starting or just ending
 * (the threads of a killed process outlive its entry in the table of processes by a moment).
 */
async function lockOrRefuse(folder: FolderIdentity, request: OwnershipRequest): Promise<Lock> {
  const { clock, hopperFolder, machine } = request;
  const start = clock.monotonic();
  for (;;) {
    const lock = await acquireLock(folder, request.state);
    if (lock !== undefined) {
      return lock;
    }
    const verdict = readOwner(hopperFolder, machine);
    const isPassing = verdict.state === "none" || verdict.state === "dead";
    if (!isPassing || clock.monotonic() - start >= longestPassage) {
      throw ownedError(verdict, ownerPath(hopperFolder));
    }
    await delay(clock, 20);
  }
}

/**
 * A stopped process holds the lock for as long as it exists. It is identified (pid, start time and
 * boot) right before it is ended, and what is stopped cannot make room for a stranger meanwhile.
 */
async function endStoppedOwner(request: OwnershipRequest): Promise<void> {
  const { clock, hopperFolder, machine } = request;
  const verdict = readOwner(hopperFolder, machine);
  if (verdict.state !== "notAnswering") {
    return;
  }
  request.logger.warn(`Ending process ${verdict.owner.pid}, which does not answer, to take over.`);
  try {
    process.kill(verdict.owner.pid, "SIGKILL");
  } catch (error) {
    request.logger.warn(`It could not be ended: ${errorMessage(error)}`);
    return;
  }
  const start = clock.monotonic();
  while (
    isThere(readOwner(hopperFolder, machine), verdict.owner) &&
    clock.monotonic() - start < longestEnd
  ) {
    await delay(clock, 20);
  }
}

/** A process that was killed runs again for a moment, in order to end. */
function isThere(verdict: OwnerVerdict, owner: OwnerRecord): boolean {
  return (
    (verdict.state === "alive" || verdict.state === "notAnswering") &&
    verdict.owner.ownerId === owner.ownerId
  );
}
