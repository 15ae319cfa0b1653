/** Those whose name is like the given one, the likest first, at most three. */
export function likest<T>(name: string, items: readonly T[], nameOf: (item: T) => string): T[] {
  const wanted = name.trim().toLowerCase();
  return items
    .map((item) => ({ item, far: distance(wanted, nameOf(item).toLowerCase()) }))
    .filter(({ far }) => far <= 0.5)
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ item }) => item);
}

/** 0 for the same name, 1 for one that has nothing in common with it. */
function distance(wanted: string, name: string): number {
  if (wanted.length > 2 && name.includes(wanted)) {
    return 0.25;
  }
  const longest = Math.max(wanted.length, name.length);
  return longest === 0 ? 1 : edits(wanted.slice(0, 100), name.slice(0, 100)) / longest;
}

/** How many letters must be put in, taken out or changed. */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1];
    for (const [column, against] of Array.from(other).entries()) {
      const changed = (row[column] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
