import assert from "node:assert/strict";
import * as fs from "node:fs";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Assets } from "../../../../src/core/base/assets";
import type { Clock } from "../../../../src/core/base/clock";
import type { Logger } from "../../../../src/core/base/log";
import { buildSnapshot } from "../../../../src/core/queue/buildSnapshot";
import { replay } from "../../../../src/core/queue/image";
import { loadPair } from "../../../../src/core/queue/pair";
import { loadSqlEngine, SqlDatabase } from "../../../../src/core/queue/sqlDatabase";
import { Store, type StoreOptions } from "../../../../src/core/queue/store";
import { storePaths } from "../../../../src/core/queue/storeFiles";
import { FakeClock } from "../../../support/fakeClock";
import { unbuiltAssets } from "./builtAssets";
import type { FaultyFiles } from "./faultyFiles";

/** A workspace folder with stores in it, and short words for what tests do with them. */
export class StoreBench {
  readonly workspace = mkdtempSync(join(tmpdir(), "hopper-queue-"));
  readonly paths = storePaths(join(this.workspace, ".hopper"));
  readonly logged: string[] = [];
  readonly clock = new FakeClock();
  private readonly stores = new Set<Store>();

  constructor(readonly assets: Assets = unbuiltAssets) {}

  async open(options: Partial<StoreOptions> = {}): Promise<Store> {
    const store = await Store.open({
      newDatabaseId: () => "a test's",
      paths: this.paths,
      files: fs,
      assets: this.assets,
      clock: this.clock,
      logger: this.logger,
      ...options,
    });
    this.stores.add(store);
    return store;
  }

  async close(store: Store): Promise<void> {
    this.stores.delete(store);
    await store.close();
  }

  /** Opens, looks and closes: what a next host would find. */
  async reopen<T>(look: (store: Store) => T, options: Partial<StoreOptions> = {}): Promise<T> {
    const store = await this.open(options);
    try {
      return look(store);
    } finally {
      await this.close(store);
    }
  }

  /** Looks at everything the files hold at this moment, as a reader would: nothing is written. */
  async replayed<T>(look: (database: SqlDatabase) => T): Promise<T> {
    const pair = await loadPair(fs, this.paths);
    assert.ok(pair);
    const engine = await loadSqlEngine(this.assets.sqlWasm);
    const { database } = await replay(engine, this.paths, pair);
    try {
      return look(database);
    } finally {
      database.close();
    }
  }

  /** Names in `.hopper`, sorted. */
  names(): string[] {
    return existsSync(this.paths.folder) ? readdirSync(this.paths.folder).sort() : [];
  }

  async remove(): Promise<void> {
    for (const store of this.stores) {
      await store.close();
    }
    rmSync(this.workspace, { recursive: true, force: true });
    assert.equal(this.clock.pending, 0, "a closed store leaves no timer behind");
  }

  private get logger(): Logger {
    const note = (message: string): void => void this.logged.push(message);
    return { debug: () => undefined, info: note, warn: note, error: note };
  }
}

/** A disk of a test's, and snapshots built on it without a thread, so that it can make them fail. */
export function on(disk: FaultyFiles): Partial<StoreOptions> {
  return {
    files: disk.files,
    clock: hurriedClock,
    buildSnapshot: (order) => buildSnapshot(order, disk.files),
  };
}

/** A clock on which whatever waits goes on at the next turn of the event loop. */
export const hurriedClock: Clock = {
  now: () => Date.UTC(2026, 0, 1),
  monotonic: () => 0,
  after(milliseconds, callback) {
    // Idle snapshots stay out: they would come at random between the steps of a test.
    if (milliseconds >= 1000) {
      return { dispose: () => undefined };
    }
    const immediate = setImmediate(callback);
    return { dispose: () => clearImmediate(immediate) };
  },
};

/** Commits a value; what was committed is what {@link values} answers. */
export function put(store: Store, value: string): void {
  store.commit((transaction) =>
    transaction.run(
      "INSERT INTO queue_config (config_key, config_value, updated_at) VALUES (?, ?, ?)",
      [`test ${value}`, value, "2026-01-01T00:00:00.000Z"],
    ),
  );
}

/** What was {@link put}, in that order. */
export function values(store: Store): string[] {
  return store.database
    .all("SELECT config_value FROM queue_config WHERE config_key LIKE 'test %' ORDER BY rowid")
    .map((row) => String(row["config_value"]));
}

/** Every row of every table but the store's own note of how far an image goes. */
export function dump(database: SqlDatabase): string {
  const tables = database.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  return tables
    .map(({ name }) => {
      const rows = database
        .all(`SELECT * FROM ${String(name)} ORDER BY rowid`)
        .filter((row) => row["config_key"] !== "last_seq");
      return `${String(name)}\n${rows.map((row) => JSON.stringify(row)).join("\n")}`;
    })
    .join("\n\n");
}

/** A database of its own, apart from every store. */
export async function emptyDatabase(): Promise<SqlDatabase> {
  return new SqlDatabase(await loadSqlEngine(unbuiltAssets.sqlWasm));
}
