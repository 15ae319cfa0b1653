import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { encodeCommit, encodeHeader, parseJournal } from "../../../src/core/queue/journal";
import { migrations, schemaVersion } from "../../../src/core/queue/migrations";
import { FaultyFiles } from "../../unit/queue/support/faultyFiles";
import { on, StoreBench, values } from "../../unit/queue/support/storeBench";
import { figure, rounds, seed } from "../support/extent";

const insert = "INSERT INTO queue_config (config_key, config_value, updated_at) VALUES (?, ?, '')";
const schema = [...migrations.flat(), `PRAGMA user_version = ${schemaVersion}`];
/** SQLite stores text as UTF-8, which half a surrogate pair is not. */
const text = fc
  .string({ unit: "grapheme", maxLength: 40 })
  .filter((value) => !value.includes("\0"));

describe("a journal", () => {
  const header = encodeHeader({ generation: 1, seq: 0, sha256: null, schema: schemaVersion });
  const first = encodeCommit({
    seq: 1,
    generation: 1,
    statements: schema.map((sql) => [sql, []] as const),
  });

  it("comes back as it was written, whatever is in it", () => {
    const runs = rounds({ whole: 5000, part: 300 });
    const value = fc.oneof(text, fc.integer(), fc.constant(null));
    const statement = fc.tuple(text, fc.array(value, { maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(fc.array(statement, { maxLength: 4 }), { maxLength: 8 }), (batches) => {
        const commits = batches.map((statements, index) => ({
          seq: index + 2,
          generation: 1,
          statements,
        }));
        const parsed = parseJournal(
          Buffer.concat([header, ...commits.map((commit) => encodeCommit(commit))]),
        );
        assert.deepEqual(
          parsed?.commits.map(({ seq, generation, statements }) => ({
            seq,
            generation,
            statements,
          })),
          commits,
        );
      }),
      { seed, numRuns: runs },
    );
  });

  it("cut anywhere opens to a beginning of its commits, and says what it drops", async () => {
    const runs = rounds({ whole: 1500, part: 80 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (all, share) => {
          const lines = all.map((value, index) =>
            encodeCommit({
              seq: index + 2,
              generation: 1,
              statements: [[insert, [`test ${index}`, value]]],
            }),
          );
          const whole = Buffer.concat([first, ...lines]);
          const cut = Math.floor(share * whole.length);
          const bench = new StoreBench();
          try {
            mkdirSync(bench.paths.folder);
            writeFileSync(bench.paths.journal, Buffer.concat([header, whole.subarray(0, cut)]));
            await bench.reopen((store) => {
              const found = values(store);
              assert.deepEqual(found, all.slice(0, found.length));
              const ends = [0, first.length];
              for (const line of lines) {
                ends.push((ends.at(-1) ?? 0) + line.length);
              }
              assert.equal(found.length, Math.max(0, ends.filter((end) => end <= cut).length - 2));
              assert.equal(store.notices.length, ends.includes(cut) ? 0 : 1);
            }, on(new FaultyFiles()));
          } finally {
            await bench.remove();
          }
        },
      ),
      { seed, numRuns: runs },
    );
    figure(
      "journal",
      `${runs} cut anywhere; each opens to a beginning of its commits, 0 cuts unsaid`,
    );
  });
});
