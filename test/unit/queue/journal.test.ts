import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frequentStatements } from "../../../src/core/queue/frequentStatements";
import {
  type Commit,
  encodeCommit,
  encodeHeader,
  encodeSnapshotMark,
  marksIn,
  numberStatements,
  type ParsedJournal,
  parseJournal,
} from "../../../src/core/queue/journal";
import { JournalFile } from "../../../src/core/queue/journalFile";
import { NewPair } from "../../../src/core/queue/newPair";
import { storePaths } from "../../../src/core/queue/storeFiles";

describe("the journal", () => {
  const header = { generation: 3, seq: 6, sha256: "ab", schema: 1 };
  const first: Commit = {
    seq: 7,
    generation: 3,
    statements: [
      ["INSERT INTO t VALUES (?, ?)", ["Grüße\n\u0000 \u2028 \ud83d\ude00", null]],
      ["INSERT INTO t VALUES (?, ?)", ["x", -1.5]],
      ["DELETE FROM t", []],
    ],
  };
  const second: Commit = { seq: 8, generation: 3, statements: [["DELETE FROM u", [2 ** 40]]] };
  const lines = [encodeHeader(header), encodeCommit(first), encodeCommit(second)];
  const whole = Buffer.concat(lines);
  const ends = lines.map((_, index) => Buffer.concat(lines.slice(0, index + 1)).length);

  it("is read as it was written", () => {
    const mark = { seq: 8, sha256: "cd", generation: 4 };
    const parsed = read(Buffer.concat([whole, encodeSnapshotMark(mark)]));
    assert.deepEqual(parsed.header, { journal: "phase-hopper", ...header, statements: [] });
    assert.deepEqual(parsed.commits, [
      { ...first, line: 2 },
      { ...second, line: 3 },
    ]);
    assert.deepEqual(parsed.marks, [mark]);
    assert.equal(parsed.tornBytes, 0);
    assert.equal(parsed.badLine, undefined);
  });

  it("holds a statement's text once, however often it is run", () => {
    assert.equal(encodeCommit(first).toString().split("INSERT").length, 2);
  });

  it("is the same where the parameters' JSON was written before", () => {
    const [begin, ...others] = first.statements;
    const written = others.map(([sql, params]) => {
      const json = JSON.stringify(params);
      return { sql, json: [json.slice(0, 3), Buffer.from(json.slice(3))] };
    });
    assert.ok(begin);
    const statements = [begin, ...written];
    assert.deepEqual(encodeCommit({ ...first, statements }), encodeCommit(first));
  });

  it("names the statements that its header lists by number, and spells the others out", () => {
    const listed = ["DELETE FROM v", "DELETE FROM t"];
    const line = encodeCommit(first, numberStatements(listed));
    assert.doesNotMatch(line.toString(), /DELETE/);
    assert.match(line.toString(), /INSERT/);
    const { header: found, commits } = read(
      Buffer.concat([encodeHeader({ ...header, statements: listed }), line, lines[2] ?? line]),
    );
    assert.deepEqual(found.statements, listed);
    assert.deepEqual(commits, [
      { ...first, line: 2 },
      { ...second, line: 3 },
    ]);
  });

  it("takes over lines whose numbers another version gave", () => {
    const folder = mkdtempSync(join(tmpdir(), "hopper-journal-"));
    const paths = storePaths(folder);
    const current = frequentStatements[1] ?? "";
    try {
      const listed = ["DELETE FROM v", current, "DELETE FROM t"];
      const old = JournalFile.create(
        fs,
        paths.journal,
        { ...header, statements: listed },
        Buffer.alloc(0),
      );
      const commit: Commit = { ...first, statements: [...first.statements, [current, ["x"]]] };
      const start = old.length;
      assert.equal(old.append(encodeCommit(commit, old.statements)), "ours");
      const pair = (seq: number) =>
        new NewPair(fs, paths, paths.snapshot, { seq, sha256: "cd", generation: 4 });
      const next = pair(6).placeJournal(old, old.slice(start));
      assert.equal(next.append(encodeCommit({ ...commit, seq: 8 }, next.statements)), "ours");
      const { commits } = read(readFileSync(paths.journal));
      assert.deepEqual(commits, [
        { ...commit, line: 2 },
        { ...commit, seq: 8, line: 3 },
      ]);
      // Without a line that needs them, the numbers of the other version are gone.
      const last = pair(8).placeJournal(next, Buffer.alloc(0));
      assert.deepEqual([...last.statements.keys()], frequentStatements);
      last.release();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("torn at any byte keeps every whole line and nothing of the torn one", () => {
    for (let length = 0; length <= whole.length; length++) {
      const parsed = parseJournal(whole.subarray(0, length));
      const wholeLines = ends.filter((end) => end <= length).length;
      if (wholeLines === 0) {
        assert.equal(parsed, undefined, `${length} bytes`);
        continue;
      }
      assert.equal(parsed?.commits.length, wholeLines - 1, `${length} bytes`);
      assert.equal(parsed.validBytes, ends[wholeLines - 1], `${length} bytes`);
      assert.equal(parsed.tornBytes, length - parsed.validBytes, `${length} bytes`);
      assert.equal(parsed.badLine, undefined, `${length} bytes`);
    }
  });

  it("with a flipped bit is noticed, or reads as a crash at the end of a line would leave it", () => {
    for (let index = 0; index < whole.length; index++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(whole);
        flipped.writeUInt8(flipped.readUInt8(index) ^ (1 << bit), index);
        const parsed = parseJournal(flipped);
        const noticed = parsed?.badLine !== undefined || parsed === undefined;
        // Only what hits the last line, or the line feed before it, can look like a torn end.
        const asAfterCrash =
          index >= (ends[1] ?? 0) - 1 &&
          ends.includes(parsed?.validBytes ?? 0) &&
          parsed?.tornBytes === whole.length - (parsed?.validBytes ?? 0);
        assert.ok(noticed || asAfterCrash, `bit ${bit} of byte ${index}`);
      }
    }
  });

  it("takes a last line with unwritten parts for a torn one, since a power cut leaves zeros", () => {
    const zeros = Buffer.from(whole);
    zeros.fill(0, (ends[1] ?? 0) + 5, (ends[1] ?? 0) + 20);
    const parsed = read(zeros);
    assert.equal(parsed.badLine, undefined);
    assert.equal(parsed.commits.length, 1);
    assert.equal(parsed.tornBytes, whole.length - (ends[1] ?? 0));
  });

  it("does not take a last line that was changed for a torn one", () => {
    const wrong = Buffer.from(whole);
    wrong.write("#", (ends[1] ?? 0) + 3);
    assert.equal(read(wrong).badLine, 3);
  });

  it("names the first wrong line before the end, and keeps what stands behind it for a repair", () => {
    const wrong = Buffer.from(whole);
    wrong.write("#", (ends[0] ?? 0) + 3);
    const parsed = read(wrong);
    assert.equal(parsed.badLine, 2);
    assert.deepEqual(parsed.commits, []);
    assert.deepEqual(parsed.stranded, [{ ...second, line: 3 }]);
    assert.equal(parsed.validBytes, ends[0]);
  });

  it("takes no line that is sealed as ours and says something else", () => {
    const right = { seq: 7, generation: 3, sql: ["DELETE FROM t"], runs: [[0, ["x", 1.5, null]]] };
    assert.equal(read(Buffer.concat([whole, sealed(right)])).badLine, undefined);
    const wrong: readonly object[] = [
      {},
      { ...right, seq: "7" },
      { ...right, seq: 7.5 },
      { ...right, seq: 2 ** 53 },
      { ...right, generation: null },
      { seq: 7, generation: 3, runs: [] },
      { ...right, sql: "DELETE FROM t" },
      { ...right, sql: [0] },
      { ...right, runs: {} },
      { ...right, runs: [0] },
      { ...right, runs: [[]] },
      { ...right, runs: [[0]] },
      { ...right, runs: [["0", []]] },
      { ...right, runs: [[0.5, []]] },
      { ...right, runs: [[0, "x"]] },
      { ...right, runs: [[0, [true]]] },
      { ...right, runs: [[0, [["x"]]]] },
      { ...right, runs: [[0, [{}]]] },
      { ...right, runs: [[0, [], []]] },
    ];
    for (const record of wrong) {
      const parsed = read(Buffer.concat([whole, sealed(record)]));
      assert.equal(parsed.badLine, 4, JSON.stringify(record));
      assert.equal(parsed.commits.length, 2);
    }
  });

  it("without a readable header is no journal", () => {
    assert.equal(parseJournal(Buffer.alloc(0)), undefined);
    assert.equal(parseJournal(Buffer.from("\n")), undefined);
    assert.equal(parseJournal(Buffer.from("SQLite format 3\u0000\n")), undefined);
    assert.equal(parseJournal(whole.subarray(ends[0])), undefined);
  });

  it("shows the marks in a piece of it", () => {
    const mark = { seq: 8, sha256: "cd", generation: 4 };
    const piece = Buffer.concat([Buffer.from("junk\n"), encodeSnapshotMark(mark), whole]);
    assert.deepEqual(marksIn(piece), [mark]);
    assert.deepEqual(marksIn(whole), []);
  });
});

/** A line with the checksum that fits what it says. */
function sealed(record: object): Buffer {
  const open = JSON.stringify(record).slice(0, -1);
  const checksum = createHash("sha256").update(open).digest("hex").slice(0, 16);
  return Buffer.from(`${open},"checksum":"${checksum}"}\n`);
}

function read(bytes: Buffer): ParsedJournal {
  const parsed = parseJournal(bytes);
  assert.ok(parsed);
  return parsed;
}
