import { randomUUID } from "node:crypto";
import { databaseIdKey } from "../queue/config";
import type { Queue } from "../queue/queue";
import type { FolderIdentity } from "./folderIdentity";
import { foreignError } from "./foreignError";
import type { KnownDatabases } from "./knownDatabases";

export interface AdmissionRequest {
  readonly queue: Queue;
  /** Where the queue lives, for messages. */
  readonly hopperFolder: string;
  readonly folder: FolderIdentity;
  readonly known: KnownDatabases;
  /** Somebody looked at the queue and wants it. */
  readonly adopt: boolean;
}

/**
 * Decides whether this user's database is before us. A workspace can bring a queue along, with phases
 * "running" and commands to run: nothing of it is run before somebody adopts it. Only the list in the
 * user's state folder counts, and nothing that the database says of itself, however empty it looks.
 *
 * @returns whether it came from elsewhere, so that process numbers and folders in it mean nothing here.
 * @throws HopperError `foreign`
 */
export function admitQueue(request: AdmissionRequest): boolean {
  const { queue, hopperFolder, folder, known, adopt } = request;
  switch (known.identify(queue.databaseId, folder)) {
    case "known":
    case "moved":
      return false;
    case "copy":
      makeOwn(request);
      queue.setPaused(true, "paused: this queue was copied from another folder");
      return true;
    case "unknown":
      if (!adopt) {
        throw foreignError(hopperFolder);
      }
      makeOwn(request);
      return true;
  }
}

/** Lists a new database as this user's, before anything of it is stored; answers its id. */
export function nameDatabase(known: KnownDatabases, folder: FolderIdentity): string {
  const id = randomUUID();
  known.register(id, folder);
  return id;
}

/**
 * Makes what came from elsewhere this user's from now on. What it would go on with by itself, although
 * nobody here asked for it, is ended here.
 */
function makeOwn({ queue, known, folder }: AdmissionRequest): void {
  queue.setConfig({ [databaseIdKey]: nameDatabase(known, folder) });
}
