import { strict as assert } from "node:assert";
import { findSurvivors } from "../../../src/core/runner/attemptProcesses";
import type { ProcessTable } from "../../../src/core/runner/processTable";
import { FakeClock } from "../../support/fakeClock";

describe("the search for survivors", () => {
  /** A machine full of an attempt's processes, where each look takes `cost` milliseconds. */
  function search(count: number, cost: number): number[] {
    const clock = new FakeClock();
    // Beyond every real pid, for this process and its threads are never found.
    const first = 10_000_000;
    const table: ProcessTable = {
      pids: () => Array.from({ length: count }, (_, index) => first + index),
      read: (pid) => {
        clock.advance(cost);
        return { pid, startTime: "1", session: 1, zombie: false };
      },
      ancestry: () => ["attempt"],
      command: (pid) => `command ${pid}`,
      lastPid: () => undefined,
    };
    const member = {
      attemptId: "attempt",
      wrapper: undefined,
      ownsSession: false,
      wrapperIsDone: true,
    };
    return findSurvivors(member, table, clock).map(({ pid }) => pid - first);
  }

  it("finds everybody while there is time", () => {
    assert.deepEqual(search(3, 1), [0, 1, 2]);
  });

  it("ends after a second, with the youngest found", () => {
    const found = search(10_000, 1);
    assert.equal(found.length, 1001);
    assert.deepEqual([found[0], found.at(-1)], [8_999, 9_999]);
  });
});
