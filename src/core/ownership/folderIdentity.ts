import { createHash } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { errorWords, HopperError } from "../base/errors";
import { words } from "../base/words";

/**
 * A workspace folder whatever path leads to it. The folder itself, not its `.hopper` folder and not
 * a file in it: `git clean -fdx` deletes the one, and a rename replaces the other.
 */
export interface FolderIdentity {
  /** Its path with all links resolved. */
  readonly path: string;
  readonly device: string;
  readonly inode: string;
}

/** @throws HopperError `notFound` when there is no such folder. */
export function identifyFolder(folder: string): FolderIdentity {
  try {
    const path = realpathSync.native(folder);
    const stats = statSync(path, { bigint: true });
    if (stats.isDirectory()) {
      return { path, device: String(stats.dev), inode: String(stats.ino) };
    }
  } catch (error) {
    throw new HopperError(
      "notFound",
      words`The workspace folder ${folder} cannot be opened: ${errorWords(error)}`,
      { cause: error },
    );
  }
  throw new HopperError("notFound", words`${folder} is not a folder; name the workspace's folder.`);
}

/** Whether both are one folder, whatever paths lead to it. */
export function isSameFolder(one: FolderIdentity, other: FolderIdentity): boolean {
  return one.device === other.device && one.inode === other.inode;
}

/** Names files that belong to this folder; short, because a socket's path has a limit. */
export function folderKey(folder: FolderIdentity): string {
  return createHash("sha256").update(`${folder.device}:${folder.inode}`).digest("hex").slice(0, 16);
}
