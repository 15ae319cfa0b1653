/**
 * Numbers in an order in which each comes after all it depends on. Numbers on a cycle, which no plan
 * of ours has, come last.
 */
export function topologicalOrder(
  dependsOn: ReadonlyMap<number, readonly number[]>,
  dependents: ReadonlyMap<number, readonly number[]>,
): number[] {
  const numbers = [...dependsOn.keys()].sort((a, b) => a - b);
  const missing = new Map(
    numbers.map((number) => [
      number,
      (dependsOn.get(number) ?? []).filter((other) => dependsOn.has(other)).length,
    ]),
  );
  const order = numbers.filter((number) => missing.get(number) === 0);
  // Grows while it is gone through: a number joins when the last it waited for has had its turn.
  for (const number of order) {
    for (const dependent of dependents.get(number) ?? []) {
      const left = (missing.get(dependent) ?? 0) - 1;
      missing.set(dependent, left);
      if (left === 0) {
        order.push(dependent);
      }
    }
  }
  return [...order, ...numbers.filter((number) => (missing.get(number) ?? 0) > 0)];
}
