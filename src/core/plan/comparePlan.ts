import type { ParsedPhase } from "../protocol/plan";
import type { PhaseQueueItem } from "../protocol/queue";
import { foldName } from "./dependencyNames";
import { standIn } from "./standIn";

/** A phase of the queue, as far as it can differ from the plan's file. */
export type StoredPhase = Pick<
  PhaseQueueItem,
  "queue_id" | "phase_number" | "label" | "status" | "depends_on_phases" | "phase_data"
>;

/** A phase of the file, as far as it can differ from the queue. */
export type WrittenPhase = Pick<
  ParsedPhase,
  "number" | "label" | "title" | "content" | "dependsOn" | "startLine"
>;

/** A phase that is both in the queue and in the file. */
export interface PhasePair<W extends WrittenPhase = WrittenPhase> {
  readonly stored: StoredPhase;
  readonly written: W;
  /** Its title or its text is not the stored one. */
  readonly differs: boolean;
  /** Phases changed places in the file, so that it comes after other ones than the stored one. */
  readonly moved: boolean;
}

/** How a plan's file stands to what is stored of it. */
export interface PlanComparison<W extends WrittenPhase = WrittenPhase> {
  readonly pairs: readonly PhasePair<W>[];
  /** In the file alone. */
  readonly added: readonly W[];
  /** In the queue alone. */
  readonly removed: readonly StoredPhase[];
}

/**
 * Most phases are found by the first, which is cheap: a plan is compared at each pause of typing.
 * Two phases are the same if, of all that are left, these two alone have this in common.
 */
const likenesses: readonly ((phase: Likeness) => string)[] = [
  ({ number, title }) => JSON.stringify([number, title]),
  ({ title, content }) => JSON.stringify([title, content]),
  ({ title }) => title,
  ({ content }) => content,
  ({ number }) => String(number),
];

/**
 * Finds which phase of the file is which of the queue, also where phases were renumbered, renamed or
 * put in between: by number and title, else by title, else by text, else by number.
 */
export function comparePlan<W extends WrittenPhase>(
  stored: readonly StoredPhase[],
  written: readonly W[],
): PlanComparison<W> {
  const pairs: PhasePair<W>[] = [];
  let removed = stored.map((phase) => ({ phase, like: likenessOfStored(phase) }));
  let added = written.map((phase) => ({ phase, like: likenessOfWritten(phase) }));
  for (const keyOf of likenesses) {
    const inQueue = uniqueBy(removed, ({ like }) => keyOf(like));
    const inFile = uniqueBy(added, ({ like }) => keyOf(like));
    const found = new Set<object>();
    for (const [key, one] of inQueue) {
      const other = key === "" ? undefined : inFile.get(key);
      if (other) {
        pairs.push(pairOf(one.phase, other.phase));
        found.add(one).add(other);
      }
    }
    removed = removed.filter((one) => !found.has(one));
    added = added.filter((one) => !found.has(one));
  }
  const comparison = {
    pairs: pairs.toSorted((a, b) => a.written.number - b.written.number),
    added: added.map(({ phase }) => phase),
    removed: removed.map(({ phase }) => phase),
  };
  return { ...comparison, pairs: withMoves(comparison) };
}

/** What a plan is besides its phases. */
export interface PlanFrame {
  readonly title: string;
  /** The text outside the phases. */
  readonly context: string;
}

/** What of it is not the stored one. */
export interface FrameComparison {
  readonly title: boolean;
  readonly context: boolean;
}

/**
 * Compares what a plan is besides its phases. A file that is as it was enqueued has the title that it
 * was given then, whatever stands in it.
 */
export function compareFrame(
  stored: PlanFrame & { readonly sha256: string },
  written: PlanFrame & { readonly sha256: string },
): FrameComparison {
  return {
    title: stored.sha256 !== written.sha256 && stored.title !== written.title,
    context: stored.context !== written.context,
  };
}

/**
 * What a phase comes after is written in its text, or follows from its place. As long as no two phases
 * changed places the latter says nothing new: it is other phases that came or went.
 */
function withMoves<W extends WrittenPhase>(comparison: PlanComparison<W>): PhasePair<W>[] {
  const { pairs, added, removed } = comparison;
  const inOrder = pairs.every(
    ({ stored }, index) =>
      index === 0 || (pairs[index - 1]?.stored.phase_number ?? 0) < stored.phase_number,
  );
  if (inOrder) {
    return [...pairs];
  }
  const notStored = new Map(added.map(({ number, dependsOn }) => [number, dependsOn]));
  const gone = new Map(
    removed.map(({ phase_number, depends_on_phases }) => [phase_number, depends_on_phases]),
  );
  const byWritten = new Map(pairs.map(({ stored, written }) => [written.number, stored]));
  return pairs.map((pair) => {
    const wanted = standIn(pair.written.dependsOn, notStored)
      .flatMap((number) => byWritten.get(number)?.phase_number ?? [])
      .sort((a, b) => a - b);
    const kept = standIn(pair.stored.depends_on_phases, gone);
    return { ...pair, moved: wanted.join() !== kept.join() };
  });
}

/** A running or finished phase keeps the text it was started with; a failed one can be tried again. */
export function canBeUpdated({ status }: Pick<PhaseQueueItem, "status">): boolean {
  return status !== "running" && status !== "completed";
}

interface Likeness {
  readonly number: number;
  readonly title: string;
  readonly content: string;
}

function likenessOfStored({ phase_number, phase_data }: StoredPhase): Likeness {
  const { title, content } = phase_data;
  return { number: phase_number, title: foldName(title), content };
}

function likenessOfWritten({ number, title, content }: WrittenPhase): Likeness {
  return { number, title: foldName(title), content };
}

function pairOf<W extends WrittenPhase>(stored: StoredPhase, written: W): PhasePair<W> {
  const { title, content } = stored.phase_data;
  const differs = title !== written.title || content !== written.content;
  return { stored, written, differs, moved: false };
}

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T> {
  const unique = new Map<string, T>();
  const several = new Set<string>();
  for (const item of items) {
    const key = keyOf(item);
    if (unique.has(key)) {
      several.add(key);
    }
    unique.set(key, item);
  }
  for (const key of several) {
    unique.delete(key);
  }
  return unique;
}
