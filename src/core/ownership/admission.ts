import { stored } from "../protocol/words/storedWords";
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

export interface Admission {
  /** It came from elsewhere, so that process numbers and folders in it mean nothing here. */
  readonly isFromElsewhere: boolean;
  /** What was ended, for the user. */
  readonly notices: readonly string[];
}

/**
 * Decides whether this user's database is before us. A workspace can bring a queue along, with phases
 * "running", commands to run and plans to mirror: nothing of it is run before somebody adopts it, and
 * nothing is written to GitHub before somebody asks for that here. Only the list in the user's state
 * folder counts, and nothing that the database says of itself, however empty it looks.
 *
 * @throws HopperError `foreign`
 */
export function admitQueue(request: AdmissionRequest): Admission {
  const { queue, hopperFolder, folder, known, adopt } = request;
  switch (known.identify(queue.databaseId, folder)) {
    case "known":
    case "moved":
      return { isFromElsewhere: false, notices: [] };
    case "copy":
      return makeOwn(request, stored("copiedQueue"));
    case "unknown":
      if (!adopt) {
        throw foreignError(hopperFolder);
      }
      return makeOwn(request);
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
function makeOwn({ queue, known, folder }: AdmissionRequest, pause?: string): Admission {
  const ended = queue.together(() => {
    queue.setConfig({ [databaseIdKey]: nameDatabase(known, folder) });
    if (pause !== undefined) {
      queue.setPaused(true, pause);
    }
    return queue.disownMirrors();
  });
  return { isFromElsewhere: true, notices: ended === 0 ? [] : [mirrorsEnded(ended)] };
}

function mirrorsEnded(count: number): string {
  const plans = count === 1 ? "1 plan is" : `${count} plans are`;
  return (
    `${plans} no longer mirrored to GitHub, since that was asked for elsewhere: ` +
    "`phase-hopper github create` asks for it here."
  );
}
