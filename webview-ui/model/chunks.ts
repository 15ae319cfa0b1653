import type { CardPhase } from "../../src/core/protocol/card/cardState";

/** Neighbours of a long list, which are drawn, or left as they are, together. */
export interface Chunk {
  readonly key: number;
  readonly phases: readonly CardPhase[];
}

/** So many numbers make a chunk: few enough to be drawn again for one that changed. */
const size = 25;

/**
 * Divides a plan's phases by their numbers, which stay when others leave the list. A chunk that has the
 * same phases as before is the same object, so that a change is drawn for one chunk of a thousand phases.
 *
 * @param phases in the order of their numbers.
 */
export function chunksOf(
  phases: readonly CardPhase[],
  before: readonly Chunk[] = [],
): readonly Chunk[] {
  const known = new Map(before.map((chunk) => [chunk.key, chunk]));
  const divided = new Map<number, CardPhase[]>();
  for (const phase of phases) {
    const key = Math.floor(phase.number / size);
    const chunk = divided.get(key);
    if (chunk) {
      chunk.push(phase);
    } else {
      divided.set(key, [phase]);
    }
  }
  return [...divided].map(([key, members]) => {
    const old = known.get(key);
    return old && isSame(old.phases, members) ? old : { key, phases: members };
  });
}

/** The first of them, with at least so many phases if there are so many. */
export function drawnOf(chunks: readonly Chunk[], limit: number): readonly Chunk[] {
  let count = 0;
  const end = chunks.findIndex(({ phases }) => {
    const isEnough = count >= limit;
    count += phases.length;
    return isEnough;
  });
  return end === -1 ? chunks : chunks.slice(0, end);
}

function isSame(a: readonly CardPhase[], b: readonly CardPhase[]): boolean {
  return a.length === b.length && a.every((phase, index) => phase === b[index]);
}
