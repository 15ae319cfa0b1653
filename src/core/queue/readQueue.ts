import * as fs from "node:fs";
import type { Assets } from "../base/assets";
import { type Clock, delay } from "../base/clock";
import { errorCode, errorWords, HopperError } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import { words } from "../base/words";
import { replay } from "./image";
import { databaseVersion } from "./migrations";
import { loadPair } from "./pair";
import { QueueReader } from "./queueReader";
import { loadSqlEngine } from "./sqlDatabase";
import { type StoreFileSystem, storePaths } from "./storeFiles";

/** A queue as its files show it at one moment. */
export interface QueueView extends Disposable {
  readonly queue: QueueReader;
}

export interface ReadOptions {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly files?: StoreFileSystem;
}

/** An owner that replaces its files under us is done within milliseconds. */
const attempts = { most: 10, milliseconds: 20 };

/**
 * Reads a queue from its files: takes no lock, writes nothing, and needs no owner.
 *
 * @returns undefined when the folder has no queue.
 * @throws HopperError `damaged`, `newerVersion` or `storage`.
 */
export async function readQueue(
  hopperFolder: string,
  { assets, clock, files = fs }: ReadOptions,
): Promise<QueueView | undefined> {
  const paths = storePaths(hopperFolder);
  const loading = loadSqlEngine(assets.sqlWasm);
  for (let attempt = 1; ; attempt++) {
    try {
      // The engine is made ready by threads of its own while the files are read.
      const [engine, pair] = await Promise.all([loading, loadPair(files, paths)]);
      if (!pair) {
        return undefined;
      }
      const { database } = await replay(engine, paths, pair);
      if (databaseVersion(database) === 0) {
        // Its owner has only just begun to make it, or died at that.
        database.close();
        return undefined;
      }
      return { queue: new QueueReader(database), dispose: () => database.close() };
    } catch (error) {
      const problem = readError(hopperFolder, error);
      // Snapshot and journal are two files: an owner may have put a new pair into place between our
      // two looks. Damage that stays is damage.
      if (problem.kind === "newerVersion" || attempt === attempts.most) {
        throw problem;
      }
      await delay(clock, attempts.milliseconds);
    }
  }
}

/** @throws what is no failure of the files, since only a bug causes it. */
function readError(folder: string, error: unknown): HopperError {
  if (error instanceof HopperError) {
    return error;
  }
  if (errorCode(error) === undefined) {
    throw error;
  }
  const message = words`The queue in ${folder} cannot be read: ${errorWords(error)}`;
  return new HopperError("storage", message, { cause: error });
}
