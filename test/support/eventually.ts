/** How long a condition may take to come true; far more than it takes on a loaded machine. */
const patience = 30_000;

/** Waits until `condition` answers something but undefined or false, and answers that. */
export async function eventually<T>(
  what: string,
  condition: () => T | undefined | false,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (;;) {
    const answer = condition();
    if (answer !== undefined && answer !== false) {
      return answer;
    }
    if (performance.now() > deadline) {
      throw new Error(`It did not happen: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
