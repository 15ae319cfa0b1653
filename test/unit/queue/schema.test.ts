import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { phaseStatuses } from "../../../src/core/protocol/terms";
import { databaseIdKey, readConfig } from "../../../src/core/queue/config";
import {
  applicationId,
  databaseVersion,
  migrations,
  pendingMigrations,
  schemaVersion,
} from "../../../src/core/queue/migrations";
import { isSchemaOfVersion, schemaDigest } from "../../../src/core/queue/schema";
import type { SqlDatabase } from "../../../src/core/queue/sqlDatabase";
import { dieAt, FaultyFiles } from "./support/faultyFiles";
import { emptyDatabase, on, StoreBench } from "./support/storeBench";

describe("the schema", () => {
  let database: SqlDatabase;

  beforeEach(async () => {
    database = await emptyDatabase();
    pendingMigrations(database).forEach((sql) => database.run(sql));
  });
  afterEach(() => database.close());

  it("is what schema.sql says", () => {
    const rows = database.all(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name",
    );
    const found = rows.map(({ sql }) => `${unindented(String(sql))};\n`).join("\n");
    assert.equal(found, readFileSync(join(__dirname, "schema.sql"), "utf8"));
  });

  it("names its program and version, and needs no migration", () => {
    assert.equal(database.get("PRAGMA application_id")?.["application_id"], applicationId);
    assert.equal(databaseVersion(database), schemaVersion);
    assert.deepEqual(pendingMigrations(database), []);
  });

  it("is known by its digest at every version", async () => {
    for (let version = 0; version <= schemaVersion; version++) {
      const empty = await emptyDatabase();
      migrations
        .slice(0, version)
        .flat()
        .forEach((sql) => empty.run(sql));
      assert.ok(
        isSchemaOfVersion(empty, version),
        `schema.ts has the digest of version ${version}: ${schemaDigest(empty)}`,
      );
      empty.close();
    }
  });

  it("is made in the first commit of a store, and not again", async () => {
    const bench = new StoreBench();
    assert.equal(await bench.reopen((store) => store.lastSeq, on(new FaultyFiles())), 1);
    assert.equal(await bench.reopen((store) => store.lastSeq, on(new FaultyFiles())), 1);
    await bench.remove();
  });

  it("comes with the database's id, which is asked for once", async () => {
    const bench = new StoreBench();
    const ids = ["the first", "another"];
    const options = { ...on(new FaultyFiles()), newDatabaseId: () => ids.shift() ?? "none" };
    for (let count = 1; count <= 2; count++) {
      const found = await bench.reopen(
        (store) => readConfig(store.database, databaseIdKey),
        options,
      );
      assert.equal(found, "the first");
    }
    assert.deepEqual(ids, ["another"]);
    await bench.remove();
  });

  it("is never there without an id, wherever the making of the database was cut off", async () => {
    for (let call = 1, died = true; died; call++) {
      const bench = new StoreBench();
      const disk = new FaultyFiles();
      disk.set(dieAt(call));
      died = await bench
        .open(on(disk))
        .then((store) => bench.close(store))
        .then(
          () => false,
          () => true,
        );
      const id = await bench.reopen(
        (store) => readConfig(store.database, databaseIdKey),
        on(new FaultyFiles()),
      );
      assert.equal(id, "a test's", `died at call ${call}`);
      await bench.remove();
    }
  });

  it("gives phases and open attempts that are brought up to date what is asked for in new columns", async () => {
    const older = await emptyDatabase();
    try {
      const [first = []] = migrations;
      first.forEach((sql) => older.run(sql));
      older.run("PRAGMA user_version = 1");
      addPlan(older);
      const open: [command: string, runner: string, data: string, evidence: string | null][] = [
        ['["sh"]', "shell", '{"title":"A \\"b\\"","properties":{"timeout":90}}', null],
        ['["agent"]', "mine", '{"properties":{}}', null],
        ["[]", "external", '{"properties":{}}', '{"reported":"completed"}'],
        ["[]", "review", '{"properties":{}}', null],
      ];
      for (const [index, [command, runner, data, evidence]] of open.entries()) {
        addPhase(older, { phase_number: index });
        older.run("UPDATE phase_queue SET phase_data = ? WHERE queue_id = ?", [data, `${index}`]);
        older.run(
          `INSERT INTO attempts (attempt_id, queue_id, attempt_number, runner, command, state,
             started_at, evidence) VALUES (?1, ?1, 1, ?2, ?3, 'running', 'then', ?4)`,
          [`${index}`, runner, command, evidence],
        );
      }
      pendingMigrations(older).forEach((sql) => older.run(sql));
      assert.equal(databaseVersion(older), schemaVersion);
      assert.deepEqual(
        older.all(
          "SELECT runner_kind, timeout, idle_timeout, reported_at FROM attempts ORDER BY attempt_id",
        ),
        [
          { runner_kind: "shell", timeout: 90, idle_timeout: 0, reported_at: null },
          { runner_kind: "command", timeout: 3600, idle_timeout: 900, reported_at: null },
          { runner_kind: "external", timeout: 86400, idle_timeout: 0, reported_at: "then" },
          { runner_kind: "manual", timeout: 0, idle_timeout: 0, reported_at: null },
        ],
      );
      assert.deepEqual(
        older.all("SELECT title FROM phase_queue ORDER BY queue_id").map(({ title }) => title),
        ['A "b"', "", "", ""],
      );
    } finally {
      older.close();
    }
  });

  it("allows the six statuses and no other", () => {
    addPlan(database);
    for (const [index, status] of [...phaseStatuses, "skipped", "", null].entries()) {
      const add = (): number => addPhase(database, { phase_number: index, status });
      if (index < phaseStatuses.length) {
        assert.equal(add(), 1);
      } else {
        assert.throws(add, /constraint/);
      }
    }
  });

  it("keeps types, references and numbers right", () => {
    addPlan(database);
    addPhase(database, { phase_number: 1 });
    assert.throws(() => addPhase(database, { phase_number: 1 }), /UNIQUE/);
    assert.throws(() => addPhase(database, { phase_number: "one" }), /cannot store TEXT/);
    assert.throws(() => addPhase(database, { phase_number: 2, plan_id: "none" }), /FOREIGN KEY/);
    assert.throws(() => database.run("DELETE FROM plans"), /FOREIGN KEY/);
    addAttempt(database, "a", 1, "running");
    assert.throws(() => addAttempt(database, "b", 2, "lost"), /CHECK/);
    assert.throws(() => addAttempt(database, "b", 1, "ended"), /UNIQUE/);
    assert.throws(() => addAttempt(database, "b", 2, "starting"), /UNIQUE/, "two open attempts");
    addAttempt(database, "b", 2, "ended");
    database.run("DELETE FROM phase_queue");
    assert.deepEqual(database.all("SELECT * FROM attempts"), [], "attempts go with their phase");
  });
});

function addPlan(database: SqlDatabase): void {
  database.run(
    `INSERT INTO plans (plan_id, plan_number, title, source_sha256, context, runner, created_at)
     VALUES ('plan', 1, 'Plan', '', '', 'shell', '')`,
  );
}

function addPhase(
  database: SqlDatabase,
  phase: { phase_number: number | string; status?: string | null; plan_id?: string },
): number {
  return database.run(
    `INSERT INTO phase_queue (queue_id, plan_id, phase_number, label, status, depends_on_phases,
       phase_data, runner, queue_position, created_at, updated_at, start_line)
     VALUES (?1, ?2, ?1, '', ?3, '[]', '{}', 'shell', 1, '', '', 0)`,
    [
      phase.phase_number,
      phase.plan_id ?? "plan",
      phase.status === undefined ? "queued" : phase.status,
    ],
  );
}

function addAttempt(database: SqlDatabase, id: string, number: number, state: string): void {
  database.run(
    `INSERT INTO attempts (attempt_id, queue_id, attempt_number, runner, command, state, started_at)
     VALUES (?, '1', ?, 'shell', '[]', ?, '')`,
    [id, number, state],
  );
}

/** SQLite keeps a definition as it was written: here without the indentation of our source. */
function unindented(sql: string): string {
  return sql.replaceAll(/\n {5}/g, "\n");
}
