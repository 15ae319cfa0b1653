import {
  dieAt,
  failAt,
  type Fault,
  FaultyFiles,
  shortWriteAt,
} from "../../unit/queue/support/faultyFiles";
import { live, meetFault, Promises } from "../../unit/queue/support/lives";
import { on, StoreBench, values } from "../../unit/queue/support/storeBench";
import { figure, isWhole, seed } from "../support/extent";

const codes = ["ENOSPC", "EIO", "EROFS", "EMFILE", "EPERM", "EACCES", "EBUSY", "EDQUOT"];

const faults: readonly [string, (index: number, forGood: boolean) => Fault][] = [
  ...codes.map((code): [string, (index: number, forGood: boolean) => Fault] => [
    code,
    (index, forGood) => failAt(index, code, forGood),
  ]),
  ["a short write", shortWriteAt],
];

describe("every file operation of the store", () => {
  it("may fail with any error, once or for good: nothing changes, and work goes on", async () => {
    const calls = await meetFault(undefined, "no fault");
    let cases = 0;
    // The unit tests try each call with one error; a part of the whole takes every seventh with each.
    const [first, step] = isWhole ? [1, 1] : [1 + (seed % 7), 7];
    for (const [name, fault] of faults) {
      for (const forGood of [false, true]) {
        for (let index = first; index <= calls; index += step) {
          const met = fault(index, forGood);
          await meetFault(met, `${name} at call ${index}`);
          // Some calls cannot fail in this way, and are no case of it.
          cases += (met.strokes?.() ?? 0) > 0 ? 1 : 0;
        }
      }
    }
    figure(
      "A4 store, failing calls",
      `${cases} cases in which one of ${faults.length} errors struck at one of ${calls} calls, once or ` +
        `for good; ` +
        `0 acknowledged commits lost, 0 memories unlike the files`,
    );
  });

  it("may be the last of a process, twice in a row", async () => {
    const disk = new FaultyFiles();
    await withBench((bench) => live(bench, disk, new Promises()));
    const calls = disk.calls.length;
    let cases = 0;
    const step = isWhole ? 1 : 40;
    for (let first = 1 + (seed % step); first <= calls; first += step) {
      for (let second = 1; ; second += isWhole ? 5 : 9) {
        const died = await withBench((bench) => dieTwice(bench, first, second));
        cases++;
        if (!died) {
          break;
        }
      }
    }
    figure("A4 store, two deaths in a row", `${cases} cases; 0 acknowledged commits lost`);
  });

  /** Dies at a call, then at a call of the next opening; answers whether that still came so far. */
  async function dieTwice(bench: StoreBench, first: number, second: number): Promise<boolean> {
    const promises = new Promises();
    const disk = new FaultyFiles();
    disk.set(dieAt(first));
    await live(bench, disk, promises).catch(() => undefined);
    const opening = new FaultyFiles();
    opening.set(dieAt(second));
    await bench
      .open(on(opening))
      .then((store) => bench.close(store))
      .catch(() => undefined);
    const died = opening.calls.length >= second;
    await bench.reopen(
      (store) => promises.check(values(store), `died at calls ${first} and ${second}`),
      on(new FaultyFiles()),
    );
    return died;
  }

  async function withBench<T>(work: (bench: StoreBench) => Promise<T>): Promise<T> {
    const bench = new StoreBench();
    try {
      return await work(bench);
    } finally {
      await bench.remove();
    }
  }
});
