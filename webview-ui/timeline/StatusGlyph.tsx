import type { JSX } from "preact";

/** What a bar is marked with beside its colour: the statuses, and a phase that was skipped. */
export type Glyph = "queued" | "ready" | "running" | "completed" | "blocked" | "failed" | "skipped";

interface StatusGlyphProps {
  readonly glyph: Glyph;
  /** The middle. */
  readonly x: number;
  readonly y: number;
}

/** A sign of 8 pixels, drawn in lines so that it is told by its shape alone. */
export function StatusGlyph({ glyph, x, y }: StatusGlyphProps): JSX.Element {
  return <path class="timeline-glyph" d={shapes[glyph]} transform={`translate(${x} ${y})`} />;
}

const shapes: Readonly<Record<Glyph, string>> = {
  queued: "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
  ready: "M-2.5 -3.5L3.5 0L-2.5 3.5Z",
  running: "M-3.5 -3L-0.5 0L-3.5 3M0.5 -3L3.5 0L0.5 3",
  completed: "M-3.5 0.5L-1 3L3.5 -2.5",
  blocked: "M-3.5 0H3.5",
  failed: "M-3 -3L3 3M3 -3L-3 3",
  skipped: "M0 -4L4 0L0 4L-4 0Z",
};
