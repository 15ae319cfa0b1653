import assert from "node:assert/strict";
import { appendFileSync, cpSync, rmSync, writeFileSync } from "node:fs";
import { HopperError } from "../../../src/core/base/errors";
import type { StorePaths } from "../../../src/core/queue/storeFiles";
import { failAt, FaultyFiles } from "../../unit/queue/support/faultyFiles";
import { on, put, StoreBench, values } from "../../unit/queue/support/storeBench";
import { figure, isWhole, seed } from "../support/extent";

const codes = ["EIO", "EACCES", "EMFILE", "ENOSPC", "EROFS"] as const;

/** What an opening may find, and has to mend. */
const states: Readonly<Record<string, (paths: StorePaths) => void>> = {
  "sound files": () => undefined,
  "a torn line": ({ journal }) => appendFileSync(journal, '{"seq":9'),
  "no snapshot": ({ snapshot }) => rmSync(snapshot),
  "a damaged snapshot": ({ snapshot }) => writeFileSync(snapshot, "x"),
  "a file half written": ({ snapshot }) => writeFileSync(`${snapshot}.1234.tmp`, "x"),
};

describe("opening a queue on a disk that fails", () => {
  const expected = ["1", "2", "3", "4"];
  let sound: StoreBench;

  before(async () => {
    sound = new StoreBench();
    const store = await sound.open(on(new FaultyFiles()));
    for (const value of expected) {
      put(store, value);
      if (value === "1" || value === "3") {
        await store.snapshot();
      }
    }
  });
  after(() => sound.remove());

  it("opens whole or is refused, and loses nothing that the next opening does not find", async () => {
    const tally = { cases: 0, opened: 0, refused: 0 };
    // A part of the whole takes every ninth call with each error.
    const [first, step] = isWhole ? [1, 1] : [1 + (seed % 9), 9];
    for (const [state, spoil] of Object.entries(states)) {
      for (const code of codes) {
        for (const forGood of [false, true]) {
          for (let index = first; ; index += step) {
            const when = `${state}, ${code}${forGood ? " for good" : ""} at call ${index}`;
            const met = await meet(spoil, failAt(index, code, forGood), index, when);
            if (met === "never came so far") {
              break;
            }
            tally.cases += met === "could not fail" ? 0 : 1;
            tally.opened += met === "opened" ? 1 : 0;
            tally.refused += met === "refused" ? 1 : 0;
          }
        }
      }
    }
    assert.ok(tally.opened > 0 && tally.refused > 0, JSON.stringify(tally));
    figure(
      "A4 store, failing calls while it is opened",
      `${tally.cases} cases of ${codes.length} errors in ${Object.keys(states).length} states: ` +
        `${tally.refused} refused, ${tally.opened} opened whole; nothing lost at the next opening`,
    );
  });

  async function meet(
    spoil: (paths: StorePaths) => void,
    fault: ReturnType<typeof failAt>,
    index: number,
    when: string,
  ): Promise<"opened" | "refused" | "could not fail" | "never came so far"> {
    const bench = new StoreBench();
    try {
      cpSync(sound.paths.folder, bench.paths.folder, { recursive: true });
      spoil(bench.paths);
      const disk = new FaultyFiles();
      disk.set(fault);
      let opened = true;
      let calls = 0;
      try {
        const store = await bench.open(on(disk));
        assert.deepEqual(values(store), expected, `${when}: opened`);
        calls = disk.calls.length;
        disk.set(undefined);
        await bench.close(store);
      } catch (error) {
        assert.ok(error instanceof HopperError, `${when}: ${String(error)}`);
        assert.equal(error.kind, "storage", when);
        opened = false;
        calls = disk.calls.length;
      }
      assert.deepEqual([...disk.open.values()], [], `${when}: no file is left open`);
      await bench.reopen((store) => assert.deepEqual(values(store), expected, when), {
        ...on(new FaultyFiles()),
      });
      if ((fault.strokes?.() ?? 0) > 0) {
        return opened ? "opened" : "refused";
      }
      return calls >= index ? "could not fail" : "never came so far";
    } finally {
      await bench.remove();
    }
  }
});
