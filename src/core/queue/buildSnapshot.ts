import { errorMessage, HopperError } from "../base/errors";
import { words } from "../base/words";
import { damage } from "./damage";
import { writeSynced } from "./durableFiles";
import { replay, storeSeq } from "./image";
import { loadPair, sha256 } from "./pair";
import type { SnapshotAnswer, SnapshotOrder } from "./snapshotOrder";
import { loadSqlEngine } from "./sqlDatabase";
import { type StoreFileSystem, storePaths } from "./storeFiles";

/**
 * Builds a snapshot from the files alone. Never throws: what goes wrong is in the answer.
 *
 * @param beforeEach called before each line that is read and each statement that is replayed.
 */
export async function buildSnapshot(
  order: SnapshotOrder,
  files: StoreFileSystem,
  beforeEach?: () => void,
): Promise<SnapshotAnswer> {
  try {
    return await build(order, files, beforeEach);
  } catch (error) {
    const damaged = error instanceof HopperError && error.kind === "damaged";
    return { problem: errorMessage(error), damaged };
  }
}

async function build(
  order: SnapshotOrder,
  files: StoreFileSystem,
  beforeEach: (() => void) | undefined,
): Promise<SnapshotAnswer> {
  const paths = storePaths(order.hopperFolder);
  const [engine, pair] = await Promise.all([
    loadSqlEngine(order.sqlWasm),
    loadPair(files, paths, beforeEach),
  ]);
  if (!pair) {
    throw damage(words`the queue's files are gone`);
  }
  const { database, seq } = await replay(engine, paths, pair, {
    upToSeq: order.seq,
    ...(beforeEach && { beforeEach }),
  });
  try {
    if (seq !== order.seq) {
      throw damage(words`the files end at commit ${seq}, not at ${order.seq}`);
    }
    storeSeq(database, seq);
    const image = database.exportImage();
    writeSynced(files, order.target, image);
    return { sha256: await sha256(image), snapshotLost: pair.snapshotLost };
  } finally {
    database.close();
  }
}
