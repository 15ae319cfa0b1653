/** The middle one of some measurements. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param share 0.5 is the median, 0.99 what one in a hundred exceeds. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Runs several subjects in turn, `rounds` times, so that whatever else the machine does falls on all
 * of them alike. @returns the medians, by subject.
 */
export async function inTurn(
  rounds: number,
  subjects: Readonly<Record<string, () => Promise<number>>>,
): Promise<Record<string, number>> {
  const results = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, subject] of Object.entries(subjects)) {
      results.set(name, [...(results.get(name) ?? []), await subject()]);
    }
  }
  return Object.fromEntries([...results].map(([name, values]) => [name, median(values)]));
}

/**
 * The power with which times grow with a size: the slope of a line through their logarithms, by least
 * squares. 0 is independent of it, 1 is linear.
 */
export function growth(times: readonly (readonly [size: number, time: number])[]): number {
  const points = times.map(([size, time]) => [Math.log(size), Math.log(time)] as const);
  const mean = (index: 0 | 1): number =>
    points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

/** Watches how long the event loop is kept from turning. */
export class LoopWatch {
  private last = performance.now();
  private worst = 0;
  private readonly timer = setInterval(() => this.turn(), 1);

  /** Ends the watch. @returns the longest block in milliseconds. */
  stop(): number {
    this.turn();
    clearInterval(this.timer);
    return this.worst;
  }

  private turn(): void {
    const now = performance.now();
    this.worst = Math.max(this.worst, now - this.last - 1);
    this.last = now;
  }
}
