import type { UpdateRequest } from "../../core/protocol/commands";
import { phaseList } from "../../core/protocol/words/phaseList";
import type { PhaseMark, PlanChanges } from "../editor/planMarks";
import { asLabel } from "../foreignText";
import { t } from "../l10n";

/** What of a plan's changed file is taken over. */
export type Choice = Pick<UpdateRequest, "update" | "add" | "remove" | "context">;

/** A change of the file, as it is offered. */
export interface UpdateChoice {
  readonly label: string;
  readonly description: string;
  readonly picked: boolean;
  readonly choice: Choice;
}

/** Every change to pick from. What changed is picked already; what comes or goes is for the user to say. */
export function updateChoices(changes: PlanChanges): UpdateChoice[] {
  const { differing, moved, added, removed, renumbered, frame } = changes;
  const items: UpdateChoice[] = [
    ...differing.map((mark) => updateOf(mark, t("take the file's text"))),
    ...moved.map((mark) => updateOf(mark, t("take the file's place"))),
    ...added.map((mark) => ({
      label: `$(diff-added) ${nameOf(mark.written.number, mark.written.title)}`,
      description: t("add to the queue"),
      picked: false,
      choice: { add: [mark.written.number] },
    })),
    // One that runs has to be cancelled first: the update as a whole would be refused for it.
    ...removed
      .filter(({ status }) => status !== "running")
      .map((phase) => ({
        label: `$(diff-removed) ${nameOf(phase.phase_number, phase.phase_data.title)}`,
        description: t("remove from the queue"),
        picked: false,
        choice: { remove: [phase.queue_id] },
      })),
  ];
  if (frame.title || frame.context) {
    items.unshift({
      label: `$(diff-modified) ${frameInWords(frame)}`,
      description: t("take the file's"),
      picked: true,
      choice: { context: true },
    });
  }
  if (items.length === 0 && renumbered.length > 0) {
    items.push({
      label: `$(diff-modified) ${t("Numbers of the Phases")}`,
      description: t("take the file's"),
      picked: true,
      choice: {},
    });
  }
  return items;
}

/** The choices together, as a request has them. */
export function together(choices: readonly Choice[]): Choice {
  return {
    update: choices.flatMap(({ update = [] }) => update),
    add: choices.flatMap(({ add = [] }) => add),
    remove: choices.flatMap(({ remove = [] }) => remove),
    ...(choices.some(({ context }) => context) && { context: true }),
  };
}

/** Which phases are gone from the file and cannot be removed, since they run; empty without one. */
export function runningOnes({ removed }: Pick<PlanChanges, "removed">): string {
  const numbers = removed
    .filter(({ status }) => status === "running")
    .map(({ phase_number }) => phase_number);
  return numbers.length === 0
    ? ""
    : t(
        "Gone from the file, but running: {0}. Cancel first what shall be removed.",
        phaseList(numbers),
      );
}

function updateOf(mark: PhaseMark, description: string): UpdateChoice {
  return {
    label: `$(diff-modified) ${nameOf(mark.written.number, mark.written.title)}`,
    description,
    picked: true,
    choice: { update: mark.phase ? [mark.phase.queue_id] : [] },
  };
}

/** A plan's own words must not become icons. */
function nameOf(number: number, title: string): string {
  return asLabel(t("Phase {0}: {1}", number, title));
}

function frameInWords({ title, context }: PlanChanges["frame"]): string {
  if (title && context) {
    return t("Title and Context of the Plan");
  }
  return title ? t("Title of the Plan") : t("Context of the Plan");
}
