import type { OutlinePhase, PlanOutline } from "../../core/coordinator/planOutline";
import { canBeUpdated, comparePlan } from "../../core/plan/comparePlan";
import type { PhaseQueueItem, PlanItem } from "../../core/protocol/queue";

/** A plan as it was enqueued from a file. */
export interface EnqueuedPlan {
  readonly plan: PlanItem;
  /** With their texts. */
  readonly phases: readonly PhaseQueueItem[];
}

/** A phase heading of a file, and what the queue has of it. */
export interface PhaseMark {
  readonly written: OutlinePhase;
  /** Undefined where the plan is not enqueued, or this phase is not. */
  readonly phase?: PhaseQueueItem;
  readonly change: PhaseChange;
}

/**
 * How a heading's phase stands to the stored one: `added` is in the file alone; `differs` has another
 * text there, which can be taken over, since the phase has not run or has failed.
 */
export type PhaseChange = "none" | "differs" | "added";

/** Everything there is to show at the headings of a plan's file. */
export interface PlanMarks {
  readonly title: string;
  /** Where the plan as a whole is spoken of: its title, else its first phase. */
  readonly titleLine: number;
  readonly plan?: PlanItem;
  /** All phases of the stored plan. */
  readonly phases: readonly PhaseQueueItem[];
  /** In the order of the file. */
  readonly marks: readonly PhaseMark[];
  /** Phases of the queue that are gone from the file. */
  readonly removed: readonly PhaseQueueItem[];
}

/** Puts a file's phases beside those of the plan that was enqueued from it. */
export function planMarks(outline: PlanOutline, enqueued: EnqueuedPlan | undefined): PlanMarks {
  const { title, titleLine = 0 } = outline;
  const written = outline.phases.toSorted((a, b) => a.startLine - b.startLine);
  const line = outline.titleLine === undefined ? (written[0]?.startLine ?? 0) : titleLine;
  if (!enqueued) {
    const marks = written.map((phase) => ({ written: phase, change: "none" as const }));
    return { title, titleLine: line, phases: [], marks, removed: [] };
  }
  const { plan, phases } = enqueued;
  const byId = new Map(phases.map((phase) => [phase.queue_id, phase]));
  const comparison = comparePlan(phases, written);
  const pairs = new Map(comparison.pairs.map((pair) => [pair.written, pair]));
  const marks = written.map((one): PhaseMark => {
    const pair = pairs.get(one);
    const phase = pair && byId.get(pair.stored.queue_id);
    if (!phase) {
      return { written: one, change: "added" };
    }
    const differs = pair.differs && canBeUpdated(phase);
    return { written: one, phase, change: differs ? "differs" : "none" };
  });
  const removed = comparison.removed.flatMap(({ queue_id }) => byId.get(queue_id) ?? []);
  return { title, titleLine: line, plan, phases, marks, removed };
}

/** What differs between a file and the queue, for a sentence or a choice. */
export function changesOf({ marks, removed }: PlanMarks): {
  readonly differing: readonly PhaseMark[];
  readonly added: readonly PhaseMark[];
  readonly removed: readonly PhaseQueueItem[];
} {
  return {
    differing: marks.filter(({ change }) => change === "differs"),
    added: marks.filter(({ change }) => change === "added"),
    removed,
  };
}

/**
 * The file's text as it is stored: phases whose text differs have their stored one, those that are
 * new are left out, and those that are gone stand at the end.
 */
export function storedText(text: string, { marks, removed }: PlanMarks): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(/\r\n|\n|\r/);
  for (const { written, phase, change } of marks.toReversed()) {
    const { startLine, endLine } = written;
    const section = lines.slice(startLine, endLine + 1);
    if (change === "added") {
      lines.splice(startLine, section.length);
    } else if (change === "differs" && phase) {
      lines.splice(startLine, section.length, ...asStored(section, phase, written.title));
    }
  }
  const gone = removed.flatMap((phase) => [headingOf(phase, "##"), "", ...contentOf(phase), ""]);
  return [...lines, ...gone].join(eol);
}

/** A phase's lines with its stored text, and the empty lines that the file has around it. */
function asStored(section: readonly string[], phase: PhaseQueueItem, title: string): string[] {
  const underlined = !/^ {0,3}#/.test(section[0] ?? "");
  const below = section.slice(underlined ? 2 : 1);
  const isText = (line: string): boolean => line.trim() !== "";
  const first = below.findIndex(isText);
  const last = below.findLastIndex(isText);
  const heading =
    title === phase.phase_data.title
      ? section.slice(0, underlined ? 2 : 1)
      : [headingOf(phase, /#+/.exec(section[0] ?? "")?.[0] ?? "##")];
  const before = first === -1 ? [""] : below.slice(0, first);
  return [...heading, ...before, ...contentOf(phase), ...below.slice(last + 1)];
}

function headingOf({ phase_number, label, phase_data }: PhaseQueueItem, hashes: string): string {
  return `${hashes} Phase ${label === "" ? phase_number : label}: ${phase_data.title}`;
}

function contentOf({ phase_data }: PhaseQueueItem): string[] {
  return phase_data.content.split("\n");
}
