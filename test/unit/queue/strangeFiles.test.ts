import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { encodeCommit, encodeHeader, parseJournal } from "../../../src/core/queue/journal";
import { migrations, pendingMigrations, schemaVersion } from "../../../src/core/queue/migrations";
import { sha256 } from "../../../src/core/queue/pair";
import { readQueue } from "../../../src/core/queue/readQueue";
import type { SqlDatabase } from "../../../src/core/queue/sqlDatabase";
import type { Store } from "../../../src/core/queue/store";
import { FaultyFiles } from "./support/faultyFiles";
import { emptyDatabase, hurriedClock, on, put, StoreBench, values } from "./support/storeBench";

/** Files whose checksums are right, and which no program of ours wrote. */
describe("files that somebody else wrote", () => {
  let bench: StoreBench;

  beforeEach(async () => {
    bench = new StoreBench();
    await bench.reopen((store) => put(store, "1"), on(new FaultyFiles()));
  });
  afterEach(() => bench.remove());

  const open = (repair = false): Promise<Store> =>
    bench.open({ ...on(new FaultyFiles()), ...(repair && { repair }) });

  const read = (): ReturnType<typeof readQueue> =>
    readQueue(bench.paths.folder, { assets: bench.assets, clock: hurriedClock });

  /** Adds one commit to the journal, and a rightful one behind it. */
  function addCommit(statements: readonly string[]): void {
    const { header, commits } = journal();
    const seq = (commits.at(-1)?.seq ?? header.seq) + 1;
    for (const [index, texts] of [statements, [later]].entries()) {
      const runs = texts.map((sql) => [sql, []] as const);
      const line = { seq: seq + index, generation: header.generation, statements: runs };
      appendFileSync(bench.paths.journal, encodeCommit(line));
    }
  }

  const later =
    "INSERT INTO queue_config (config_key, config_value, updated_at) VALUES ('test 2', '2', '')";

  function journal(): NonNullable<ReturnType<typeof parseJournal>> {
    const parsed = parseJournal(readFileSync(bench.paths.journal));
    assert.ok(parsed);
    return parsed;
  }

  /** Puts an image into the snapshot's place, with a journal that vouches for it. */
  async function place(image: Uint8Array): Promise<void> {
    writeFileSync(bench.paths.snapshot, image);
    const { header } = journal();
    writeFileSync(bench.paths.journal, encodeHeader({ ...header, sha256: await sha256(image) }));
  }

  /** An image of the present schema, changed by so many statements. */
  async function imageWith(...statements: readonly string[]): Promise<Uint8Array> {
    const database = await emptyDatabase();
    try {
      pendingMigrations(database).forEach((sql) => database.run(sql));
      statements.forEach((sql) => database.run(sql));
      return database.exportImage();
    } finally {
      database.close();
    }
  }

  async function assertRefused(message: RegExp): Promise<void> {
    const before = bench.names().map((name) => [name, contents(name)]);
    await assert.rejects(open(), { kind: "damaged", message });
    await assert.rejects(read(), { kind: "damaged", message });
    assert.deepEqual(
      bench.names().map((name) => [name, contents(name)]),
      before,
      "nothing was changed",
    );
  }

  const contents = (name: string): string =>
    readFileSync(`${bench.paths.folder}/${name}`, "base64");

  const commits: Readonly<Record<string, readonly string[]>> = {
    "leaves its transaction": ["COMMIT", "PRAGMA foreign_keys = OFF", "BEGIN", later],
    "hides a trigger outside of the schema": [
      "CREATE TEMP TRIGGER t AFTER INSERT ON main.events BEGIN DELETE FROM plans; END",
    ],
    "attaches another database": ["ATTACH ':memory:' AS other"],
    "never comes to its end": [
      "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) DELETE FROM events WHERE event_id IN n",
    ],
    "says what we would say, and more": [`${later}; DELETE FROM plans`],
    "has no statement where it names one": [""],
  };
  for (const [what, statements] of Object.entries(commits)) {
    it(`a commit that ${what} stops owners and readers; a repair keeps what is before it`, async () => {
      addCommit(statements);
      const line = 1 + journal().commits.length;
      assert.equal(journal().badLine, undefined, "its checksum is right");
      await assertRefused(
        new RegExp(`queue\\.journal, line ${line - 1}: .* statement that Phase Hopper does not`),
      );
      const store = await open(true);
      assert.deepEqual(values(store), ["1"]);
      assert.match(store.notices.join(), /changes 3 to 4 are lost.*kept as/s);
    });
  }

  it("a migration that was undone half-way is no database of ours", async () => {
    addCommit([`PRAGMA user_version = ${schemaVersion - 1}`]);
    await assertRefused(/queue\.journal is not a database of Phase Hopper/);
  });

  const definitions: Readonly<Record<string, string>> = {
    "a trigger":
      "CREATE TRIGGER t AFTER INSERT ON events BEGIN UPDATE plans SET title = 'other'; END",
    "a view": "CREATE VIEW v AS SELECT * FROM plans",
    "another table": "CREATE TABLE contacts (name TEXT)",
    "another index": "CREATE INDEX i ON plans (abs(plan_number))",
    "a column more": "ALTER TABLE plans ADD COLUMN more TEXT",
    "a table less": "DROP TABLE workflow_history",
  };
  for (const [what, sql] of Object.entries(definitions)) {
    it(`a snapshot with ${what} is no database of ours`, async () => {
      await place(await imageWith(sql));
      await assertRefused(/queue\.db is not a database of Phase Hopper/);
    });
  }

  it("a snapshot of each version is taken as that version's, and as no other's", async () => {
    for (const [index, statements] of migrations.entries()) {
      for (const version of [index + 1, index, schemaVersion + 1]) {
        const database = await emptyDatabase();
        migrations.slice(0, index).flat().concat(statements).forEach(run(database));
        database.run(`PRAGMA user_version = ${version}`);
        await place(database.exportImage());
        database.close();
        if (version === index + 1) {
          (await read())?.dispose();
        } else {
          await assert.rejects(read(), {
            kind: version > schemaVersion ? "newerVersion" : "damaged",
          });
        }
      }
    }
  });

  it("a snapshot that is none is damage, though its checksum is right", async () => {
    await place(Buffer.from("no database at all ".repeat(1000)));
    await assertRefused(/queue\.db cannot be read \(file is not a database\).*phase-hopper repair/);
  });

  it("rows that belong to nothing stop; a repair leaves them out and says so", async () => {
    const image = await imageWith(
      "PRAGMA foreign_keys = OFF",
      later,
      `INSERT INTO phase_queue (queue_id, plan_id, phase_number, label, status, depends_on_phases,
         phase_data, runner, queue_position, created_at, updated_at, start_line)
       VALUES ('phase', 'no plan', 1, '1', 'ready', '[]', '{}', 'shell', 1, '', '', 0)`,
      `INSERT INTO attempts (attempt_id, queue_id, attempt_number, runner, command, state, started_at)
       VALUES ('attempt', 'phase', 1, 'shell', '[]', 'running', '')`,
      "INSERT INTO queue_config VALUES ('last_seq', '2', '')",
    );
    await place(image);
    await assertRefused(/a row of phase_queue belongs to nothing.*phase-hopper repair/);
    const store = await open(true);
    assert.deepEqual(values(store), ["2"]);
    assert.match(store.notices.join(), /1 row that belonged to nothing was left out/);
    for (const table of ["phase_queue", "attempts"]) {
      assert.deepEqual(store.database.all(`SELECT * FROM ${table}`), []);
    }
    await bench.close(store);
    await bench.reopen((again) => assert.deepEqual(values(again), ["2"]), on(new FaultyFiles()));
  });

  it("are not ours to write: a statement that no replay would take is no commit", async () => {
    const store = await open();
    const before = store.lastSeq;
    assert.throws(
      () => store.commit((transaction) => transaction.run("DELETE FROM plans RETURNING plan_id")),
      /no replay would take this statement: DELETE FROM plans RETURNING/,
    );
    assert.equal(store.lastSeq, before);
    put(store, "3");
    await bench.close(store);
    await bench.reopen(
      (again) => assert.deepEqual(values(again), ["1", "3"]),
      on(new FaultyFiles()),
    );
  });

  it("that hold nothing at all yet are no queue to a reader", async () => {
    const empty = new StoreBench();
    mkdirSync(empty.paths.folder);
    const header = encodeHeader({ generation: 1, seq: 0, sha256: null, schema: schemaVersion });
    writeFileSync(empty.paths.journal, header);
    const view = readQueue(empty.paths.folder, { assets: empty.assets, clock: hurriedClock });
    assert.equal(await view, undefined);
    await empty.remove();
  });
});

function run(database: SqlDatabase): (sql: string) => void {
  return (sql) => void database.run(sql);
}
