/**
 * Resolves as soon as `condition` holds. Ends by itself when it never does: a loop that outlives its
 * test would keep the whole run from ending.
 */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > end) {
      throw new Error(`This did not come true within 30 s: ${String(condition)}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
