import { KnownDatabases } from "../../core/ownership/knownDatabases";
import { currentUser, stateFolderOf } from "../../core/ownership/stateFolder";
import type { QueueReader } from "../../core/queue/queueReader";

/** Whether a queue was not made by this user on this machine; nothing is opened, asked or written. */
export function isForeign(queue: QueueReader): boolean {
  return !new KnownDatabases(stateFolderOf(currentUser())).lists(queue.databaseId);
}
