/** Puts in the place of each number that is missing what it stands for, however often it takes. */
export function standIn(
  numbers: readonly number[],
  missing: ReadonlyMap<number, readonly number[]>,
): number[] {
  const found = new Set<number>();
  const seen = new Set<number>();
  const open = [...numbers];
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    const others = missing.get(number);
    if (!others) {
      found.add(number);
    } else if (!seen.has(number)) {
      seen.add(number);
      open.push(...others);
    }
  }
  return [...found].sort((a, b) => a - b);
}
