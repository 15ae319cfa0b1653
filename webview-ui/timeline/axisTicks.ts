import { type TimeAxis, placeOf } from "./timeAxis";

export interface Tick {
  readonly time: number;
  readonly x: number;
  /** "10:02", "10:02:30"; "Nov 23" where a day begins. */
  readonly label: string;
  readonly isDay: boolean;
}

/** Minutes to add to a time for the reader's own clock; depends on the time of the year. */
export type ClockOffset = (time: number) => number;

export const localOffset: ClockOffset = (time) => -new Date(time).getTimezoneOffset();

/** So far two labels stand apart at least. */
const labelRoom = 64;
const minute = 60_000;
const hour = 60 * minute;
export const day = 24 * hour;

/** Steps that people count in. */
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hour),
  ...[1, 2, 7, 14, 28, 56, 112, 224, 448, 896].map((days) => days * day),
];

/**
 * Round times of the reader's clock along an axis: the finest step whose labels have room. None
 * stands inside a break, and none so near to the one before that their labels would touch.
 */
export function axisTicks(axis: TimeAxis, offset: ClockOffset = localOffset): Tick[] {
  const step = steps.find((one) => one * axis.scale >= labelRoom) ?? steps.at(-1) ?? day;
  const ticks: Tick[] = [];
  let lastDay = dayOf(axis.from, offset);
  for (const piece of axis.pieces.filter(({ kind }) => kind === "scale")) {
    for (let time = firstTick(piece.from, step, offset); time <= piece.to;) {
      const x = placeOf(axis, time);
      if (x - (ticks.at(-1)?.x ?? -Infinity) >= labelRoom * 0.99) {
        const isDay = step >= day || dayOf(time, offset) !== lastDay;
        lastDay = dayOf(time, offset);
        ticks.push({
          time,
          x,
          isDay,
          label: isDay ? dayLabel(time, offset) : clockLabel(time, step, offset),
        });
      }
      // Looked for anew each time: the clock may have been put forward or back in between.
      time = firstTick(time + step / 2, step, offset);
    }
  }
  return ticks;
}

/** "Nov 23" */
export function dayLabel(time: number, offset: ClockOffset = localOffset): string {
  return days.format(time + offset(time) * minute);
}

const days = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

/** The first round time that is not before `time`. */
function firstTick(time: number, step: number, offset: ClockOffset): number {
  const round = (shift: number): number => Math.ceil((time + shift) / step) * step - shift;
  const guess = round(offset(time) * minute);
  return round(offset(guess) * minute);
}

function dayOf(time: number, offset: ClockOffset): number {
  return Math.floor((time + offset(time) * minute) / day);
}

function clockLabel(time: number, step: number, offset: ClockOffset): string {
  const clock = new Date(time + offset(time) * minute).toISOString();
  return step < minute ? clock.slice(11, 19) : clock.slice(11, 16);
}
