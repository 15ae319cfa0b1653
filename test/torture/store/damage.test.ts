import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HopperError } from "../../../src/core/base/errors";
import { Dice, oneOf } from "../../support/dice";
import { FaultyFiles } from "../../unit/queue/support/faultyFiles";
import { on, put, StoreBench, values } from "../../unit/queue/support/storeBench";
import { figure, rounds, seed } from "../support/extent";

/** What came of opening damaged files. */
type Finding =
  | "whole and said"
  | "cut off and said"
  | "refused"
  | "as after a crash"
  | "in the pair before, which was not needed"
  | "of the same bytes"
  | "silent";

describe("damage to the queue's files", () => {
  const dice = new Dice(seed);
  let sound: StoreBench;
  let expected: string[];
  let names: string[];
  let soundFiles: Readonly<Record<string, Buffer>>;

  before(async () => {
    sound = new StoreBench();
    const store = await sound.open(on(new FaultyFiles()));
    expected = Array.from({ length: 12 }, (_, index) => String(index + 1));
    for (const value of expected) {
      put(store, value);
      if (value === "4" || value === "8") {
        await store.snapshot();
      }
    }
    // Not closed: the journal keeps the last four.
    names = sound.names().filter((name) => name.startsWith("queue."));
    assert.equal(names.length, 4);
    soundFiles = contents(sound);
  });
  after(() => sound.remove());

  it("by flipped bits is never taken for the truth", async () => {
    const tries = rounds({ whole: 2000, part: 120 });
    const findings = await tryOften(tries, (bytes) => {
      const flipped = Buffer.from(bytes);
      const at = dice.below(bytes.length);
      flipped[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8));
      return flipped;
    });
    assert.equal(findings.get("as after a crash") ?? 0, 0, "a flipped bit is not a cut");
    figure("A7 store, flipped bits", `${tries} in ${names.join(", ")}: ${inWords(findings)}`);
  });

  it("by truncation is noticed, or equals a crash at a line's end", async () => {
    const tries = rounds({ whole: 400, part: 60 });
    const findings = await tryOften(tries, (bytes) => bytes.subarray(0, dice.below(bytes.length)));
    figure("A7 store, truncations", `${tries} of ${names.join(", ")}: ${inWords(findings)}`);
  });

  it("by bytes of zero, of noise, or of another file is noticed", async () => {
    const tries = rounds({ whole: 400, part: 60 });
    const findings = await tryOften(tries, (bytes, name, time) => {
      const spoilt = Buffer.from(bytes);
      // Each way meets each file.
      const way = Math.floor(time / names.length) % 3;
      const start = dice.below(bytes.length);
      const end = start + 1 + dice.below(bytes.length - start);
      const other = readFileSync(join(sound.paths.folder, oneOf(dice, names) ?? name));
      for (let at = start; at < end; at++) {
        spoilt[at] = [0, dice.below(256), other[at % other.length] ?? 0][way] ?? 0;
      }
      return spoilt;
    });
    figure("A7 store, overwritten parts", `${tries} of ${names.join(", ")}: ${inWords(findings)}`);
  });

  it("to the pair before is noticed when that pair is needed", async () => {
    const tries = rounds({ whole: 400, part: 40 });
    const findings = new Map<Finding, number>();
    for (let time = 0; time < tries; time++) {
      const name = ["queue.db.prev", "queue.journal.prev"][time % 2] ?? "";
      const spoil = (folder: string): void => {
        rmSync(join(folder, "queue.db"));
        const path = join(folder, name);
        const bytes = readFileSync(path);
        const at = dice.below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8));
        writeFileSync(path, bytes);
      };
      count(findings, await findingOf(spoil, `try ${time} on ${name}, seed ${seed}`));
    }
    // Whole where the mark at the end of the journal was hit: all commits before it are right.
    const allowed: readonly Finding[] = ["refused", "whole and said"];
    const others = [...findings.keys()].filter((finding) => !allowed.includes(finding));
    assert.deepEqual(others, []);
    figure("A7 store, the pair before, needed", `${tries} flipped bits: ${inWords(findings)}`);
  });

  it("by whole files that are empty or gone, in every combination, is noticed", async () => {
    const findings = new Map<Finding, number>();
    for (const how of ["empty", "gone"]) {
      for (let which = 1; which < 2 ** names.length; which++) {
        const hit = names.filter((_, index) => (which & (1 << index)) !== 0);
        const spoil = (folder: string): void => {
          for (const name of hit) {
            rmSync(join(folder, name));
            if (how === "empty") {
              writeFileSync(join(folder, name), "");
            }
          }
          // What tells an emptied folder from a new one.
          mkdirSync(join(folder, "attempts", "one", "1"), { recursive: true });
        };
        count(findings, await findingOf(spoil, `${how}: ${hit.join(", ")}`));
      }
    }
    figure("A7 store, missing and empty files", `${2 * 15} combinations: ${inWords(findings)}`);
  });

  async function tryOften(
    tries: number,
    spoil: (bytes: Buffer, name: string, time: number) => Uint8Array,
  ): Promise<Map<Finding, number>> {
    const findings = new Map<Finding, number>();
    for (let time = 0; time < tries; time++) {
      const name = names[time % names.length] ?? "";
      const finding = await findingOf((folder) => {
        const path = join(folder, name);
        writeFileSync(path, spoil(readFileSync(path), name, time));
      }, `try ${time} on ${name}, seed ${seed}`);
      count(findings, finding);
    }
    return findings;
  }

  async function findingOf(spoil: (folder: string) => void, when: string): Promise<Finding> {
    const bench = new StoreBench();
    try {
      cpSync(sound.paths.folder, bench.paths.folder, { recursive: true });
      spoil(bench.paths.folder);
      return await open(bench, when);
    } finally {
      await bench.remove();
    }
  }

  async function open(bench: StoreBench, when: string): Promise<Finding> {
    const before = contents(bench);
    let opened: { found: string[]; notices: readonly string[] };
    try {
      opened = await look(bench, false);
    } catch (error) {
      assert.ok(error instanceof HopperError, `${when}: ${String(error)}`);
      assert.equal(error.kind, "damaged", when);
      assert.deepEqual(contents(bench), before, `${when}: a refusal changes nothing`);
      await repair(bench, when);
      return "refused";
    }
    const { found, notices } = opened;
    assert.deepEqual(found, expected.slice(0, found.length), `${when}: something was made up`);
    if (found.length === expected.length) {
      return wholeFinding(bench, before, notices, when);
    }
    if (notices.some((notice) => notice.includes("unfinished change"))) {
      return "cut off and said";
    }
    const cut = contents(bench)["queue.journal.prev"] !== undefined && isCut(before);
    assert.ok(cut, `${when}: ${expected.length - found.length} commits were lost in silence`);
    return "as after a crash";
  }

  /** Nothing is lost; but damage to the current pair must have been said, and what was damaged kept. */
  function wholeFinding(
    bench: StoreBench,
    before: Readonly<Record<string, Buffer>>,
    notices: readonly string[],
    when: string,
  ): Finding {
    const differs = (name: string): boolean =>
      !soundFiles[name]?.equals(before[name] ?? Buffer.alloc(0));
    if (!names.some(differs)) {
      return "of the same bytes";
    }
    if (!["queue.db", "queue.journal"].some(differs)) {
      return "in the pair before, which was not needed";
    }
    if (before["queue.db"] && differs("queue.db")) {
      const kept = bench.names().filter((name) => name.startsWith("queue.db.corrupt-"));
      assert.deepEqual(
        kept.map((name) => readFileSync(join(bench.paths.folder, name))),
        [before["queue.db"]],
        `${when}: the damaged file is kept`,
      );
    }
    return notices.length > 0 ? "whole and said" : "silent";
  }

  /** Whether the journal is the sound one's beginning, up to a line's end: a crash leaves just that. */
  function isCut(files: Readonly<Record<string, Buffer>>): boolean {
    const journal = files["queue.journal"];
    const whole = readFileSync(sound.paths.journal);
    return journal?.at(-1) === 0x0a && whole.subarray(0, journal.length).equals(journal);
  }

  /** A repair keeps the beginning, and says so when that is not all; or it says that nothing is left. */
  async function repair(bench: StoreBench, when: string): Promise<void> {
    let repaired: { found: string[]; notices: readonly string[] };
    try {
      repaired = await look(bench, true);
    } catch (error) {
      assert.ok(
        error instanceof HopperError && error.kind === "damaged",
        `${when}: ${String(error)}`,
      );
      return;
    }
    const { found, notices } = repaired;
    const said = /lost|could not be verified|begins empty/.test(notices.join());
    assert.deepEqual(found, expected.slice(0, found.length), `${when}: repaired`);
    assert.ok(found.length === expected.length || said, `${when}: a repair lost something unsaid`);
    assert.deepEqual(await look(bench, false), { found, notices: [] }, `${when}: after a repair`);
  }

  async function look(
    bench: StoreBench,
    repair: boolean,
  ): Promise<{ found: string[]; notices: readonly string[] }> {
    return bench.reopen((store) => ({ found: values(store), notices: store.notices }), {
      ...on(new FaultyFiles()),
      ...(repair && { repair }),
    });
  }

  function contents(bench: StoreBench): Record<string, Buffer> {
    return Object.fromEntries(
      bench
        .names()
        .filter((name) => name !== "attempts")
        .map((name) => [name, readFileSync(join(bench.paths.folder, name))]),
    );
  }
});

function count(findings: Map<Finding, number>, finding: Finding): void {
  findings.set(finding, (findings.get(finding) ?? 0) + 1);
}

/** @throws AssertionError when something was silent. */
function inWords(findings: ReadonlyMap<Finding, number>): string {
  assert.equal(findings.get("silent") ?? 0, 0, "damage passed in silence");
  const parts = [...findings].map(([finding, times]) => `${times} ${finding}`);
  return `${parts.join(", ")}; ${findings.get("silent") ?? 0} silent`;
}
