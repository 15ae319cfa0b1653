import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SqlJsStatic } from "sql.js";
import { yieldToEventLoop } from "../../../src/core/base/clock";
import type { HistoryAnswer } from "../../../src/core/coordinator/historyOrder";
import { readHistory } from "../../../src/core/coordinator/readHistory";
import { loadSqlEngine } from "../../../src/core/queue/sqlDatabase";
import { OutsideWriter, python } from "./support/outsideWriter";

const wanted = { queueIds: ["q-1"], issueNumbers: [1], adwIds: ["adw-1"] };
const table =
  "CREATE TABLE workflow_history (issue_number INTEGER, adw_id TEXT, status TEXT, error_message TEXT, created_at TEXT)";
const insert =
  "INSERT INTO workflow_history (issue_number, status, error_message) VALUES (1, 'failed', ?)";

describe("reading an outside program's database", function () {
  this.timeout(240_000);
  let folder: string;
  let path: string;
  let engine: SqlJsStatic;

  before(async () => {
    engine = await loadSqlEngine(require.resolve("sql.js/dist/sql-wasm.wasm"));
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hopper-outside-"));
    path = join(folder, "history.db");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const read = (file = path): HistoryAnswer =>
    readHistory(engine, { number: 1, path: file, names: wanted });

  function rows(file = path) {
    const answer = read(file);
    assert.ok(answer.kind === "rows", JSON.stringify(answer));
    return answer.rows;
  }

  /** Every file of the folder with what a writer would notice. */
  function state(): string[] {
    return readdirSync(folder)
      .sort()
      .map((name) => {
        const { ino, size, mtimeMs } = statSync(join(folder, name));
        const digest = createHash("sha256").update(readFileSync(join(folder, name)));
        return [name, ino, size, mtimeMs, digest.digest("hex")].join(" ");
      });
  }

  for (const mode of ["WAL", "DELETE", "TRUNCATE", "PERSIST"] as const) {
    it(`tears no transaction of a busy writer (${mode}), and neither holds it up nor leaves a file`, async () => {
      const writer = new OutsideWriter(path, mode);
      try {
        await writer.ready();
        const figures = { whole: 0, torn: 0, malformed: 0, gaveUp: 0, slowest: 0 };
        const seen = new Set<string | undefined>();
        while (figures.whole < 300) {
          const begun = performance.now();
          const answer = read();
          figures.slowest = Math.max(figures.slowest, performance.now() - begun);
          if (answer.kind === "rows") {
            const names = new Set(answer.rows.map(({ errorMessage }) => errorMessage));
            const isWhole = names.size === 1 && answer.rows.length === 60;
            figures[isWhole ? "whole" : "torn"] += 1;
            names.forEach((name) => seen.add(name));
          } else {
            figures[answer.kind === "busy" ? "gaveUp" : "malformed"] += 1;
          }
          await yieldToEventLoop();
        }
        const { busy, transactions, rollbacks, checkpoints } = await writer.stop();
        const kept = mode === "TRUNCATE" || mode === "PERSIST" ? ["history.db-journal"] : [];
        const left = readdirSync(folder).filter((name) => !["history.db", ...kept].includes(name));
        console.log(
          `      ${mode}: ${figures.whole} readings whole, ${figures.torn} torn, ${figures.malformed} malformed, ` +
            `${figures.gaveUp} found no gap; ${seen.size} states seen, slowest ${figures.slowest.toFixed(0)} ms; ` +
            `the writer: ${transactions} transactions, ${rollbacks} rolled back, ${checkpoints} checkpoints, ` +
            `${busy} times held up; ${left.length} files left behind`,
        );
        assert.deepEqual([figures.torn, figures.malformed, busy], [0, 0, 0]);
        assert.ok(seen.size > 10, "the writer wrote meanwhile");
        assert.deepEqual(left, []);
      } finally {
        writer.kill();
      }
    });
  }

  it("changes nothing and makes nothing, with or without a log and its index, in a thousand readings", () => {
    python(
      folder,
      `connection.execute("PRAGMA journal_mode = WAL"); connection.execute("${table}")
connection.execute("${insert}", ("one",))
for name in ("history.db", "history.db-wal"):
    shutil.copy(os.path.join(os.path.dirname(path), name), path + ".copy" + name[10:])`,
    );
    const copy = `${path}.copy`;
    assert.ok(existsSync(`${copy}-wal`));
    const before = state();
    for (let index = 0; index < 500; index++) {
      assert.equal(rows().length + rows(copy).length, 2);
    }
    assert.deepEqual(state(), before);
  });

  /** Each state in which a log and its database can stand to each other; what SQLite itself says of it. */
  const states: readonly (readonly [string, string])[] = [
    ["that was never copied into the database", ""],
    ["that was copied wholly", "connection.execute('PRAGMA wal_checkpoint(FULL)')"],
    [
      "with more after that",
      `connection.execute('PRAGMA wal_checkpoint(FULL)')
connection.execute("${insert}", ("more",))
connection.execute("UPDATE workflow_history SET status = 'completed' WHERE rowid = 1")`,
    ],
    [
      "copied in part, because of a reader",
      `other = sqlite3.connect(path, isolation_level=None)
other.execute("BEGIN"); other.execute("SELECT count(*) FROM workflow_history").fetchone()
connection.execute("BEGIN")
for _ in range(700): connection.execute("${insert}", ("y" * 200,))
connection.execute("UPDATE workflow_history SET status = 'completed' WHERE rowid = 1")
connection.execute("COMMIT")
connection.execute('PRAGMA wal_checkpoint(PASSIVE)')`,
    ],
    ["that was cut off", "connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')"],
    [
      "begun anew over its older frames",
      `connection.execute('PRAGMA wal_checkpoint(RESTART)')
connection.execute("${insert}", ("anew",))`,
    ],
    [
      "with a transaction that is not over",
      `connection.execute("PRAGMA cache_size = 5"); connection.execute("BEGIN")
for _ in range(500): connection.execute("INSERT INTO workflow_history (issue_number, status) VALUES (1, ?)", ("z" * 900,))`,
    ],
  ];
  for (const [what, lines] of states) {
    it(`sees with a log ${what} what SQLite itself sees`, () => {
      const said = python(
        folder,
        `connection.execute("PRAGMA journal_mode = WAL"); connection.execute("PRAGMA wal_autocheckpoint = 0")
connection.execute("${table}")
for index in range(300): connection.execute("${insert}", (str(index),))
${lines}
target = os.path.join(os.path.dirname(path), "copy"); os.mkdir(target)
for name in os.listdir(os.path.dirname(path)):
    if name.startswith("history.db"): shutil.copy(os.path.join(os.path.dirname(path), name), target)
truth = sqlite3.connect(path).execute("SELECT count(*), sum(status = 'completed') FROM workflow_history").fetchone()
print(json.dumps(truth))`,
      );
      for (const withIndex of [true, false]) {
        if (!withIndex) {
          rmSync(join(folder, "copy", "history.db-shm"), { force: true });
        }
        const found = rows(join(folder, "copy", "history.db"));
        const completed = found.filter(({ status }) => status === "completed").length;
        assert.deepEqual([found.length, completed], JSON.parse(said));
      }
    });
  }

  for (const pageSize of [512, 1024, 16_384, 65_536]) {
    it(`reads pages of ${pageSize} bytes`, () => {
      python(
        folder,
        `connection.execute("PRAGMA page_size = ${pageSize}"); connection.execute("PRAGMA journal_mode = WAL")
connection.execute("${table}"); connection.execute("${insert}", ("one",))
shutil.copy(path, path + ".copy"); shutil.copy(path + "-wal", path + ".copy-wal")`,
      );
      assert.equal(rows(`${path}.copy`).length, 1);
    });
  }

  it("takes of a damaged log what comes before the damage", () => {
    python(
      folder,
      `connection.execute("PRAGMA journal_mode = WAL"); connection.execute("${table}")
for name in ("one", "two"): connection.execute("${insert}", (name,))
shutil.copy(path, path + ".copy"); shutil.copy(path + "-wal", path + ".copy-wal")`,
    );
    const copy = `${path}.copy`;
    const wal = readFileSync(`${copy}-wal`);
    assert.equal(rows(copy).length, 2);
    truncateSync(`${copy}-wal`, wal.length - 100);
    assert.equal(rows(copy).length, 1);
    const broken = Buffer.from(wal);
    broken[wal.length - 10] = (broken[wal.length - 10] ?? 0) ^ 1;
    writeFileSync(`${copy}-wal`, broken);
    assert.equal(rows(copy).length, 1);
    const otherSalt = Buffer.from(wal);
    otherSalt.writeUInt32BE(1, wal.length - 4096 - 24 + 8);
    writeFileSync(`${copy}-wal`, otherSalt);
    assert.equal(rows(copy).length, 1);
    writeFileSync(`${copy}-wal`, wal.subarray(0, 20));
    assert.deepEqual(rows(copy), []);
  });

  it("counts as ended only what says when, where the table has a column for it", () => {
    python(
      folder,
      `connection.execute("CREATE TABLE workflow_history (issue_number, status, end_time, created_at)")
for row in ((1, "completed", None), (1, "completed", "2026-03-01"), (1, "FAILED", "2026-03-01"), ("1", "paused", None), (2, "failed", "x")):
    connection.execute("INSERT INTO workflow_history VALUES (?, ?, ?, 1)", row)`,
    );
    assert.deepEqual(
      rows().map(({ status }) => status),
      ["running", "completed", "failed", "running"],
    );
  });

  it("says what is wrong with what is no history, and goes on", () => {
    const nothing = (): string => {
      assert.deepEqual(rows(), []);
      return JSON.stringify(read());
    };
    assert.match(nothing(), /There is no database/);
    const strange: readonly (readonly [string, RegExp])[] = [
      ['connection.execute("CREATE TABLE other (a)")', /has no table workflow_history/],
      [
        `connection.execute("CREATE VIEW workflow_history AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS issue_number, 'x' AS status FROM r")`,
        /has no table workflow_history/,
      ],
      [
        'connection.execute("CREATE TABLE workflow_history (status)")',
        /needs a column status and one of/,
      ],
      [
        'connection.execute("CREATE TABLE workflow_history (issue_number)")',
        /needs a column status/,
      ],
    ];
    for (const [lines, message] of strange) {
      python(folder, lines);
      assert.match(JSON.stringify(read()), message);
      rmSync(path);
    }
    writeFileSync(path, "");
    assert.match(nothing(), /There is no database/);
    writeFileSync(path, "no database at all, but long enough to be one".repeat(100));
    assert.match(JSON.stringify(read()), /not a database/);
    rmSync(path);
    mkdirSync(path);
    assert.match(JSON.stringify(read()), /no regular file|cannot be read/);
  });

  it("reads a database that cannot be written, in a folder that cannot be written", () => {
    python(
      folder,
      `connection.execute("PRAGMA journal_mode = WAL"); connection.execute("${table}"); connection.execute("${insert}", ("one",))
shutil.copy(path, path + ".copy"); shutil.copy(path + "-wal", path + ".copy-wal")`,
    );
    const closed = join(folder, "closed");
    mkdirSync(closed);
    copyFileSync(`${path}.copy`, join(closed, "history.db"));
    copyFileSync(`${path}.copy-wal`, join(closed, "history.db-wal"));
    assert.equal(rows(join(closed, "history.db")).length, 1);
    assert.deepEqual(readdirSync(closed), ["history.db", "history.db-wal"]);
  });

  it("finds the log of a database to which a link leads", () => {
    mkdirSync(join(folder, "real"));
    python(
      folder,
      `connection.execute("PRAGMA journal_mode = WAL"); connection.execute("${table}"); connection.execute("${insert}", ("one",))
shutil.copy(path, os.path.join(os.path.dirname(path), "real", "history.db"))
shutil.copy(path + "-wal", os.path.join(os.path.dirname(path), "real", "history.db-wal"))`,
    );
    rmSync(path);
    symlinkSync(join("real", "history.db"), path);
    assert.equal(rows().length, 1);
    rmSync(join(folder, "real", "history.db"));
    assert.deepEqual(rows(), []);
  });

  it("takes of more rows than phases could have those that came last, and says so", () => {
    python(
      folder,
      `connection.execute("${table}"); connection.execute("BEGIN")
connection.executemany("${insert}", ((str(index),) for index in range(100_000)))
connection.execute("COMMIT")`,
    );
    const found = rows();
    assert.equal(found.length, 10_000);
    assert.deepEqual([found[0]?.errorMessage, found.at(-1)?.errorMessage], ["90000", "99999"]);
    assert.match(JSON.stringify(read()), /more than 10000 rows are about phases/);
  });

  it("cuts a text that is a whole log", () => {
    python(
      folder,
      `connection.execute("${table}"); connection.execute("${insert}", ("x" * 5_000_000,))`,
    );
    assert.equal(rows()[0]?.errorMessage?.length, 2000);
  });
});
