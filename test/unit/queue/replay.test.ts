import assert from "node:assert/strict";
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { insertEvent } from "../../../src/core/queue/frequentStatements";
import { encodeCommit, encodeHeader, parseJournal } from "../../../src/core/queue/journal";
import { FaultyFiles } from "./support/faultyFiles";
import { on, StoreBench } from "./support/storeBench";

describe("what a journal's commits become", () => {
  let bench: StoreBench;

  beforeEach(() => (bench = new StoreBench()));
  afterEach(() => bench.remove());

  const event = (id: number) => [id, "", "queue_paused", null, null, null, null, null, null];

  it("is every commit before one that cannot be replayed, once it is repaired", async () => {
    const store = await bench.open();
    for (const id of [1, 2]) {
      store.commit((transaction) => transaction.run(insertEvent, event(id)));
    }
    const { lastSeq, generation } = store;
    await bench.close(store);
    const twice = [insertEvent, event(2)] as const;
    const third = [insertEvent, event(3)] as const;
    appendFileSync(
      bench.paths.journal,
      encodeCommit({ seq: lastSeq + 1, generation, statements: [third, twice] }),
    );
    const lines = readFileSync(bench.paths.journal, "utf8").trimEnd().split("\n").length;
    await assert.rejects(
      bench.open(),
      new RegExp(`queue\\.journal, line ${lines}: the commit cannot be replayed \\(UNIQUE`),
    );
    const repaired = await bench.open({ repair: true });
    assert.deepEqual(
      repaired.database.all("SELECT event_id FROM events").map(({ event_id }) => event_id),
      [1, 2],
    );
  });

  it("is not put into place over that of a host that took over meanwhile", async () => {
    const disk = new FaultyFiles();
    const store = await bench.open(on(disk));
    store.commit((transaction) => transaction.run(insertEvent, event(1)));
    const newer = { generation: store.generation + 1, seq: 1, sha256: null, schema: 1 };
    const heirs = `${bench.paths.journal}.heirs`;
    disk.set({
      before: () => undefined,
      after({ name, args }) {
        // Between the two steps in which snapshot and journal come into place.
        if (name === "renameSync" && args[1] === bench.paths.snapshot) {
          writeFileSync(heirs, encodeHeader(newer));
          renameSync(heirs, bench.paths.journal);
        }
      },
    });
    await store.snapshot();
    assert.equal(
      parseJournal(readFileSync(bench.paths.journal))?.header.generation,
      newer.generation,
    );
    assert.deepEqual(readFileSync(bench.paths.journal), encodeHeader(newer));
    assert.throws(() => store.commit((transaction) => transaction.run(insertEvent, event(2))), {
      kind: "owned",
    });
  });
});
