import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { errorWords } from "../base/errors";
import type { Text } from "../base/words";
import { parseJson } from "../base/validate";
import { type FolderIdentity, identifyFolder, isSameFolder } from "./folderIdentity";
import type { Machine } from "./machine";
import { readPrivateFile } from "./privateFile";

/** The hosts that can own a queue, as people know them. */
export const programNames = { cli: "phase-hopper", vscode: "VS Code" } as const;
export type Program = keyof typeof programNames;

const ownerSchema = z.object({
  ownerId: z.uuid(),
  program: z.enum(["cli", "vscode"]),
  version: z.string(),
  /** When it became the owner. */
  startedAt: z.iso.datetime(),
  /** The generation of the queue's files, once they are open. */
  generation: z.exactOptional(z.int().nonnegative()),
  /** What it starts by itself: phases of this plan, or of all; missing while it starts nothing. */
  scope: z.exactOptional(z.object({ planId: z.exactOptional(z.string()) })),
  /** A signal to pid 0 or to a negative one would reach whole groups of processes. */
  pid: z.int().positive(),
  startTime: z.string(),
  bootId: z.string(),
  host: z.string(),
  machineId: z.string(),
  user: z.string(),
  /** The workspace folder it owns: a copy of that folder has a copy of this record in it. */
  folder: z.object({ path: z.string(), device: z.string(), inode: z.string() }),
  pidNamespace: z.string(),
  networkNamespace: z.string(),
});

/** What `owner.json` says of the process that owns a workspace's queue. */
export type OwnerRecord = Readonly<z.infer<typeof ownerSchema>>;

/** Plans whose phases an owner starts by itself: one, or without an id all. */
export type OwnerScope = Readonly<NonNullable<OwnerRecord["scope"]>>;

/** What can be said of a workspace's owner without asking it. */
export type OwnerVerdict =
  /** Nobody says to own it. */
  | { readonly state: "none" }
  /** Its process lives. */
  | { readonly state: "alive"; readonly owner: OwnerRecord }
  /** Its process is proven to be gone, or to own another folder that this one is a copy of. */
  | { readonly state: "dead"; readonly owner: OwnerRecord }
  /** On another machine or in another container: nothing can be proven from here. */
  | { readonly state: "elsewhere"; readonly owner: OwnerRecord }
  /** Its process lives but is stopped: it keeps the queue and answers nothing. */
  | { readonly state: "notAnswering"; readonly owner: OwnerRecord }
  /** Something is there that says nothing understandable, which proves nothing. */
  | { readonly state: "unreadable"; readonly problem: Text };

export function ownerPath(hopperFolder: string): string {
  return join(hopperFolder, "owner.json");
}

/** The workspace folder that a `.hopper` folder belongs to: the one it lies in. */
export function workspaceOf(hopperFolder: string): FolderIdentity {
  return identifyFolder(dirname(resolve(hopperFolder)));
}

/** Reads `owner.json` and looks whether the process it names lives. Never writes. */
export function readOwner(hopperFolder: string, machine: Machine): OwnerVerdict {
  const path = ownerPath(hopperFolder);
  try {
    const record = readOwnerRecord(path);
    return record === undefined
      ? { state: "none" }
      : { state: judgeOwner(record, workspaceOf(hopperFolder), machine), owner: record };
  } catch (error) {
    return { state: "unreadable", problem: errorWords(error) };
  }
}

/** @throws what makes the file unreadable; a missing file is undefined. */
export function readOwnerRecord(path: string): OwnerRecord | undefined {
  const text = readPrivateFile(path);
  return text === undefined ? undefined : parseJson(ownerSchema, text, path, "damaged");
}

/** Whether both were written in the same boot of the same machine. */
export function isSameBoot(owner: OwnerRecord, machine: Machine): boolean {
  return (
    owner.bootId === machine.self.bootId && (owner.bootId !== "" || isSameMachine(owner, machine))
  );
}

/** Only proof counts as death: whatever cannot be seen from here is taken to live. */
function judgeOwner(
  owner: OwnerRecord,
  folder: FolderIdentity,
  machine: Machine,
): "alive" | "dead" | "elsewhere" | "notAnswering" {
  if (!isSameBoot(owner, machine)) {
    // A boot ends every process of the machine, containers included.
    return isSameMachine(owner, machine) ? "dead" : "elsewhere";
  }
  if (isCopy(owner, folder)) {
    return "dead";
  }
  if (owner.pidNamespace !== machine.pidNamespace) {
    return "elsewhere";
  }
  const view = machine.look(owner.pid);
  if (view === undefined || (view.startTime ?? owner.startTime) !== owner.startTime) {
    return "dead";
  }
  return view.stopped ? "notAnswering" : "alive";
}

function isSameMachine(owner: OwnerRecord, machine: Machine): boolean {
  return owner.host === machine.host && owner.machineId === machine.machineId;
}

/**
 * Whether the record came here when its folder was copied: the owner's folder is still where it was,
 * and it is not this one. Another view of one folder (an overlay in a container) does not show it.
 */
function isCopy(owner: OwnerRecord, folder: FolderIdentity): boolean {
  if (isSameFolder(owner.folder, folder)) {
    return false;
  }
  try {
    return isSameFolder(identifyFolder(owner.folder.path), owner.folder);
  } catch {
    return false;
  }
}
