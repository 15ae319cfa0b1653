import { join } from "node:path";
import * as z from "zod";
import { HopperError } from "../base/errors";
import { parseJson } from "../base/validate";
import { words } from "../base/words";
import { type FolderIdentity, isSameFolder } from "./folderIdentity";
import { readPrivateFile, replacePrivateFile } from "./privateFile";
import type { StateFolder } from "./stateFolder";

/**
 * `known`: made by this user, where it was. `moved`: made by this user, its folder has another path
 * now. `copy`: made by this user for another folder. `unknown`: made by anybody.
 */
export type DatabaseOrigin = "known" | "moved" | "copy" | "unknown";

/**
 * The databases that this user created or adopted. A workspace may bring a `.hopper` folder along,
 * with phases that are "running" and a queue that is ready to start: only what is listed here, out of
 * the workspace's reach, is trusted.
 *
 * One file for each database, replaced whole: processes that register at the same moment do not
 * undo each other's work.
 */
export class KnownDatabases {
  constructor(private readonly state: StateFolder) {}

  /**
   * Says where the database with this id comes from; notes the new path of a folder that moved. A
   * database without an id is nobody's that we know.
   */
  identify(databaseId: string | undefined, folder: FolderIdentity): DatabaseOrigin {
    const known = this.read(databaseId);
    if (databaseId === undefined || known === undefined) {
      return "unknown";
    }
    if (isSameFolder(known, folder)) {
      if (known.path === folder.path) {
        return "known";
      }
      this.register(databaseId, folder);
      return "moved";
    }
    if (known.path === folder.path && known.inode === folder.inode) {
      // Some file systems (btrfs, overlays, network mounts) get another device number with each boot.
      this.register(databaseId, folder);
      return "known";
    }
    return "copy";
  }

  /** Whether this user created or adopted the database with this id, for whatever folder. */
  lists(databaseId: string | undefined): boolean {
    return this.read(databaseId) !== undefined;
  }

  /** Lists a database as this user's, in this folder. */
  register(databaseId: string, folder: FolderIdentity): void {
    if (!isDatabaseId(databaseId)) {
      throw new HopperError(
        "usage",
        words`${JSON.stringify(databaseId)} is not the id of a database.`,
      );
    }
    const { path, device, inode } = folder;
    const record: KnownDatabase = { id: databaseId, path, device, inode };
    replacePrivateFile(this.file(databaseId), `${JSON.stringify(record)}\n`);
  }

  /** A file that cannot be understood vouches for nothing. */
  private read(databaseId: string | undefined): KnownDatabase | undefined {
    // The id was read from the workspace: one that is none must not become a path.
    if (databaseId === undefined || !isDatabaseId(databaseId)) {
      return undefined;
    }
    try {
      const text = readPrivateFile(this.file(databaseId));
      return text === undefined ? undefined : parseJson(knownDatabaseSchema, text, databaseId);
    } catch (error) {
      if (error instanceof HopperError) {
        return undefined;
      }
      throw error;
    }
  }

  private file(databaseId: string): string {
    return join(this.state.databases, `${databaseId.toLowerCase()}.json`);
  }
}

const knownDatabaseSchema = z.object({
  id: z.uuid(),
  path: z.string(),
  device: z.string(),
  inode: z.string(),
});
type KnownDatabase = Readonly<z.infer<typeof knownDatabaseSchema>>;

function isDatabaseId(text: string): boolean {
  return z.uuid().safeParse(text).success;
}
