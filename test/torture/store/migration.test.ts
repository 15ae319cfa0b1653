import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import * as fs from "node:fs";
import { Buffer } from "node:buffer";
import { encodeCommit, encodeHeader } from "../../../src/core/queue/journal";
import { databaseVersion, migrations, schemaVersion } from "../../../src/core/queue/migrations";
import { dieAt, FaultyFiles } from "../../unit/queue/support/faultyFiles";
import { on, StoreBench, values } from "../../unit/queue/support/storeBench";
import { figure } from "../support/extent";

describe("bringing a queue of an older version up to date", () => {
  it("from each of them, with a death at each file operation, ends old or new, never between", async () => {
    let deaths = 0;
    for (let version = 0; version < schemaVersion; version++) {
      const old = new StoreBench();
      writeQueueOf(version, old);
      for (let call = 1; ; call++) {
        const bench = new StoreBench();
        cpSync(old.paths.folder, bench.paths.folder, { recursive: true });
        const disk = new FaultyFiles();
        disk.set(dieAt(call));
        const died = await bench
          .open(on(disk))
          .then((store) => bench.close(store))
          .then(
            () => false,
            () => true,
          );
        const when = `version ${version}, died at call ${call}`;
        const found = await bench.replayed(databaseVersion);
        assert.ok(found === version || found === schemaVersion, `${when}: version ${found}`);
        await bench.reopen((store) => {
          assert.equal(databaseVersion(store.database), schemaVersion, when);
          assert.deepEqual(values(store), version === 0 ? [] : ["kept"], when);
          assert.deepEqual(
            store.notices.filter((notice) => !notice.includes("unfinished change")),
            [],
            when,
          );
        }, on(new FaultyFiles()));
        await bench.remove();
        if (!died) {
          break;
        }
        deaths++;
      }
      await old.remove();
    }
    figure(
      "A12 store, migrations",
      `${deaths} deaths on the way from ${schemaVersion} schemas; 0 stuck, 0 between`,
    );
  });
});

/** The journal that a release with this schema left: version 0 died before it had any. */
function writeQueueOf(version: number, { paths }: StoreBench): void {
  fs.mkdirSync(paths.folder);
  const keep =
    "INSERT INTO queue_config (config_key, config_value, updated_at) VALUES ('test kept', 'kept', '')";
  const statements = [
    ...migrations.slice(0, version).flat(),
    ...(version === 0 ? [] : [`PRAGMA user_version = ${version}`, keep]),
  ].map((sql): [string, []] => [sql, []]);
  const header = encodeHeader({ generation: 1, seq: 0, sha256: null, schema: version });
  const commit = encodeCommit({ seq: 1, generation: 1, statements });
  fs.writeFileSync(paths.journal, version === 0 ? header : Buffer.concat([header, commit]));
}
