import type { PhaseQueueItem } from "../../core/protocol/queue";
import { displayWidth, pad, truncate } from "../terminal/displayWidth";
import { type Line, lineWidth, span } from "../terminal/line";
import { phaseTitle } from "../../core/protocol/words/names";
import { phaseDetail, phaseTime } from "../../core/protocol/words/phaseDetail";
import { longestStatus, statusLooks } from "../words/statuses";

export interface RowOptions {
  /** ISO time. */
  readonly now: string;
  /** Columns there are. */
  readonly width: number;
  /** Turns while a phase runs; without it running phases stand still. */
  readonly spinner?: string;
}

const longestTitle = 44;
const shortestTitle = 8;
const timeWidth = 7;
/** In less room a detail says nothing. */
const shortestDetail = 12;

/** A line for each phase: symbol, number, title, status, time, and why. */
export function phaseRows(phases: readonly PhaseQueueItem[], options: RowOptions): Line[] {
  const numberWidth = phases.reduce(
    (width, { phase_number }) => Math.max(width, String(phase_number).length),
    1,
  );
  const fixed = 4 + numberWidth + 2 + longestStatus + timeWidth + 2;
  const longest = phases.reduce(
    (width, phase) => Math.max(width, displayWidth(phaseTitle(phase))),
    shortestTitle,
  );
  const room = Math.max(shortestTitle, options.width - fixed);
  const titleWidth = Math.min(longest, longestTitle, room);
  return phases.map((phase) => rowOf(phase, numberWidth, titleWidth, options));
}

function rowOf(
  phase: PhaseQueueItem,
  numberWidth: number,
  titleWidth: number,
  { now, width, spinner }: RowOptions,
): Line {
  const { look, symbol } = statusLooks[phase.status];
  const isRunning = phase.status === "running";
  const title = pad(truncate(phaseTitle(phase), titleWidth), titleWidth);
  const detail = phaseDetail(phase, now);
  const row = [
    span(` ${isRunning && spinner !== undefined ? spinner : symbol} `, look),
    span(`${String(phase.phase_number).padStart(numberWidth)}  `, "dim"),
    span(title, isRunning ? "bold" : phase.status === "queued" ? "dim" : "plain"),
    span(`  ${phase.status.padEnd(longestStatus)}`, look),
    span(phaseTime(phase, now).padStart(timeWidth), "dim"),
  ];
  const hasRoom = detail !== "" && width - lineWidth(row) >= shortestDetail;
  return hasRoom ? [...row, span(`  ${detail}`, phase.status === "failed" ? "red" : "dim")] : row;
}
