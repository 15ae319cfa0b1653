import assert from "node:assert/strict";
import { timelineLayout } from "../../../../webview-ui/timeline/timelineLayout";
import type { TimelinePhase } from "../../../../webview-ui/timeline/timelinePhase";
import {
  formatStop,
  parseStop,
  type Stop,
  stopAfter,
} from "../../../../webview-ui/timeline/timelineStops";

describe("The keys of a timeline", () => {
  const { rows } = timelineLayout([phase("a", 2), phase("b", 0), phase("c", 1)], {
    width: 500,
    now: 100_000,
  });

  it("lead up and down between phases, from attempts too, and stay at the ends", () => {
    assert.deepEqual(walk({ row: 0 }, "ArrowDown", "ArrowDown"), ["1", "2"]);
    assert.deepEqual(walk({ row: 2 }, "ArrowDown", "Home", "ArrowUp", "End"), ["2", "0", "0", "2"]);
    assert.deepEqual(walk({ row: 0, attempt: 1 }, "ArrowDown"), ["1"]);
    assert.deepEqual(walk({ row: 1 }, "PageUp", "PageDown"), ["0", "2"]);
  });

  it("lead left and right through a phase and its attempts", () => {
    const right = ["ArrowRight", "ArrowRight", "ArrowRight"];
    assert.deepEqual(walk({ row: 0 }, ...right), ["0.0", "0.1", "0.1"]);
    assert.deepEqual(walk({ row: 0, attempt: 1 }, "ArrowLeft", "ArrowLeft"), ["0.0", "0"]);
    assert.deepEqual(walk({ row: 1 }, "ArrowRight", "ArrowLeft"), ["1", "1"]);
  });

  it("leave other keys to others", () => {
    assert.equal(stopAfter("a", { row: 0 }, rows), undefined);
    assert.equal(stopAfter("Tab", { row: 0 }, rows), undefined);
  });

  it("know a stop again by what is written of it", () => {
    for (const stop of [{ row: 0 }, { row: 12, attempt: 3 }]) {
      assert.deepEqual(parseStop(formatStop(stop)), stop);
    }
    assert.equal(parseStop(undefined), undefined);
  });

  function walk(from: Stop, ...keys: readonly string[]): string[] {
    let stop = from;
    return keys.map((key) => {
      stop = stopAfter(key, stop, rows) ?? stop;
      return formatStop(stop);
    });
  }
});

function phase(id: string, attempts: number): TimelinePhase {
  return {
    id,
    label: id,
    title: id,
    status: attempts === 0 ? "queued" : "failed",
    skipped: false,
    dependsOn: [],
    attempts: Array.from({ length: attempts }, (_, index) => ({
      number: index + 1,
      startedAt: index * 1000,
      finishedAt: index * 1000 + 500,
      outcome: "failed",
      words: "failed",
    })),
  };
}
