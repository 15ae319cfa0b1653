/** The edge of a bar: where a line leaves it or arrives, and the middle of its row. */
interface End {
  readonly x: number;
  readonly y: number;
}

/**
 * The line from one bar to another in right angles: down out of the first, along between the rows,
 * where nothing else is drawn, and into the upper (or lower) edge of the other.
 *
 * @param half half the height of a bar; @param gap half the way from one row to the next.
 * @returns the data of an SVG path.
 */
export function dependencyPath(from: End, to: End, half: number, gap: number): string {
  const down = to.y >= from.y ? 1 : -1;
  const start = `M${tenths(from.x)} ${tenths(from.y + down * half)}`;
  const along = `V${tenths(from.y + down * gap)}H${tenths(to.x)}`;
  return `${start}${along}V${tenths(to.y - down * half)}`;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
