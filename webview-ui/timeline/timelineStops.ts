import type { TimelineRow } from "./timelineLayout";

/** Where the focus can be: a phase, or one of its attempts. */
export interface Stop {
  readonly row: number;
  readonly attempt?: number;
}

export function formatStop({ row, attempt }: Stop): string {
  return attempt === undefined ? String(row) : `${row}.${attempt}`;
}

/** Reads what {@link formatStop} wrote. */
export function parseStop(text: string | undefined): Stop | undefined {
  const [row, attempt] = (text ?? "").split(".").map(Number);
  if (text === undefined || row === undefined) {
    return undefined;
  }
  return attempt === undefined ? { row } : { row, attempt };
}

/** Where a key leads: up and down between phases, left and right through a phase and its attempts. */
export function stopAfter(key: string, stop: Stop, rows: readonly TimelineRow[]): Stop | undefined {
  const last = rows.length - 1;
  const attempts = rows[stop.row]?.segments.length ?? 0;
  const inRow = (place: number): Stop =>
    place < 0 ? { row: stop.row } : { row: stop.row, attempt: Math.min(place, attempts - 1) };
  const to = (row: number): Stop => ({ row: Math.max(0, Math.min(last, row)) });
  switch (key) {
    case "ArrowDown":
      return to(stop.row + 1);
    case "ArrowUp":
      return to(stop.row - 1);
    case "PageDown":
      return to(stop.row + page);
    case "PageUp":
      return to(stop.row - page);
    case "Home":
      return to(0);
    case "End":
      return to(last);
    case "ArrowRight":
      return attempts === 0 ? stop : inRow((stop.attempt ?? -1) + 1);
    case "ArrowLeft":
      return inRow((stop.attempt ?? 0) - 1);
    default:
      return undefined;
  }
}

const page = 10;
