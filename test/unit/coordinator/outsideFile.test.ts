import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../../src/core/base/clock";
import { silentLogger } from "../../../src/core/base/log";
import type { Assets } from "../../../src/core/base/assets";
import type { WantedNames } from "../../../src/core/coordinator/historyOrder";
import { OutsideFile } from "../../../src/core/coordinator/outsideFile";
import type { OutsideRows } from "../../../src/core/coordinator/workflowHistory";
import { eventually } from "../../support/eventually";
import { buildAssets, removeAssets } from "../queue/support/builtAssets";
import { python } from "./support/outsideWriter";

const table = "CREATE TABLE workflow_history (issue_number INTEGER, status TEXT, created_at TEXT)";
const insert = "INSERT INTO workflow_history VALUES (1, 'running', '2026-03-01')";

describe("an outside program's file", function () {
  this.timeout(60_000);
  let assets: Assets;
  let folder: string;
  let place: string;
  let names: WantedNames;
  let file: OutsideFile | undefined;
  let readings: OutsideRows[];
  const warnings: string[] = [];
  /** What was waited for, in milliseconds, the last one last. */
  const pauses: number[] = [];

  before(async () => {
    assets = await buildAssets();
  });

  after(() => removeAssets());

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hopper-outside-"));
    names = { queueIds: [], issueNumbers: [1], adwIds: [] };
    readings = [];
    warnings.length = 0;
    pauses.length = 0;
    place = join(folder, "history.db");
  });

  afterEach(() => {
    file?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  function open(pollMilliseconds: number, time: Clock = systemClock): OutsideFile {
    const opened = new OutsideFile(
      {
        assets,
        clock: {
          ...time,
          after: (milliseconds, work) => {
            pauses.push(milliseconds);
            return time.after(milliseconds, work);
          },
        },
        logger: { ...silentLogger, warn: (message) => void warnings.push(message) },
        settings: () => ({ path: place, pollMilliseconds }),
      },
      () => names,
    );
    opened.onDidRead((reading) => void readings.push(reading));
    opened.readSoon();
    file = opened;
    return opened;
  }

  const newestCount = (): number => readings.at(-1)?.rows.length ?? -1;

  it("is read again soon after somebody wrote to it, however rarely it is polled", async () => {
    python(
      folder,
      `connection.execute("PRAGMA journal_mode = WAL"); connection.execute("${table}")`,
    );
    open(3_600_000);
    await eventually("0 rows are read", () => newestCount() === 0);
    python(folder, `connection.execute("${insert}")`);
    await eventually("1 rows are read", () => newestCount() === 1);
    python(
      folder,
      `connection.execute("PRAGMA journal_mode = DELETE"); connection.execute("${insert}")`,
    );
    await eventually("2 rows are read", () => newestCount() === 2);
    assert.deepEqual(readdirSync(folder), ["history.db"]);
  });

  it("is found when it is made later, and when another one takes its place", async () => {
    open(3_600_000);
    await eventually("its absence is said", () => warnings.length === 1);
    assert.match(warnings[0] ?? "", /There is no database .*history\.db yet/);
    python(folder, `connection.execute("${table}"); connection.execute("${insert}")`);
    await eventually("1 rows are read", () => newestCount() === 1);
    python(
      folder,
      `connection.close(); other = sqlite3.connect(path + ".new"); other.execute("${table}"); other.commit(); other.close()
os.replace(path + ".new", path)`,
    );
    await eventually("0 rows are read", () => newestCount() === 0);
  });

  it("is heard from its first row on where its folder is made later, and made anew", async () => {
    const deep = join(folder, "later", "deep");
    place = join(deep, "history.db");
    open(3_600_000);
    await eventually("that nothing is there is read", () => newestCount() === 0);
    for (const count of [1, 2]) {
      mkdirSync(deep, { recursive: true });
      python(
        deep,
        `connection.execute("BEGIN"); connection.execute("${table}")
for _ in range(${count}): connection.execute("${insert}")
connection.execute("COMMIT")`,
      );
      await eventually(`${count} rows are read`, () => newestCount() === count);
      rmSync(join(folder, "later"), { recursive: true });
      await eventually("they are gone", () => newestCount() === 0);
    }
  });

  it("is watched where it is, when a link leads there, and elsewhere when the link does", async () => {
    for (const name of ["one", "other"]) {
      mkdirSync(join(folder, name));
      python(
        join(folder, name),
        `connection.execute("PRAGMA journal_mode = WAL"); connection.execute("${table}")`,
      );
    }
    symlinkSync(join("one", "history.db"), place);
    open(3_600_000);
    await eventually("0 rows are read", () => newestCount() === 0);
    python(join(folder, "one"), `connection.execute("${insert}")`);
    await eventually("1 rows are read", () => newestCount() === 1);
    rmSync(place);
    symlinkSync(join("other", "history.db"), place);
    await eventually("0 rows are read", () => newestCount() === 0);
    python(join(folder, "other"), `connection.execute("${insert}")`);
    await eventually("1 rows are read", () => newestCount() === 1);
  });

  it("that a killed writer left in a transaction is said, and read when somebody has mended it", async () => {
    python(
      folder,
      `connection.execute("${table}"); connection.execute("${insert}")
if os.fork() == 0:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA cache_size = 5"); connection.execute("BEGIN")
    for _ in range(300): connection.execute("INSERT INTO workflow_history VALUES (1, ?, '')", ("z" * 900,))
    os.kill(os.getpid(), 9)
os.wait()`,
    );
    assert.ok(readdirSync(folder).includes("history.db-journal"));
    open(3_600_000, { ...systemClock, monotonic: () => systemClock.monotonic() * 20 });
    await eventually("that is said", () => warnings.length > 0);
    assert.match(warnings[0] ?? "", /cannot be read: .* or was killed while it did/);
    // It was tried for a while, and is not any more.
    assert.equal(pauses.at(-1), 3_600_000);
    assert.deepEqual(readings, []);
    python(folder, `connection.execute("SELECT * FROM workflow_history").fetchall()`);
    await eventually("1 rows are read", () => newestCount() === 1);
    assert.equal(warnings.length, 1);
  });

  it("is polled for what watching does not tell", async () => {
    python(folder, `connection.execute("${table}")`);
    names = { queueIds: [], issueNumbers: [], adwIds: [] };
    open(100);
    python(folder, `connection.execute("${insert}")`);
    assert.deepEqual(readings, []);
    // Nothing is read, or watched, while no phase waits for an outside program.
    names = { queueIds: [], issueNumbers: [1], adwIds: [] };
    await eventually("1 rows are read", () => newestCount() === 1);
  });

  it("tells whether what was read last is what the file holds", async () => {
    python(folder, `connection.execute("${table}"); connection.execute("${insert}")`);
    const opened = open(3_600_000);
    await eventually("1 rows are read", () => newestCount() === 1);
    assert.equal(opened.current()?.rows.length, 1);
    names = { queueIds: [], issueNumbers: [1, 2], adwIds: [] };
    assert.equal(opened.current(), undefined);
    names = { queueIds: [], issueNumbers: [1], adwIds: [] };
    python(folder, `connection.execute("${insert}")`);
    assert.notEqual(opened.current()?.rows.length, 1);
  });

  it("that takes too long is given up, and the host goes on", async () => {
    // A column that computes for hours, whoever reads it.
    python(
      folder,
      `connection.execute("CREATE TABLE workflow_history (issue_number INTEGER)")
connection.execute("INSERT INTO workflow_history VALUES (1)")
connection.execute("""ALTER TABLE workflow_history ADD COLUMN status TEXT AS
  (instr(hex(zeroblob(20000000)), hex(zeroblob(10000000)) || '1'))""")`,
    );
    open(3_600_000);
    await eventually("that is said", () => warnings.length > 0);
    assert.match(warnings[0] ?? "", /could not be read: it took too long/);
    assert.deepEqual(readings, []);
  });
});
