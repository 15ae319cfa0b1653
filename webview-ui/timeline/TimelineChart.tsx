import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { dayLabel } from "./axisTicks";
import { TimelineDetails } from "./TimelineDetails";
import { rowHeight, type TimelineLayout, type TimelineRow } from "./timelineLayout";
import { TimelinePatterns } from "./TimelinePatterns";
import { TimelineRowView } from "./TimelineRowView";
import { scaleHeight, TimelineGrid, TimelineNow, TimelineScale } from "./TimelineScale";
import { formatStop, parseStop, type Stop, stopAfter } from "./timelineStops";
import { nameOf } from "./timelineWords";

interface ChartProps {
  readonly layout: TimelineLayout;
  readonly width: number;
  readonly namesWidth: number;
  readonly now: number;
  readonly label: string;
  readonly onOpen: (id: string) => void;
}

/** Rows that are drawn above and below what is seen, so that scrolling shows no empty ones. */
const spare = 8;
const detailsWidth = 320;

/** The chart: a column of names beside bars over time, one row for each phase. Only rows in sight are drawn. */
export function TimelineChart(props: ChartProps): JSX.Element {
  const { layout, width, namesWidth, now, label, onOpen } = props;
  const { rows, height } = layout;
  const ids = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [wantedStop, setTabStop] = useState<Stop>({ row: currentRow(rows) });
  const [moved, setMoved] = useState<Stop>();
  const [pointed, setPointed] = useState<Stop>();
  const [focused, setFocused] = useState<Stop>();
  useLayoutEffect(() => {
    // A long plan opens where it stands, with what came just before.
    scroller.current?.scrollTo({ top: (currentRow(rows) - spare) * rowHeight });
  }, []);
  useLayoutEffect(() => {
    if (moved) {
      const stop = `[tabindex][data-stop="${formatStop(moved)}"]`;
      const target = scroller.current?.querySelector<SVGGElement>(stop);
      target?.focus({ preventScroll: true });
      target?.scrollIntoView({ block: "nearest" });
    }
  }, [moved]);

  // Rows may have been removed since.
  const tabStop = { row: Math.min(wantedStop.row, rows.length - 1) };
  const active = pointed ?? focused;
  const first = Math.floor(view.top / rowHeight) - spare;
  const last = Math.ceil((view.top + view.height) / rowHeight) + spare;
  const isSeen = (index: number): boolean =>
    (index >= first && index <= last) || index === tabStop.row;
  const shown = rows.map((row, index) => ({ row, index })).filter(({ index }) => isSeen(index));
  const labels = new Map(rows.map(({ phase }) => [phase.id, phase.label]));
  const axisEnd = layout.next ? layout.next.x - 10 : width;

  return (
    <div
      class="timeline-chart"
      onPointerOver={({ target }) => setPointed(stopOf(target))}
      onPointerLeave={() => setPointed(undefined)}
    >
      <div
        class="timeline-scroll"
        ref={scroller}
        onScroll={({ currentTarget: { scrollTop, clientHeight } }) =>
          setView({ top: scrollTop, height: clientHeight })
        }
      >
        <div class="timeline-top">
          <div class="timeline-date" style={{ width: `${namesWidth}px` }}>
            {dayLabel(layout.axis.from)}
          </div>
          <TimelineScale layout={layout} width={width} />
        </div>
        <div class="timeline-body" style={{ height: `${height}px` }}>
          <div class="timeline-names" style={{ width: `${namesWidth}px` }} aria-hidden="true">
            {shown.map(({ row, index }) => (
              <div
                key={row.phase.id}
                class={`timeline-name${active?.row === index ? " timeline-active" : ""}`}
                style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}
                data-stop={`${index}`}
                onClick={() => onOpen(row.phase.id)}
              >
                <span class="timeline-number">{row.phase.label}</span>
                <span class="timeline-title">{row.phase.title}</span>
              </div>
            ))}
          </div>
          <svg
            class="timeline-bars"
            width={width}
            height={height}
            role="group"
            aria-label={label}
            onFocusIn={({ target }) => setFocused(stopOf(target))}
            onFocusOut={() => setFocused(undefined)}
            onKeyDown={(event) => {
              const stop = stopOf(event.target);
              const next = stop && stopAfter(event.key, stop, rows);
              if (event.key === "Escape") {
                setFocused(undefined);
                setPointed(undefined);
              } else if (event.key === "Enter" || event.key === " ") {
                event.preventDefault();
                event.stopPropagation();
                onOpen(rows[stop?.row ?? -1]?.phase.id ?? "");
              } else if (next) {
                event.preventDefault();
                event.stopPropagation();
                setTabStop({ row: next.row });
                setMoved(next);
              }
            }}
          >
            <TimelinePatterns id={ids} />
            {active && (
              <rect
                class="timeline-highlight"
                y={active.row * rowHeight}
                width={width}
                height={rowHeight}
              />
            )}
            <TimelineGrid layout={layout} zigzag={`${ids}pause`} />
            {layout.links
              .filter(({ from, to }) => Math.max(from, to) >= first && Math.min(from, to) <= last)
              .map(({ from, to, path }) => (
                <path
                  key={`${from} ${to}`}
                  d={path}
                  class={`timeline-dependency${isOf(active, from, to) ? " timeline-active" : ""}`}
                />
              ))}
            {shown.map(({ row, index }) => (
              <TimelineRowView
                key={row.phase.id}
                row={row}
                index={index}
                after={row.phase.dependsOn.flatMap((id) => labels.get(id) ?? [])}
                width={width}
                end={axisEnd}
                now={now}
                hatch={`${ids}hatch`}
                isTabStop={tabStop.row === index}
                onOpen={onOpen}
              />
            ))}
            <TimelineNow layout={layout} />
          </svg>
        </div>
      </div>
      {active && detailsOf(props, active, view)}
    </div>
  );
}

function detailsOf(
  { layout, width, namesWidth, now }: ChartProps,
  { row: index, attempt }: Stop,
  view: { readonly top: number; readonly height: number },
): JSX.Element | undefined {
  const row = layout.rows[index];
  if (!row) {
    return undefined;
  }
  const place = (attempt === undefined ? undefined : row.segments[attempt]) ?? row.bar ?? row.next;
  const x = namesWidth + (place?.x ?? row.mark ?? 0);
  return (
    <TimelineDetails
      row={row}
      attempt={attempt === undefined ? undefined : row.segments[attempt]?.attempt.number}
      waitsFor={waitsFor(row, layout.rows)}
      now={now}
      left={Math.max(0, Math.min(x, namesWidth + width - detailsWidth))}
      top={Math.min(row.y - view.top, view.height) + scaleHeight + rowHeight / 2}
    />
  );
}

/** The first phase that is not finished; 0 where all are. */
function currentRow(rows: readonly TimelineRow[]): number {
  return Math.max(
    0,
    rows.findIndex(({ phase }) => phase.status !== "completed"),
  );
}

function waitsFor({ phase }: TimelineRow, rows: readonly TimelineRow[]): string[] {
  const names = new Map(rows.map((row) => [row.phase.id, nameOf(row.phase)]));
  return phase.dependsOn.flatMap((id) => names.get(id) ?? []);
}

function isOf(active: Stop | undefined, from: number, to: number): boolean {
  return active !== undefined && (active.row === from || active.row === to);
}

function stopOf(target: EventTarget | null): Stop | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>("[data-stop]") : null;
  return parseStop(element?.dataset["stop"]);
}
