/** How long a condition may take to come true; far more than it takes on a loaded machine. */
const enough = 60_000;

/**
 * Waits until `condition` answers something but undefined or false, and answers that.
 *
 * @param patience in milliseconds.
 * @throws Error with `what` when that takes too long.
 */
export async function eventually<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  patience = enough,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== false) {
      return answer;
    }
    if (performance.now() > deadline) {
      throw new Error(`It did not happen: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
