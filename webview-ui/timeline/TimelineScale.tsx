import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import { nextPadding, type TimelineLayout } from "./timelineLayout";
import { longDuration } from "./timelineWords";

interface ScaleProps {
  readonly layout: TimelineLayout;
  readonly width: number;
}

export const scaleHeight = 34;
const tickTextRoom = 54;
const nowTextRoom = 20;
const breakTextRoom = 30;

/** What stands above the chart: times, pauses that are left out, now, and "next". */
export function TimelineScale({ layout, width }: ScaleProps): JSX.Element {
  const { axis, ticks, nowX, next } = layout;
  const last = axis.pieces.at(-1);
  const end = last ? last.x + last.width : 0;
  const shown = ticks.filter(
    ({ x }) =>
      x + tickTextRoom <= (next?.x ?? width) &&
      (nowX === undefined || x + tickTextRoom < nowX - nowTextRoom || x > nowX + nowTextRoom),
  );
  return (
    <svg class="timeline-scale" width={width} height={scaleHeight} aria-hidden="true">
      {shown.map(({ x, time, label, isDay }) => (
        <text key={time} x={x + 4} y={13} class={isDay ? "timeline-day" : ""}>
          {label}
        </text>
      ))}
      {axis.pieces.map(
        (piece) =>
          piece.kind === "break" &&
          piece.width >= breakTextRoom && (
            <text key={piece.from} x={piece.x + piece.width / 2} y={28} text-anchor="middle">
              {longDuration(piece.to - piece.from)}
            </text>
          ),
      )}
      {next && (
        <text x={next.x} y={13} class="timeline-heading">
          {t("Next")}
        </text>
      )}
      {nowX !== undefined && (
        <>
          <text class="timeline-heading" x={Math.min(nowX, end)} y={13} text-anchor="middle">
            {t("now")}
          </text>
          <path class="timeline-flag" d={`M${nowX - 4} ${scaleHeight - 8}h8l-4 7Z`} />
        </>
      )}
    </svg>
  );
}

/** Lines through all rows: under the bars. */
export function TimelineGrid({
  layout,
  zigzag,
}: {
  layout: TimelineLayout;
  zigzag: string;
}): JSX.Element {
  const { axis, ticks, next, height } = layout;
  return (
    <g aria-hidden="true">
      {axis.pieces.map(
        ({ kind, from, x, width }) =>
          kind === "break" && (
            <g key={from}>
              <rect class="timeline-pause" x={x} width={width} height={height} />
              <rect x={x} width={width} height={height} fill={`url(#${zigzag})`} />
            </g>
          ),
      )}
      {ticks.map(({ time, x, isDay }) => (
        <line
          key={time}
          class={isDay ? "timeline-tick timeline-day" : "timeline-tick"}
          {...{ x1: x, x2: x, y1: 0, y2: height }}
        />
      ))}
      {next && (
        <rect
          class="timeline-zone"
          x={next.x - nextPadding}
          width={next.width + 2 * nextPadding}
          height={height}
          rx={4}
        />
      )}
    </g>
  );
}

/** The line through all rows where now is: over everything. */
export function TimelineNow({ layout: { nowX, height } }: { layout: TimelineLayout }): JSX.Element {
  return (
    <>
      {nowX !== undefined && (
        <line class="timeline-now" {...{ x1: nowX, x2: nowX, y1: 0, y2: height }} />
      )}
    </>
  );
}
