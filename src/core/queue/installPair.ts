import { Buffer } from "node:buffer";
import { type JournalHeader, encodeHeader } from "./journal";
import {
  type StoreFileSystem,
  type StorePaths,
  removeQuietly,
  syncFolder,
  temporarySuffix,
  writeSynced,
} from "./storeFiles";

/**
 * Puts a new pair into place. `snapshotFile` is written and synced already; the current journal, if
 * there is one, carries the mark that names it. Between any two steps the files can be read: until
 * the snapshot is renamed by the old journal's header, then by its mark, then by the new header.
 *
 * @param tail commits the snapshot does not hold, as journal lines.
 * @param keepPrevious whether the current pair becomes the previous one; not where it is damaged,
 * since the previous pair is then worth more.
 */
export function installPair(
  files: StoreFileSystem,
  paths: StorePaths,
  snapshotFile: string,
  header: Omit<JournalHeader, "journal">,
  tail: Uint8Array,
  keepPrevious: boolean,
): void {
  const journalFile = paths.journal + temporarySuffix;
  writeSynced(files, journalFile, Buffer.concat([Buffer.from(encodeHeader(header)), tail]));
  try {
    if (keepPrevious) {
      keepAs(files, paths.snapshot, paths.previousSnapshot);
      keepAs(files, paths.journal, paths.previousJournal);
      syncFolder(files, paths.folder);
    }
    files.renameSync(snapshotFile, paths.snapshot);
    syncFolder(files, paths.folder);
    files.renameSync(journalFile, paths.journal);
    syncFolder(files, paths.folder);
  } catch (error) {
    removeQuietly(files, journalFile);
    removeQuietly(files, snapshotFile);
    throw error;
  }
}

/** Gives `path` a second name, replacing what had it, without a moment in which `path` is gone. */
function keepAs(files: StoreFileSystem, path: string, kept: string): void {
  if (!files.existsSync(path)) {
    return;
  }
  const link = kept + temporarySuffix;
  files.rmSync(link, { force: true });
  files.linkSync(path, link);
  files.renameSync(link, kept);
}
