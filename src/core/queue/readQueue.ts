import * as fs from "node:fs";
import type { Assets } from "../base/assets";
import { type Clock, delay } from "../base/clock";
import { HopperError } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import { replay } from "./image";
import { loadPair } from "./pair";
import { QueueReader } from "./queueReader";
import { loadSqlEngine } from "./sqlDatabase";
import { type StoreFileSystem, storePaths } from "./storeFiles";

/** A queue as its files show it at one moment. */
export interface QueueView extends Disposable {
  readonly queue: QueueReader;
}

/** An owner that replaces its files under us is done within milliseconds. */
const attempts = { most: 10, milliseconds: 20 };

/**
 * Reads a queue from its files: takes no lock, writes nothing, and needs no owner.
 *
 * @returns undefined when the folder has no queue.
 * @throws HopperError `damaged` or `newerVersion`.
 */
export async function readQueue(
  hopperFolder: string,
  { assets, clock, files = fs }: ReadOptions,
): Promise<QueueView | undefined> {
  const paths = storePaths(hopperFolder);
  const engine = await loadSqlEngine(assets.sqlWasm);
  for (let attempt = 1; ; attempt++) {
    try {
      const pair = await loadPair(files, paths);
      if (!pair) {
        return undefined;
      }
      const { database } = await replay(engine, paths, pair);
      return { queue: new QueueReader(database), dispose: () => database.close() };
    } catch (error) {
      // Snapshot and journal are two files: an owner may have put a new pair into place between our
      // two looks. Damage that stays is damage.
      if (!(error instanceof HopperError) || attempt === attempts.most) {
        throw error;
      }
      await delay(clock, attempts.milliseconds);
    }
  }
}

export interface ReadOptions {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly files?: StoreFileSystem;
}
