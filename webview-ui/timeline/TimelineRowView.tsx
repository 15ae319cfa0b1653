import type { JSX } from "preact";
import { type Glyph, StatusGlyph } from "./StatusGlyph";
import { barHeight, rowHeight, type TimelineRow } from "./timelineLayout";
import { attemptInWords, durationOf, nameOf, phaseInWords } from "./timelineWords";

export interface TimelineRowProps {
  readonly row: TimelineRow;
  readonly index: number;
  /** Labels of the phases that it comes after. */
  readonly after: readonly string[];
  /** Of the whole chart. */
  readonly width: number;
  /** Where times end: what is written beside a bar stays before it. */
  readonly end: number;
  readonly now: number;
  readonly hatch: string;
  readonly isTabStop: boolean;
  readonly onOpen: (id: string) => void;
}

/** About so wide is a duration beside its bar: "12m 30s". */
const textRoom = 58;
const glyphRoom = 16;

/** A phase: its attempts drawn to time, its mark among what comes next, and how long it took. */
export function TimelineRowView(props: TimelineRowProps): JSX.Element {
  const { row, index, after, width, now, isTabStop, onOpen } = props;
  const { phase, y, bar, next, mark } = row;
  const place = bar ?? next ?? { x: mark ?? 0, width: 0 };
  return (
    <g class={`timeline-row timeline-${phase.status}`} data-stop={`${index}`}>
      <rect class="timeline-band" x={0} y={y - rowHeight / 2} width={width} height={rowHeight} />
      {bar && <rect class="timeline-span" x={bar.x} y={y - 1} width={bar.width} height={2} />}
      <g
        class="timeline-bar"
        role="button"
        tabindex={isTabStop ? 0 : -1}
        data-stop={`${index}`}
        aria-label={phaseInWords(phase, after, now)}
        onClick={() => onOpen(phase.id)}
      >
        <rect
          class="timeline-target"
          x={place.x - 3}
          y={y - barHeight / 2 - 3}
          width={Math.max(place.width, barHeight) + 6}
          height={barHeight + 6}
          rx={4}
        />
        {next && (
          <>
            <rect
              class="timeline-next"
              x={next.x + 0.5}
              y={y - barHeight / 2}
              width={next.width - 1}
              height={barHeight}
              rx={3}
            />
            <StatusGlyph glyph={phase.status} x={next.x + next.width / 2} y={y} />
          </>
        )}
        {mark !== undefined && <StatusGlyph glyph="skipped" x={mark} y={y} />}
      </g>
      <Attempts {...props} />
      {bar && <Beside {...props} />}
    </g>
  );
}

function Attempts({ row, index, now, hatch }: TimelineRowProps): JSX.Element {
  return (
    <>
      {row.segments.map(({ attempt, x, width }, place) => {
        const box = {
          x,
          width,
          y: row.y - barHeight / 2,
          height: barHeight,
          rx: Math.min(3, width / 2),
        };
        return (
          <g
            key={attempt.number}
            class={`timeline-attempt timeline-${attempt.outcome}`}
            role="img"
            tabindex={-1}
            data-stop={`${index}.${place}`}
            aria-label={`${nameOf(row.phase)}: ${attemptInWords(attempt, now)}`}
          >
            <rect {...box} class="timeline-fill" />
            {attempt.outcome === "failed" && <rect {...box} fill={`url(#${hatch})`} />}
          </g>
        );
      })}
    </>
  );
}

/** The sign of the status and the duration: behind the bar, or before it where there is no room. */
function Beside({ row, end, now }: TimelineRowProps): JSX.Element | null {
  const { bar, phase, y } = row;
  if (!bar) {
    return null;
  }
  const right = bar.x + bar.width;
  const behind = right + glyphRoom + textRoom <= end || bar.x < glyphRoom + textRoom;
  const side = behind ? 1 : -1;
  const edge = behind ? right : bar.x;
  return (
    <g class="timeline-beside" aria-hidden="true">
      <StatusGlyph glyph={glyphOf(row)} x={edge + side * 10} y={y} />
      <text
        x={edge + side * 19}
        y={y}
        dominant-baseline="central"
        text-anchor={behind ? "start" : "end"}
      >
        {durationOf(phase, now)}
      </text>
    </g>
  );
}

/** A phase that waits to be tried again shows how its last attempt ended; its mark says that it waits. */
function glyphOf({ phase, next }: TimelineRow): Glyph {
  if (phase.skipped) {
    return "skipped";
  }
  return next ? (phase.attempts.at(-1)?.outcome ?? phase.status) : phase.status;
}
