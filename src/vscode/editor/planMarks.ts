import type { OutlinePhase, PlanOutline } from "../../core/coordinator/planOutline";
import {
  canBeUpdated,
  compareFrame,
  comparePlan,
  type FrameComparison,
} from "../../core/plan/comparePlan";
import { blankFrontMatter } from "../../core/plan/sourceText";
import type { PhaseQueueItem, PlanItem } from "../../core/protocol/queue";

/** A plan as it was enqueued from a file. */
export interface EnqueuedPlan {
  readonly plan: PlanItem;
  /** The text outside its phases. */
  readonly context: string;
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
 * text there, and `moved` comes after other phases. Both can be taken over, since the phase has not run
 * or has failed.
 */
export type PhaseChange = "none" | "differs" | "moved" | "added";

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
  /** Whether title and context are other ones than the stored. */
  readonly frame: FrameComparison;
  /** The stored context. */
  readonly context: string;
}

const sameFrame: FrameComparison = { title: false, context: false };

/** Puts a file's phases beside those of the plan that was enqueued from it. */
export function planMarks(
  outline: PlanOutline & { readonly sha256: string },
  enqueued: EnqueuedPlan | undefined,
): PlanMarks {
  const { title, titleLine = 0 } = outline;
  const written = outline.phases.toSorted((a, b) => a.startLine - b.startLine);
  const line = outline.titleLine === undefined ? (written[0]?.startLine ?? 0) : titleLine;
  if (!enqueued) {
    const marks = written.map((phase) => ({ written: phase, change: "none" as const }));
    return {
      title,
      titleLine: line,
      phases: [],
      marks,
      removed: [],
      frame: sameFrame,
      context: "",
    };
  }
  const { plan, phases, context } = enqueued;
  const byId = new Map(phases.map((phase) => [phase.queue_id, phase]));
  const comparison = comparePlan(phases, written);
  const pairs = new Map(comparison.pairs.map((pair) => [pair.written, pair]));
  const marks = written.map((one): PhaseMark => {
    const pair = pairs.get(one);
    const phase = pair && byId.get(pair.stored.queue_id);
    if (!phase) {
      return { written: one, change: "added" };
    }
    const change = pair.differs ? "differs" : pair.moved ? "moved" : "none";
    return { written: one, phase, change: canBeUpdated(phase) ? change : "none" };
  });
  const frame = compareFrame({ title: plan.title, context, sha256: plan.source_sha256 }, outline);
  const removed = comparison.removed.flatMap(({ queue_id }) => byId.get(queue_id) ?? []);
  return { title, titleLine: line, plan, phases, marks, removed, frame, context };
}

/** What differs between a file and the queue, for a sentence or a choice. */
export interface PlanChanges {
  readonly differing: readonly PhaseMark[];
  readonly moved: readonly PhaseMark[];
  readonly added: readonly PhaseMark[];
  readonly removed: readonly PhaseQueueItem[];
  /** Those that have another number in the file: it is taken with every update. */
  readonly renumbered: readonly PhaseMark[];
  readonly frame: FrameComparison;
}

export function changesOf({ marks, removed, frame }: PlanMarks): PlanChanges {
  const having = (wanted: PhaseChange): PhaseMark[] =>
    marks.filter(({ change }) => change === wanted);
  return {
    differing: having("differs"),
    moved: having("moved"),
    added: having("added"),
    removed,
    renumbered: marks.filter(isRenumbered),
    frame,
  };
}

function isRenumbered({ written, phase }: PhaseMark): boolean {
  return phase !== undefined && phase.phase_number !== written.number;
}

/**
 * The file's text as it is stored: phases whose text differs have their stored one, those that are
 * new are left out, and those that are gone stand at the end.
 */
export function storedText(text: string, { marks, removed, frame, context }: PlanMarks): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const all = text.split(/\r\n|\n|\r/);
  const lines = frame.context ? withContext(all, marks, context) : all.map((line) => [line]);
  for (const mark of marks) {
    const { startLine, endLine } = mark.written;
    const section = all.slice(startLine, endLine + 1);
    const stored = asStored(section, mark);
    if (stored) {
      section.forEach((_, index) => (lines[startLine + index] = []));
      lines[startLine] = stored;
    }
  }
  const gone = removed.flatMap((phase) => [headingOf(phase, "##"), "", ...contentOf(phase), ""]);
  return [...lines.flat(), ...gone].join(eol);
}

/** The stored context in the place of all that stands outside the phases. */
function withContext(
  all: readonly string[],
  marks: readonly PhaseMark[],
  context: string,
): (readonly string[])[] {
  const blanked = blankFrontMatter(all);
  const inside = new Set<number>();
  for (const { written } of marks) {
    for (let line = written.startLine; line <= written.endLine; line += 1) {
      inside.add(line);
    }
  }
  const isContext = (line: string, index: number): boolean =>
    !inside.has(index) && blanked[index] === line && line.trim() !== "";
  const first = all.findIndex(isContext);
  const end = marks[0]?.written.startLine ?? all.length;
  const last = all.findLastIndex((line, index) => index < end && isContext(line, index));
  const lines = all.map((line, index) =>
    // Empty lines within the first of it go with it; those around stay.
    isContext(line, index) || (index > first && index < last) ? [] : [line],
  );
  const place = Math.max(first, 0);
  lines[place] = [...context.split("\n"), ...(lines[place] ?? [])];
  return lines;
}

/** A phase's lines as they are stored; undefined where they are that already. */
function asStored(section: readonly string[], mark: PhaseMark): readonly string[] | undefined {
  const { written, phase, change } = mark;
  if (change === "added" || !phase) {
    return change === "added" ? [] : undefined;
  }
  const underlined = !/^ {0,3}#/.test(section[0] ?? "");
  const length = underlined ? 2 : 1;
  const isNamed = written.title === phase.phase_data.title || change !== "differs";
  const heading =
    isNamed && !isRenumbered(mark)
      ? section.slice(0, length)
      : [headingOf(phase, /#+/.exec(section[0] ?? "")?.[0] ?? "##")];
  const below = section.slice(length);
  return [...heading, ...(change === "differs" ? contentIn(below, phase) : below)];
}

/** The stored text, with the empty lines that the file has around it. */
function contentIn(below: readonly string[], phase: PhaseQueueItem): readonly string[] {
  const isText = (line: string): boolean => line.trim() !== "";
  const first = below.findIndex(isText);
  const last = below.findLastIndex(isText);
  const before = first === -1 ? [""] : below.slice(0, first);
  return [...before, ...contentOf(phase), ...below.slice(last + 1)];
}

function headingOf({ phase_number, label, phase_data }: PhaseQueueItem, hashes: string): string {
  // A number that is written is followed by the stored one when phases come and go.
  return `${hashes} Phase ${/^\d*$/.test(label) ? phase_number : label}: ${phase_data.title}`;
}

function contentOf({ phase_data }: PhaseQueueItem): string[] {
  return phase_data.content.split("\n");
}
