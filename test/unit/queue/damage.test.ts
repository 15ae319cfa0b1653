import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { HopperError } from "../../../src/core/base/errors";
import { encodeCommit, encodeHeader, parseJournal } from "../../../src/core/queue/journal";
import { schemaVersion } from "../../../src/core/queue/migrations";
import { sha256 } from "../../../src/core/queue/pair";
import { readQueue } from "../../../src/core/queue/readQueue";
import type { Store } from "../../../src/core/queue/store";
import { FaultyFiles } from "./support/faultyFiles";
import { emptyDatabase, hurriedClock, on, put, StoreBench, values } from "./support/storeBench";

describe("damaged files", () => {
  let bench: StoreBench;

  beforeEach(() => {
    bench = new StoreBench();
  });
  afterEach(() => bench.remove());

  const open = (repair = false): Promise<Store> =>
    bench.open({ ...on(new FaultyFiles()), ...(repair && { repair }) });

  /** Two snapshots, with commits before, between and after them. */
  async function fill(): Promise<void> {
    const store = await open();
    put(store, "1");
    await store.snapshot();
    put(store, "2");
    await store.snapshot();
    put(store, "3");
    put(store, "4");
    // Dies here: the journal keeps its last two commits.
  }

  async function found(repair = false): Promise<{ values: string[]; notices: readonly string[] }> {
    const store = await open(repair);
    const answer = { values: values(store), notices: store.notices };
    await bench.close(store);
    return answer;
  }

  async function assertRefused(pattern: RegExp): Promise<void> {
    const before = contents();
    await assert.rejects(open(), (error: unknown) => {
      assert.ok(error instanceof HopperError);
      assert.equal(error.kind, "damaged");
      assert.match(error.message, pattern);
      return true;
    });
    assert.deepEqual(contents(), before, "nothing was changed");
  }

  function contents(): Record<string, string> {
    return Object.fromEntries(
      bench.names().map((name) => [name, readFileSync(`${bench.paths.folder}/${name}`, "base64")]),
    );
  }

  const kept = (): string[] => bench.names().filter((name) => name.includes(".corrupt-"));

  const damages: readonly [what: string, work: (path: string) => void][] = [
    ["a flipped bit", (path) => flip(path, 5000)],
    ["a flipped bit in its first byte", (path) => flip(path, 0)],
    ["a missing end", (path) => truncateSync(path, readFileSync(path).length - 4096)],
    ["zero length", (path) => truncateSync(path, 0)],
    ["nothing but zeros", (path) => writeFileSync(path, Buffer.alloc(65536))],
  ];

  for (const [what, work] of damages) {
    it(`a snapshot with ${what} is read from the pair before it, and kept`, async () => {
      await fill();
      work(bench.paths.snapshot);
      const damaged = readFileSync(bench.paths.snapshot);
      const { values: all, notices } = await found();
      assert.deepEqual(all, ["1", "2", "3", "4"]);
      assert.match(
        notices.join(),
        /queue\.db was damaged\. Nothing is lost.*keeps the damaged file/,
      );
      const [name] = kept();
      assert.deepEqual(kept(), ["queue.db.corrupt-2026-01-01T00-00-00.000Z"]);
      assert.deepEqual(readFileSync(`${bench.paths.folder}/${name ?? ""}`), damaged);
      assert.deepEqual(await found(), { values: ["1", "2", "3", "4"], notices: [] });
    });
  }

  it("a missing snapshot is no new queue: it is read from the pair before it", async () => {
    await fill();
    rmSync(bench.paths.snapshot);
    const { values: all, notices } = await found();
    assert.deepEqual(all, ["1", "2", "3", "4"]);
    assert.match(notices.join(), /queue\.db was missing/);
  });

  describe("that are all missing", () => {
    const attempt = (): string => join(bench.paths.attempts, "an id", "1");

    beforeEach(async () => {
      await fill();
      for (const name of bench.names().filter((name) => name.startsWith("queue."))) {
        rmSync(join(bench.paths.folder, name));
      }
    });

    it("beside attempts are no new queue, to owners and readers alike", async () => {
      mkdirSync(attempt(), { recursive: true });
      await assert.rejects(open(), { kind: "damaged", message: lost });
      assert.deepEqual(bench.names(), [".gitignore", "attempts"], "nothing was changed");
      const reading = readQueue(bench.paths.folder, { assets: bench.assets, clock: hurriedClock });
      await assert.rejects(reading, { kind: "damaged", message: lost });
    });

    const lost = /queue\.db and queue\.journal are missing.*phase-hopper repair/;

    it("are begun anew by a repair, which keeps the attempts out of the new queue's way", async () => {
      mkdirSync(attempt(), { recursive: true });
      writeFileSync(join(attempt(), "output.log"), "all there is");
      const { values: all, notices } = await found(true);
      assert.deepEqual(all, []);
      assert.match(notices.join(), /begins empty.*attempts\.kept-/);
      const folder = bench.names().find((name) => name.startsWith("attempts.kept-")) ?? "";
      const log = join(bench.paths.folder, folder, "an id", "1", "output.log");
      assert.equal(readFileSync(log, "utf8"), "all there is");
      assert.deepEqual(await found(), { values: [], notices: [] });
    });

    it("beside an empty folder for attempts, or none, are a new queue", async () => {
      assert.deepEqual(await found(), { values: [], notices: [] });
      rmSync(bench.paths.folder, { recursive: true });
      mkdirSync(bench.paths.attempts, { recursive: true });
      assert.deepEqual(await found(), { values: [], notices: [] });
    });
  });

  it("another program's database in place of the snapshot is kept, and not read", async () => {
    await fill();
    const other = await emptyDatabase();
    other.run("CREATE TABLE contacts (name TEXT)");
    writeFileSync(bench.paths.snapshot, other.exportImage());
    other.close();
    assert.deepEqual((await found()).values, ["1", "2", "3", "4"]);
    assert.equal(kept().length, 1);
  });

  it("a snapshot damaged before the second one was made is read from the first journal", async () => {
    const store = await open();
    put(store, "1");
    await store.snapshot();
    put(store, "2");
    flip(bench.paths.snapshot, 5000);
    assert.deepEqual((await found()).values, ["1", "2"]);
  });

  it("a snapshot that is damaged under its owner is built anew, and kept", async () => {
    const store = await open();
    put(store, "1");
    await store.snapshot();
    put(store, "2");
    await store.snapshot();
    put(store, "3");
    flip(bench.paths.snapshot, 5000);
    await store.snapshot();
    assert.equal(kept().length, 1);
    flip(bench.paths.previousSnapshot, 5000);
    put(store, "4");
    await bench.close(store);
    assert.deepEqual(await found(), { values: ["1", "2", "3", "4"], notices: [] });
  });

  it("of both snapshots under their owner are written anew from memory", async () => {
    await bench.reopen((store) => put(store, "1"), on(new FaultyFiles()));
    const store = await open();
    put(store, "2");
    await store.snapshot();
    put(store, "3");
    flip(bench.paths.snapshot, 5000);
    flip(bench.paths.previousSnapshot, 5000);
    await store.snapshot();
    put(store, "4");
    await bench.close(store);
    assert.deepEqual(await found(), { values: ["1", "2", "3", "4"], notices: [] });
  });

  it("of both snapshots stop with a way to go on; a repair takes what can still be read", async () => {
    await fill();
    flip(bench.paths.snapshot, readFileSync(bench.paths.snapshot).length - 1);
    truncateSync(bench.paths.previousSnapshot, 0);
    await assertRefused(/queue\.db is damaged, and the pair before it .*phase-hopper repair/s);
    const { values: all, notices } = await found(true);
    assert.deepEqual(all, ["1", "2", "3", "4"]);
    assert.match(notices.join(), /up to change 5\..*could not be verified.*kept as/s);
    assert.deepEqual(await found(), { values: ["1", "2", "3", "4"], notices: [] });
  });

  it("with nothing left to read stop a repair too, and stay as they are", async () => {
    await fill();
    for (const path of [bench.paths.snapshot, bench.paths.previousSnapshot]) {
      truncateSync(path, 0);
    }
    const before = contents();
    await assert.rejects(open(true), /Nothing in .* can be read\. Restore/);
    assert.deepEqual(contents(), before);
  });

  it("a wrong line in the journal stops, naming the line; a repair keeps what is before it", async () => {
    await fill();
    const bytes = readFileSync(bench.paths.journal);
    flip(bench.paths.journal, bytes.indexOf(0x0a) + 10);
    const damaged = readFileSync(bench.paths.journal);
    await assertRefused(/queue\.journal, line 2: the line is damaged.*phase-hopper repair/);
    const { values: all, notices } = await found(true);
    assert.deepEqual(all, ["1", "2"]);
    assert.match(notices.join(), /up to change 3; changes 4 to 5 are lost/);
    const journal = kept().find((name) => name.startsWith("queue.journal")) ?? "";
    assert.deepEqual(readFileSync(`${bench.paths.folder}/${journal}`), damaged);
    assert.deepEqual(await found(), { values: ["1", "2"], notices: [] });
  });

  it("a repair twice in one moment keeps both damaged files", async () => {
    await fill();
    for (let count = 1; count <= 2; count++) {
      const bytes = readFileSync(bench.paths.journal);
      writeFileSync(bench.paths.journal, Buffer.concat([bytes, Buffer.from("wrong\n")]));
      await found(true);
    }
    assert.equal(kept().filter((name) => name.startsWith("queue.journal")).length, 2);
  });

  it("a repair says that something is lost behind a last line it cannot read", async () => {
    await fill();
    const bytes = readFileSync(bench.paths.journal);
    writeFileSync(bench.paths.journal, Buffer.concat([bytes, Buffer.from("wrong\n")]));
    await assertRefused(/line 4/);
    const { values: all, notices } = await found(true);
    assert.deepEqual(all, ["1", "2", "3", "4"]);
    assert.match(notices.join(), /up to change 5; whatever came after it .* is lost\./);
  });

  it("a repair of whole files changes nothing", async () => {
    await fill();
    const before = contents();
    const { values: all } = await found(true);
    assert.deepEqual(all, ["1", "2", "3", "4"]);
    assert.equal(before["queue.db.prev"] !== undefined, true);
    assert.deepEqual(kept(), []);
  });

  it("a missing commit in the journal stops, naming it", async () => {
    await fill();
    const lines = readFileSync(bench.paths.journal, "utf8").split("\n");
    writeFileSync(bench.paths.journal, [lines[0], ...lines.slice(2)].join("\n"));
    await assertRefused(/queue\.journal, line 2: commit 4 is missing before commit 5/);
    assert.deepEqual((await found(true)).values, ["1", "2"]);
  });

  it("a torn end is cut off, said, and never ends up in the middle", async () => {
    await fill();
    const bytes = readFileSync(bench.paths.journal);
    const torn = bytes.subarray(0, -3);
    writeFileSync(bench.paths.journal, torn);
    const store = await open();
    assert.deepEqual(values(store), ["1", "2", "3"]);
    assert.match(store.notices.join(), /\d+ bytes of an unfinished change .* were dropped/);
    assert.equal(parseJournal(readFileSync(bench.paths.journal))?.tornBytes, 0);
    put(store, "5");
    await bench.close(store);
    assert.deepEqual(await found(), { values: ["1", "2", "3", "5"], notices: [] });
  });

  it("a journal that is missing or without a header is damage, however small", async () => {
    await fill();
    const journal = readFileSync(bench.paths.journal);
    for (const bytes of [Buffer.alloc(0), Buffer.from("{}\n"), journal.subarray(0, 20)]) {
      writeFileSync(bench.paths.journal, bytes);
      await assertRefused(/queue\.journal, line 1: the header is damaged/);
    }
    rmSync(bench.paths.journal);
    await assertRefused(/queue\.journal is missing/);
    const { values: all, notices } = await found(true);
    assert.deepEqual(all, ["1", "2"]);
    assert.match(notices.join(), /up to change 3; whatever came after it .* is lost\./);
    assert.deepEqual(await found(), { values: ["1", "2"], notices: [] });
  });

  it("any single file left of four is no new queue", async () => {
    await fill();
    const { snapshot, journal, previousSnapshot, previousJournal } = bench.paths;
    const all = [snapshot, journal, previousSnapshot, previousJournal];
    const copies = all.map((path) => readFileSync(path));
    for (const left of all) {
      for (const [index, path] of all.entries()) {
        rmSync(path, { force: true });
        if (path === left) {
          writeFileSync(path, copies[index] ?? "");
        }
      }
      await assertRefused(/./);
    }
    rmSync(previousJournal, { force: true });
    assert.deepEqual((await found()).values, [], "with none of them left it is a new one");
  });

  it("a pair before that does not lead up to the journal is not mistaken for one that does", async () => {
    await fill();
    const old = ["queue.db.prev", "queue.journal.prev"].map(
      (name) => `${bench.paths.folder}/${name}`,
    );
    const copies = old.map((path) => readFileSync(path));
    const store = await open();
    await store.snapshot();
    put(store, "5");
    await store.snapshot();
    put(store, "6");
    old.forEach((path, index) => writeFileSync(path, copies[index] ?? ""));
    flip(bench.paths.snapshot, 5000);
    await assertRefused(/queue\.db is damaged, and the pair before it/);
    truncateSync(bench.paths.snapshot, 0);
    const { values: all, notices } = await found(true);
    assert.deepEqual(all, ["1", "2"], "a repair takes it all the same, and says what is lost");
    assert.match(notices.join(), /up to change 3; changes 4 to 7 are lost/);
  });

  it("what an owner wrote after it had lost the queue does not count", async () => {
    await fill();
    const lost: [string, string[]] = [
      "DELETE FROM queue_config WHERE config_key LIKE ?",
      ["test %"],
    ];
    const line = encodeCommit({ seq: 4, generation: 2, statements: [lost] });
    const previous = readFileSync(bench.paths.previousJournal);
    writeFileSync(bench.paths.previousJournal, Buffer.concat([previous, line]));
    flip(bench.paths.snapshot, 5000);
    assert.deepEqual((await found()).values, ["1", "2", "3", "4"]);
  });

  it("a crash between keeping the snapshot and keeping the journal leaves a base too", async () => {
    await fill();
    copyFileSync(bench.paths.snapshot, bench.paths.previousSnapshot);
    rmSync(bench.paths.previousJournal);
    flip(bench.paths.snapshot, 5000);
    assert.deepEqual((await found()).values, ["1", "2", "3", "4"]);
  });

  it("a journal or a database of a newer version is refused, and a repair refuses it too", async () => {
    await fill();
    const newer = (repair: boolean): Promise<void> =>
      assert.rejects(open(repair), (error: unknown) => {
        assert.ok(error instanceof HopperError);
        assert.equal(error.kind, "newerVersion");
        assert.match(error.message, /newer version of Phase Hopper .*Update Phase Hopper/);
        return true;
      });
    const bytes = readFileSync(bench.paths.journal);
    const journal = parseJournal(bytes);
    assert.ok(journal);
    const header = encodeHeader({ ...journal.header, schema: schemaVersion + 1 });
    writeFileSync(
      bench.paths.journal,
      Buffer.concat([header, Buffer.from("a new kind of line\n")]),
    );
    await newer(false);
    await newer(true);

    const database = await emptyDatabase();
    database.run(`PRAGMA user_version = ${schemaVersion + 1}`);
    const image = database.exportImage();
    database.close();
    writeFileSync(bench.paths.snapshot, image);
    const fitting = encodeHeader({ ...journal.header, sha256: await sha256(image) });
    writeFileSync(bench.paths.journal, fitting);
    await newer(false);
    assert.deepEqual(kept(), []);
  });

  it("a database of another program, or with triggers, is refused though its checksum is right", async () => {
    await fill();
    const journal = parseJournal(readFileSync(bench.paths.journal));
    assert.ok(journal);
    const strangers = [
      ["PRAGMA user_version = 1", "PRAGMA application_id = 7"],
      ["CREATE TABLE t (x)", "CREATE TRIGGER u AFTER INSERT ON t BEGIN DELETE FROM t; END"],
    ];
    for (const statements of strangers) {
      const database = await emptyDatabase();
      statements.forEach((sql) => database.run(sql));
      const image = database.exportImage();
      database.close();
      writeFileSync(bench.paths.snapshot, image);
      const header = encodeHeader({ ...journal.header, sha256: await sha256(image) });
      writeFileSync(bench.paths.journal, header);
      await assertRefused(/is not a database of Phase Hopper/);
    }
  });

  it("left half written are swept when the queue is opened, and nothing else is", async () => {
    await fill();
    const { folder } = bench.paths;
    writeFileSync(`${folder}/queue.db.0123.tmp`, "half");
    writeFileSync(`${folder}/other.tmp`, "somebody's");
    mkdirSync(`${folder}/attempts`);
    copyFileSync(bench.paths.journal, `${folder}/queue.journal.corrupt-x`);
    await found();
    assert.equal(existsSync(`${folder}/queue.db.0123.tmp`), false);
    assert.deepEqual(
      ["other.tmp", "attempts", "queue.journal.corrupt-x"].filter((name) =>
        existsSync(`${folder}/${name}`),
      ),
      ["other.tmp", "attempts", "queue.journal.corrupt-x"],
    );
  });
});

function flip(path: string, index: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
  writeFileSync(path, bytes);
}
