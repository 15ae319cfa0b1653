/** Times and the places where they are drawn. */
export interface TimeAxis {
  readonly from: number;
  /** Not before now; some time beyond it, so that the axis need not change each second. */
  readonly to: number;
  /** In order; they touch each other in time and place. */
  readonly pieces: readonly AxisPiece[];
  /** Pixels for a millisecond, alike wherever time is drawn to scale. */
  readonly scale: number;
}

export interface AxisPiece {
  readonly kind: "scale" | "break";
  readonly from: number;
  readonly to: number;
  readonly x: number;
  readonly width: number;
}

/** A stretch of time in which something ran. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** So wide a break is drawn, as long as all of them leave room for the times that count. */
const breakWidth = 36;
const mostForBreaks = 0.3;
/** Shorter pauses are always drawn to scale. */
const shortestBreak = 60_000;
const second = 1000;

/**
 * Lays time out over a width. Where nothing ran for longer than half of all the time in which
 * something did, the axis is broken: a night's wait would leave nothing to see of the work. Breaks are
 * drawn as such and say what they leave out; everything else is to one scale.
 *
 * @param busy when something ran, in any order.
 * @param now the axis reaches it when it is given: the plan is not finished.
 */
export function timeAxis(busy: readonly Stretch[], width: number, now?: number): TimeAxis {
  const merged = merge(busy);
  const from = merged[0]?.from ?? now ?? 0;
  const last = Math.max(merged.at(-1)?.to ?? from, now ?? 0);
  const longest = Math.max(shortestBreak, total(merged) / 2);
  const shown = last - from - total(pauses(merged).filter((pause) => length(pause) > longest));
  const to = now === undefined ? Math.max(last, from + second) : roomAhead(from, last, shown);
  const end = last > (merged.at(-1)?.to ?? last) ? [{ from: to, to }] : [];
  const breaks = pauses([...merged, ...end]).filter((pause) => length(pause) > longest);
  const broken = total(breaks);
  const each = Math.min(breakWidth, (mostForBreaks * width) / Math.max(1, breaks.length));
  const scale = Math.max(0, width - each * breaks.length) / Math.max(1, to - from - broken);
  const pieces: AxisPiece[] = [];
  let [time, x] = [from, 0];
  const add = (kind: AxisPiece["kind"], end: number, pieceWidth: number): void => {
    if (end > time) {
      pieces.push({ kind, from: time, to: end, x, width: pieceWidth });
      x += pieceWidth;
      time = end;
    }
  };
  for (const pause of breaks) {
    add("scale", pause.from, (pause.from - time) * scale);
    add("break", pause.to, each);
  }
  add("scale", to, (to - time) * scale);
  return { from, to, pieces, scale };
}

/** Where a time is drawn; times outside are drawn at the ends. */
export function placeOf(axis: TimeAxis, time: number): number {
  const piece = axis.pieces.find(({ to }) => time <= to) ?? axis.pieces.at(-1);
  if (piece === undefined) {
    return 0;
  }
  const share = (time - piece.from) / (piece.to - piece.from);
  return piece.x + Math.min(1, Math.max(0, share)) * piece.width;
}

/** Stretches that overlap or touch become one. */
function merge(stretches: readonly Stretch[]): Stretch[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) {
      last.to = Math.max(last.to, to);
    } else {
      merged.push({ from, to: Math.max(from, to) });
    }
  }
  return merged;
}

/** What lies between stretches. */
function pauses(stretches: readonly Stretch[]): Stretch[] {
  return stretches
    .slice(1)
    .map((stretch, index) => ({ from: stretches[index]?.to ?? stretch.from, to: stretch.from }));
}

/**
 * Where an axis ends on which something runs: a little after now, and the same for a while. The room
 * grows with what is shown, so the axis changes some twenty times while the time shown doubles.
 */
function roomAhead(from: number, now: number, shown: number): number {
  const step = 2 ** Math.ceil(Math.log2(Math.max(10 * second, shown) / 20));
  return from + (Math.floor((now - from) / step) + 1) * step;
}

function total(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, stretch) => sum + length(stretch), 0);
}

function length({ from, to }: Stretch): number {
  return to - from;
}
