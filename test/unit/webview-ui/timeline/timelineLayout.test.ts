import assert from "node:assert/strict";
import type { PhaseStatus } from "../../../../src/core/protocol/terms";
import { axisTicks } from "../../../../webview-ui/timeline/axisTicks";
import { placeOf, timeAxis } from "../../../../webview-ui/timeline/timeAxis";
import {
  endOf,
  nextPadding,
  timelineLayout,
  type TimelineLayout,
} from "../../../../webview-ui/timeline/timelineLayout";
import type { AttemptOutcome, TimelinePhase } from "../../../../webview-ui/timeline/timelinePhase";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse("2026-03-01T10:00:07Z");
const utc = () => 0;
const width = 800;

describe("The layout of a timeline", () => {
  it("draws a plan that is running as it can be read", () => {
    const phases = [
      phase(1, "completed", [[0, 60, "completed"]]),
      phase(2, "failed", [
        [60, 70, "failed"],
        [80, 100, "failed"],
      ]),
      phase(3, "running", [[60, undefined, "running"]], [1]),
      phase(4, "queued", [], [3]),
      phase(5, "queued", [], [4]),
      phase(6, "blocked", [], [2]),
    ];
    const now = start + 120 * second;
    const layout = timelineLayout(phases, { width, now, offset: utc });
    const [first, second_, third, fourth, fifth, sixth] = layout.rows;
    assert.equal(first?.bar?.x, 0);
    assert.equal(second_?.segments.length, 2);
    assert.equal(right(third?.bar), layout.nowX);
    assert.equal(fourth?.bar, undefined);
    assert.ok((layout.nowX ?? 0) < (layout.next?.x ?? 0));
    assert.equal(fourth?.next?.x, layout.next?.x);
    assert.equal(sixth?.next?.x, layout.next?.x);
    assert.equal(right(fifth?.next), width - nextPadding);
    assert.deepEqual(
      layout.links.map(({ from, to }) => [from, to]),
      [
        [0, 2],
        [2, 3],
        [3, 4],
        [1, 5],
      ],
    );
    assert.ok(layout.links.every(({ path }) => /^M[\d.]+ [\d.]+(?:[HV][\d.]+){3}$/.test(path)));
  });

  it("ends with the last attempt when a plan is finished, and has no now", () => {
    const layout = timelineLayout([phase(1, "completed", [[0, 90, "completed"]])], {
      width,
      now: start + day,
      offset: utc,
    });
    assert.deepEqual(
      [layout.nowX, layout.next, right(layout.rows[0]?.bar)],
      [undefined, undefined, width],
    );
  });

  it("shows a plan of which nothing was started as what comes next", () => {
    const layout = timelineLayout([phase(1, "ready"), phase(2, "queued", [], [1])], {
      width,
      now: start,
      offset: utc,
    });
    assert.equal(layout.nowX, 0);
    assert.deepEqual(
      layout.rows.map(({ bar }) => bar),
      [undefined, undefined],
    );
    assert.ok((layout.rows[0]?.next?.x ?? 0) < (layout.rows[1]?.next?.x ?? 0));
  });

  it("marks the moment of a skipped phase, and draws nothing of one without any time", () => {
    const skipped: TimelinePhase = {
      ...phase(2, "completed"),
      skipped: true,
      finishedAt: start + minute,
    };
    const phases = [phase(1, "completed", [[0, 120, "completed"]]), skipped, phase(3, "completed")];
    const layout = timelineLayout(phases, { width, now: start + day, offset: utc });
    assert.equal(layout.rows[1]?.mark, width / 2);
    assert.deepEqual([layout.rows[2]?.mark, layout.rows[2]?.bar], [undefined, undefined]);
    assert.deepEqual(timelineLayout([], { width, now: start }).rows, []);
  });

  it("keeps its axis for a while as time goes by, so that little moves", () => {
    const phases = [phase(1, "running", [[0, undefined, "running"]])];
    const ends = new Set<number>();
    for (let seconds = 60; seconds < 120; seconds++) {
      const { axis } = timelineLayout(phases, {
        width,
        now: start + seconds * second,
        offset: utc,
      });
      assert.ok(axis.to > start + seconds * second);
      ends.add(axis.to);
    }
    assert.ok(ends.size > 5 && ends.size <= 30, `${ends.size} axes in a minute`);
  });

  it("breaks the axis where nothing ran for long, and keeps the rest to one scale", () => {
    const phases = [
      phase(1, "completed", [[0, 300, "completed"]]),
      phase(2, "completed", [[301, 600, "completed"]]),
      phase(3, "completed", [[3 * 86_400, 3 * 86_400 + 600, "completed"]]),
    ];
    const { axis, rows } = timelineLayout(phases, { width, now: start + 9 * day, offset: utc });
    assert.deepEqual(
      axis.pieces.map(({ kind }) => kind),
      ["scale", "break", "scale"],
    );
    assert.deepEqual(axis.pieces[1]?.to, start + 3 * day);
    near(rows[2]?.bar?.width ?? 0, 2 * (rows[0]?.bar?.width ?? 0));
  });

  it("breaks it as well before now, when a plan waits for days", () => {
    const phases = [phase(1, "completed", [[0, 300, "completed"]]), phase(2, "ready", [], [1])];
    const now = start + 2 * day;
    const { axis, nowX = 0, next } = timelineLayout(phases, { width, now, offset: utc });
    assert.deepEqual(
      axis.pieces.map(({ kind }) => kind),
      ["scale", "break"],
    );
    assert.ok(nowX > (axis.pieces[1]?.x ?? width) && nowX < (next?.x ?? 0));
  });

  it("has ticks at round times of the reader's clock, also where it is put forward", () => {
    const change = Date.parse("2026-03-29T01:00:00Z");
    const berlin = (time: number) => (time < change ? 60 : 120);
    for (const span of [
      5 * second,
      50 * second,
      7 * minute,
      3 * hour,
      2 * day,
      30 * day,
      900 * day,
    ]) {
      for (const from of [start, change - span / 2, change - 17 * minute]) {
        const axis = timeAxis([{ from, to: from + span }], width);
        const ticks = axisTicks(axis, berlin);
        assert.ok(ticks.length >= 2, `${span}`);
        const clocks = ticks.map(({ time }) => time + berlin(time) * minute);
        const steps = clocks.slice(1).map((clock, index) => clock - (clocks[index] ?? 0));
        const step = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
        for (const [index, { time, x, label }] of ticks.entries()) {
          assert.ok(time >= axis.from && time <= axis.to);
          assert.equal((clocks[index] ?? 0) % step, 0, `${span} ${label}`);
          near(x, placeOf(axis, time));
          assert.ok(index === 0 || x - (ticks[index - 1]?.x ?? 0) > 60);
        }
      }
    }
  });

  it("names the seconds, minutes, or days", () => {
    const labels = (span: number) =>
      axisTicks(timeAxis([{ from: start, to: start + span }], 400), utc).map(({ label }) => label);
    assert.deepEqual(labels(40 * second), ["10:00:10", "10:00:20", "10:00:30", "10:00:40"]);
    assert.deepEqual(labels(4 * minute), ["10:01", "10:02", "10:03", "10:04"]);
    assert.deepEqual(labels(40 * hour), ["12:00", "Mar 2", "12:00", "Mar 3"]);
    assert.deepEqual(labels(4 * day), ["Mar 2", "Mar 3", "Mar 4", "Mar 5"]);
  });

  it("is exact and never overlaps, whatever ran and when", () => {
    const random = generator(7);
    for (let round = 0; round < 300; round++) {
      const phases = randomPlan(random);
      const now = start + 40 * day;
      const chart = 40 + Math.floor(random() * 1500);
      check(timelineLayout(phases, { width: chart, now, offset: utc }), chart, now);
    }
  });
});

function check(layout: TimelineLayout, chart: number, now: number): void {
  const { axis, rows, next } = layout;
  let end = 0;
  for (const { kind, from, to, x, width: length } of axis.pieces) {
    near(x, end);
    assert.ok(to > from && length >= 0);
    if (kind === "scale") {
      near(length, (to - from) * axis.scale);
    }
    end = x + length;
  }
  assert.ok(end <= chart + 0.01 && end <= (next?.x ?? chart) + 0.01);
  for (const { segments, bar, next: place, y } of rows) {
    assert.equal(y % 1, 0);
    for (const [index, { attempt, x, width: length }] of segments.entries()) {
      const exact = placeOf(axis, endOf(attempt, now)) - placeOf(axis, attempt.startedAt);
      near(x, placeOf(axis, attempt.startedAt));
      assert.ok(length >= exact - 0.001 && length <= Math.max(exact, 3) + 0.001);
      assert.ok(x + length <= (segments[index + 1]?.x ?? Infinity) + 0.001);
    }
    assert.equal(bar?.x, segments[0]?.x);
    if (place && next) {
      assert.ok(place.x >= next.x && right(place) <= right(next) + 0.01);
    }
  }
}

type Attempt = readonly [from: number, to: number | undefined, outcome: AttemptOutcome];

/** @param attempts in seconds from the start; a phase that names nothing depends on nothing. */
function phase(
  number: number,
  status: PhaseStatus,
  attempts: readonly Attempt[] = [],
  dependsOn: readonly number[] = [],
): TimelinePhase {
  return {
    id: `id ${number}`,
    label: String(number),
    title: `Step ${number}`,
    status,
    skipped: false,
    dependsOn: dependsOn.map((one) => `id ${one}`),
    attempts: attempts.map(([from, to, outcome], index) => ({
      number: index + 1,
      startedAt: start + from * second,
      ...(to === undefined ? {} : { finishedAt: start + to * second }),
      outcome,
      words: outcome,
    })),
  };
}

function randomPlan(random: () => number): TimelinePhase[] {
  const statuses = ["queued", "ready", "running", "completed", "blocked", "failed"] as const;
  const scale = 10 ** (random() * 6);
  let time = 0;
  return Array.from({ length: 1 + Math.floor(random() * 12) }, (_, index) => {
    const status = statuses[Math.floor(random() * 6)] ?? "queued";
    const count = status === "queued" || status === "blocked" ? 0 : Math.floor(random() * 5);
    const attempts = Array.from({ length: count }, (__, made): Attempt => {
      time += random() < 0.3 ? 0 : random() * scale * (random() < 0.1 ? 50 : 1);
      const from = time;
      time += random() * scale;
      const open = status === "running" && made === count - 1 && time < 86_400;
      return [from, open ? undefined : time, open ? "running" : "failed"];
    });
    return phase(index + 1, status, attempts, index === 0 ? [] : [Math.ceil(random() * index)]);
  });
}

/** The same numbers from 0 to 1 for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

function right(place: { readonly x: number; readonly width: number } | undefined): number {
  return place === undefined ? Number.NaN : place.x + place.width;
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 0.01, `${actual} is not ${expected}`);
}
