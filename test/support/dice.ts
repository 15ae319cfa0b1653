/** Where a test takes its decisions from. */
export interface Decisions {
  /** A whole number from 0 up to, but without, `limit`. */
  below(limit: number): number;
}

/** Numbers that look random and come again with the same seed (mulberry32). */
export class Dice implements Decisions {
  constructor(private state: number) {}

  /** From 0 up to, but without, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
}

export function oneOf<T>(decisions: Decisions, values: readonly T[]): T | undefined {
  return values[decisions.below(values.length)];
}
