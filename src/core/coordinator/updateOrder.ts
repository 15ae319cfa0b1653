import { HopperError } from "../base/errors";
import { words } from "../base/words";
import {
  canBeUpdated,
  type PhasePair,
  type PlanComparison,
  type StoredPhase,
} from "../plan/comparePlan";
import { standIn } from "../plan/standIn";
import type { ParsedPhase } from "../protocol/plan";
import { phaseListWords } from "../protocol/words/phaseList";
import type { PlanUpdate } from "../queue/queue";

/** What an update takes over, found in the comparison. */
export interface Choice {
  readonly updated: readonly PhasePair<ParsedPhase>[];
  readonly added: readonly ParsedPhase[];
  readonly removed: readonly StoredPhase[];
}

/** The number of each phase that stays, by queue id. */
export function numbersAfter(
  { pairs, added, removed }: PlanComparison<ParsedPhase>,
  choice: Choice,
): Map<string, number> {
  const numbers = new Map(pairs.map(({ stored, written }) => [stored.queue_id, written.number]));
  // A number of the file is taken also while its phase is not in the queue yet.
  const taken = new Set([...numbers.values(), ...added.map(({ number }) => number)]);
  const leftOver = removed.filter((phase) => !choice.removed.includes(phase));
  let highest = Math.max(...taken, ...leftOver.map(({ phase_number }) => phase_number));
  for (const { queue_id, phase_number } of leftOver) {
    numbers.set(queue_id, taken.has(phase_number) ? ++highest : phase_number);
  }
  return numbers;
}

/** What the phases wait for after an update. */
export interface Dependencies {
  readonly phases: PlanUpdate["kept"];
  /** The file's dependencies, as far as they are in the queue after the update. */
  resolve(written: readonly number[]): number[];
}

export function dependenciesAfter(
  stored: readonly StoredPhase[],
  { pairs, added }: PlanComparison<ParsedPhase>,
  choice: Choice,
  numbers: ReadonlyMap<string, number>,
): Dependencies {
  const notStored = new Map(
    added
      .filter((phase) => !choice.added.includes(phase))
      .map((phase) => [phase.number, phase.dependsOn]),
  );
  const resolve = (written: readonly number[]): number[] => standIn(written, notStored);
  const gone = new Map(
    choice.removed.map(({ phase_number, depends_on_phases }) => [phase_number, depends_on_phases]),
  );
  const byOldNumber = new Map(stored.map((phase) => [phase.phase_number, phase.queue_id]));
  const used = new Set([...numbers.values(), ...choice.added.map(({ number }) => number)]);
  // One that was removed unfinished keeps blocking: its number must not come to mean another phase.
  const ofNobody = (number: number): number =>
    used.has(number) ? Math.max(...used) + 1 + number : number;
  const goOn = ({ depends_on_phases }: StoredPhase): number[] =>
    standIn(depends_on_phases, gone)
      .map((number) => numbers.get(byOldNumber.get(number) ?? "") ?? ofNobody(number))
      .sort((a, b) => a - b);
  const newNumbers = new Set(choice.added.map(({ number }) => number));
  const asWritten = new Set(
    [
      ...choice.updated,
      ...pairs.filter(
        ({ stored, written, differs }) =>
          !differs && canBeUpdated(stored) && written.dependsOn.some((n) => newNumbers.has(n)),
      ),
    ].map(({ stored }) => stored.queue_id),
  );
  const writtenOf = new Map(pairs.map(({ stored, written }) => [stored.queue_id, written]));
  const phases = stored.flatMap((phase) => {
    const number = numbers.get(phase.queue_id);
    const written = asWritten.has(phase.queue_id) ? writtenOf.get(phase.queue_id) : undefined;
    const dependsOn = written ? resolve(written.dependsOn) : goOn(phase);
    return number === undefined ? [] : [[phase.queue_id, { number, dependsOn }] as const];
  });
  return { phases: new Map(phases), resolve };
}

/**
 * Some with the file's dependencies and some with their old ones can end up in a circle.
 *
 * @throws HopperError `conflict`
 */
export function assertNoCycle({ kept, updated, added }: PlanUpdate): void {
  const dependsOn = new Map(
    [...[...kept].map(([id, phase]) => updated.get(id) ?? phase), ...added].map(
      (phase) => [phase.number, phase.dependsOn] as const,
    ),
  );
  const done = new Set<number>();
  let open = [...dependsOn.keys()];
  for (let before = -1; open.length !== before;) {
    before = open.length;
    open = open.filter((number) => {
      const waits = dependsOn.get(number)?.some((on) => dependsOn.has(on) && !done.has(on));
      if (!waits) {
        done.add(number);
      }
      return waits;
    });
  }
  if (open.length > 0) {
    throw new HopperError(
      "conflict",
      words`${phaseListWords(open)} would wait for one another: update them together.`,
    );
  }
}
