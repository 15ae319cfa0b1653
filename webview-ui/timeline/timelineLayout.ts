import { axisTicks, type ClockOffset, localOffset, type Tick } from "./axisTicks";
import { dependencyPath } from "./dependencyPath";
import { placeOf, type TimeAxis, timeAxis } from "./timeAxis";
import type { TimelineAttempt, TimelinePhase } from "./timelinePhase";
import { waitingRanks } from "./waitingRanks";

/** A plan as it is drawn. Pixels, from the left of the chart and from the top of its first row. */
export interface TimelineLayout {
  readonly axis: TimeAxis;
  /** Where now is on the axis; absent for a plan that is finished. */
  readonly nowX?: number;
  readonly ticks: readonly Tick[];
  /** Where what comes next is drawn, beyond all times. */
  readonly next?: Place;
  readonly rows: readonly TimelineRow[];
  readonly links: readonly TimelineLink[];
  readonly height: number;
}

export interface Place {
  readonly x: number;
  readonly width: number;
}

export interface TimelineRow {
  readonly phase: TimelinePhase;
  /** The middle of the row. */
  readonly y: number;
  /** The attempts, in the order in which they were made. */
  readonly segments: readonly Segment[];
  /** From the beginning of the first attempt to the end of the last one. */
  readonly bar?: Place;
  /** Where a phase that waits is drawn among what comes next. */
  readonly next?: Place;
  /** Where a phase ended without having been started. */
  readonly mark?: number;
}

/** An attempt, drawn to time; widened where it would be too short to see, never over the next one. */
export interface Segment extends Place {
  readonly attempt: TimelineAttempt;
}

/** A line from the row of what is waited for to the row of what waits, by their indexes. */
export interface TimelineLink {
  readonly from: number;
  readonly to: number;
  /** The data of an SVG path. */
  readonly path: string;
}

export interface TimelineOptions {
  /** Of the chart, without the names of the phases. */
  readonly width: number;
  readonly now: number;
  readonly offset?: ClockOffset;
}

export const rowHeight = 26;
export const barHeight = 14;
export const nextMark = 20;
const narrowest = 3;
const nextStep = nextMark + 8;
const mostForNext = 0.35;
const spaceBeforeNext = 28;
/** The zone of what comes next is drawn so much wider on both sides. */
export const nextPadding = 8;

/** Lays a plan out: what ran where it ran, and behind all times what waits, in the order it can come. */
export function timelineLayout(
  phases: readonly TimelinePhase[],
  { width, now, offset = localOffset }: TimelineOptions,
): TimelineLayout {
  const ranks = waitingRanks(phases);
  const next = nextZone(ranks, width);
  const isOpen = next !== undefined || phases.some(({ status }) => status === "running");
  const axisWidth = Math.max(1, next === undefined ? width : next.x - spaceBeforeNext);
  const axis = timeAxis(busyTimes(phases, now), axisWidth, isOpen ? now : undefined);
  const rows = phases.map((phase, index): TimelineRow => {
    const segments = segmentsOf(phase, axis, now);
    const rank = ranks.get(phase.id);
    return {
      phase,
      y: (index + 0.5) * rowHeight,
      segments,
      ...withBar(segments),
      ...(rank !== undefined && next
        ? { next: { x: next.x + rank * next.step, width: nextMark } }
        : {}),
      ...(isMark(phase) ? { mark: placeOf(axis, phase.finishedAt) } : {}),
    };
  });
  return {
    axis,
    ...(isOpen ? { nowX: placeOf(axis, now) } : {}),
    ticks: axisTicks(axis, offset),
    ...(next ? { next: { x: next.x, width: next.width } } : {}),
    rows,
    links: linksOf(rows),
    height: phases.length * rowHeight,
  };
}

/** When an attempt ended as far as it can be drawn: clocks may be put back while it runs. */
export function endOf({ startedAt, finishedAt }: TimelineAttempt, now: number): number {
  return Math.max(startedAt, finishedAt ?? now);
}

function nextZone(
  ranks: ReadonlyMap<string, number>,
  width: number,
): (Place & { readonly step: number }) | undefined {
  if (ranks.size === 0) {
    return undefined;
  }
  const last = Math.max(...ranks.values());
  const zone = Math.max(nextMark, Math.min(mostForNext * width, last * nextStep + nextMark));
  const step = last === 0 ? 0 : Math.max(0, zone - nextMark) / last;
  return { x: width - zone - nextPadding, width: zone, step };
}

function busyTimes(phases: readonly TimelinePhase[], now: number) {
  return phases.flatMap((phase) => [
    ...phase.attempts.map((attempt) => ({ from: attempt.startedAt, to: endOf(attempt, now) })),
    ...(isMark(phase) ? [{ from: phase.finishedAt, to: phase.finishedAt }] : []),
  ]);
}

function isMark(phase: TimelinePhase): phase is TimelinePhase & { readonly finishedAt: number } {
  return phase.attempts.length === 0 && phase.finishedAt !== undefined;
}

function segmentsOf({ attempts }: TimelinePhase, axis: TimeAxis, now: number): Segment[] {
  let free = 0;
  return attempts.map((attempt, index) => {
    const x = Math.max(free, placeOf(axis, attempt.startedAt));
    const exact = Math.max(0, placeOf(axis, endOf(attempt, now)) - x);
    const following = attempts[index + 1];
    const room = following ? placeOf(axis, following.startedAt) - x - 1 : narrowest;
    const width = Math.max(exact, Math.min(narrowest, room));
    free = x + width;
    return { attempt, x, width };
  });
}

function withBar(segments: readonly Segment[]): { bar?: Place } {
  const first = segments[0];
  const last = segments.at(-1);
  return first && last ? { bar: { x: first.x, width: last.x + last.width - first.x } } : {};
}

function linksOf(rows: readonly TimelineRow[]): TimelineLink[] {
  const indexes = new Map(rows.map(({ phase }, index) => [phase.id, index]));
  return rows.flatMap((row, to) =>
    row.phase.dependsOn.flatMap((id) => {
      const from = indexes.get(id) ?? -1;
      const path = rows[from] && linkPath(rows[from], row);
      return path === undefined ? [] : [{ from, to, path }];
    }),
  );
}

function linkPath(before: TimelineRow, row: TimelineRow): string | undefined {
  const start = before.next ?? before.bar ?? markPlace(before);
  const end = row.bar ?? row.next ?? markPlace(row);
  if (start === undefined || end === undefined) {
    return undefined;
  }
  return dependencyPath(
    { x: start.x + start.width - inside(start), y: before.y },
    { x: end.x + inside(end), y: row.y },
    barHeight / 2,
    rowHeight / 2,
  );
}

/** How far from its end a line leaves a bar, or arrives at it. */
function inside({ width }: Place): number {
  return Math.min(5, width / 2);
}

function markPlace({ mark }: TimelineRow): Place | undefined {
  return mark === undefined ? undefined : { x: mark, width: 0 };
}
