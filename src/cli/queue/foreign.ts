import { KnownDatabases } from "../../core/ownership/knownDatabases";
import { currentUser, stateFolderOf } from "../../core/ownership/stateFolder";
import type { QueueReader } from "../../core/queue/queueReader";

/** Whether a queue was not made by this user on this machine; nothing is opened, asked or written. */
export function isForeign(queue: QueueReader): boolean {
  const id = queue.config("database_id");
  return id === undefined
    ? queue.plans().length > 0
    : !new KnownDatabases(stateFolderOf(currentUser())).lists(id);
}
