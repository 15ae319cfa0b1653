import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Dice } from "../../support/dice";
import { FaultyFiles } from "../../unit/queue/support/faultyFiles";
import { Promises } from "../../unit/queue/support/lives";
import { on, put, StoreBench, values } from "../../unit/queue/support/storeBench";
import { figure, rounds, seed } from "../support/extent";
import { type FolderState, PowerLog } from "./powerLog";

/** Of more changes than these not all subsets are tried, but so many random ones. */
const mostTogether = 6;

describe("a power cut", () => {
  it("after any file operation, with any part of what was not synced, loses nothing acknowledged", async () => {
    const commits = rounds({ whole: 200, part: 12 });
    const dice = new Dice(seed);
    const { log, promisedAt } = await record(commits);
    const seen = new Set<string>();
    let states = 0;
    for (let call = 1; call <= log.calls; call++) {
      const promises = promisedAt(call);
      for (const keeps of choices(log.pendingAt(call), dice)) {
        const state = log.stateAt(call, keeps);
        const key = keyOf(state, promises);
        if (!seen.has(key)) {
          seen.add(key);
          await check(state, promises, `after call ${call}, seed ${seed}`);
        }
        states++;
      }
    }
    figure(
      "A5 store, power cut",
      `${commits} commits, ${log.calls} file operations, ${states} states of the disk ` +
        `(${seen.size} different); 0 lost, 0 mixed, 0 refused`,
    );
  });
});

/** Commits, snapshots with and without commits meanwhile, and restarts, all written down. */
async function record(
  commits: number,
): Promise<{ log: PowerLog; promisedAt: (call: number) => Promises }> {
  const bench = new StoreBench();
  const disk = new FaultyFiles();
  const log = new PowerLog(bench.paths.folder);
  disk.set(log);
  const promised: { readonly call: number; readonly promises: Promises }[] = [];
  const promises = new Promises();
  const note = (): void => void promised.push({ call: log.calls, promises: promises.copy() });
  const commit = (): void => {
    promises.commit((value) => {
      note();
      put(store, value);
    });
    note();
  };
  let store = await bench.open(on(disk));
  for (let count = 1; count <= commits; count++) {
    commit();
    if (count % 5 === 0) {
      const snapshot = store.snapshot();
      commit();
      await snapshot;
    }
    if (count % 9 === 0) {
      await bench.close(store);
      store = await bench.open({ ...on(disk), ...(count % 2 === 0 && { takeOver: true }) });
    }
  }
  disk.set(undefined);
  await bench.close(store);
  await bench.remove();
  return {
    log,
    promisedAt: (call) =>
      promised.findLast((entry) => entry.call <= call)?.promises ?? new Promises(),
  };
}

/** Ways to keep some of so many changes: all of them for a few changes, random ones for more. */
function choices(pending: number, dice: Dice): ((index: number) => boolean)[] {
  if (pending <= mostTogether) {
    return Array.from({ length: 2 ** pending }, (_, bits) => (index: number) => {
      return (bits & (1 << index)) !== 0;
    });
  }
  const random = Array.from({ length: 2 ** mostTogether - 2 }, () => {
    const kept = new Set(Array.from({ length: pending }, (_, i) => i).filter(() => dice.below(2)));
    return (index: number) => kept.has(index);
  });
  return [() => true, () => false, ...random];
}

async function check(state: FolderState, promises: Promises, when: string): Promise<void> {
  const bench = new StoreBench();
  try {
    mkdirSync(bench.paths.folder);
    for (const [name, content] of state) {
      writeFileSync(join(bench.paths.folder, name), content);
    }
    await bench.reopen((store) => {
      promises.check(values(store), when);
      const others = store.notices.filter((notice) => !notice.includes("unfinished change"));
      assert.deepEqual(others, [], when);
    }, on(new FaultyFiles()));
  } catch (error) {
    throw new Error(`${when}, with ${[...state.keys()].join(", ")}: ${String(error)}`, {
      cause: error,
    });
  } finally {
    await bench.remove();
  }
}

function keyOf(state: FolderState, promises: Promises): string {
  const hash = createHash("sha256");
  for (const [name, content] of [...state].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  return `${hash.digest("hex")} ${promises.acknowledged.length} ${promises.inFlight ?? ""}`;
}
