import type { PhaseQueueItem, PlanItem } from "../../core/protocol/queue";
import type { PhaseStatus } from "../../core/protocol/terms";
import type { RunPlan } from "../run/runModel";
import { cleanText } from "../../core/protocol/words/cleanText";
import { truncate } from "../terminal/displayWidth";
import { type Line, lineWidth, span } from "../terminal/line";
import { countsInWords, countStatuses } from "../words/statuses";
import { phaseRows } from "./phaseRows";

/** Everything a frame shows; composing it changes and asks nothing. */
export interface FrameInput {
  readonly plans: readonly RunPlan[];
  /** ISO time. */
  readonly now: string;
  readonly elapsed: string;
  readonly spinner: string;
  /** The last lines of a running phase's output, at most so many. */
  readonly output: (phase: PhaseQueueItem, count: number) => readonly string[];
  /** What it waits for, and what can be done. */
  readonly footer: readonly Line[];
  readonly width: number;
  readonly height: number;
}

/** Output is shown of so many running phases, of one that runs alone so many lines. */
const most = { phasesWithOutput: 6, lines: 4 };

/** The live view of a run: plans with their phases, as many as there is room for, and the footer. */
export function composeFrame(input: FrameInput): Line[] {
  const { plans, footer, height } = input;
  const [only] = plans.length === 1 ? plans : [];
  // The head of the only plan stays in sight; of several, each goes with its phases.
  const head = only ? [headOf(only, input)] : [];
  const entries = plans.flatMap((plan) => (only ? phasesOf(plan) : [plan, ...phasesOf(plan)]));
  const room = Math.max(1, height - head.length - footer.length - 1);
  return [...head, ...body(entries, input, room), [], ...footer].slice(0, height);
}

/** A row of the list: a plan's head or a phase. */
type Entry = RunPlan | PhaseQueueItem;

function phasesOf({ phases }: RunPlan): PhaseQueueItem[] {
  return [...phases.values()];
}

function isPhase(entry: Entry): entry is PhaseQueueItem {
  return "queue_id" in entry;
}

function body(entries: readonly Entry[], input: FrameInput, room: number): Line[] {
  const running = entries.filter(isPhase).filter(({ status }) => status === "running");
  const lines = running.length === 1 ? most.lines : 1;
  const tails = new Map(
    running.slice(0, most.phasesWithOutput).map((phase) => [phase, input.output(phase, lines)]),
  );
  const tailRows = [...tails.values()].reduce((sum, tail) => sum + tail.length, 0);
  if (entries.length + tailRows <= room) {
    return rowsOf(entries, input, tails);
  }
  if (entries.length <= room) {
    return rowsOf(entries, input, new Map());
  }
  // Two rows say what is above and below; output has its place while it leaves most of the room.
  const showsOutput = tailRows <= room / 2;
  const size = Math.max(1, room - 2 - (showsOutput ? tailRows : 0));
  const start = windowStart(entries, size);
  return [
    ...elsewhere("↑", entries.slice(0, start)),
    ...rowsOf(entries.slice(start, start + size), input, showsOutput ? tails : new Map()),
    ...elsewhere("↓", entries.slice(start + size)),
  ].slice(0, room);
}

/** The window shows what is going on, with a little of what came before it. */
function windowStart(entries: readonly Entry[], size: number): number {
  const find = (...statuses: PhaseStatus[]): number =>
    entries.findIndex((entry) => isPhase(entry) && statuses.includes(entry.status));
  const candidates = [find("running"), find("ready", "queued"), find("failed"), find("blocked")];
  const active = candidates.find((index) => index >= 0) ?? entries.length - 1;
  return Math.max(0, Math.min(active - Math.floor(size / 3), entries.length - size));
}

function rowsOf(
  entries: readonly Entry[],
  input: FrameInput,
  tails: ReadonlyMap<PhaseQueueItem, readonly string[]>,
): Line[] {
  const phases = entries.filter(isPhase);
  const rows = phaseRows(phases, input);
  const rowOf = new Map(phases.map((phase, index) => [phase, rows[index] ?? []]));
  return entries.flatMap((entry) =>
    isPhase(entry)
      ? [
          rowOf.get(entry) ?? [],
          ...(tails.get(entry) ?? []).map((line) => [span("     │ ", "dim"), span(line, "dim")]),
        ]
      : [headOf(entry, input)],
  );
}

function headOf({ plan, phases }: RunPlan, { elapsed, width }: FrameInput): Line {
  const { completed } = countStatuses(phases.values());
  const rest = [span(`  ${completed} of ${phases.size} completed`), span(`  ${elapsed}`, "dim")];
  return [...planTitle(plan, width - lineWidth(rest)), ...rest];
}

/** A plan's title and number in so many columns. */
export function planTitle(plan: PlanItem, width: number): Line {
  const number = span(`  Plan ${plan.plan_number}`, "dim");
  const title = truncate(` ${cleanText(plan.title)}`, width - lineWidth([number]));
  return [span(title, "bold"), number];
}

function elsewhere(arrow: string, entries: readonly Entry[]): Line[] {
  const phases = entries.filter(isPhase);
  const text = `   ${arrow} ${phases.length} more: ${countsInWords(countStatuses(phases))}`;
  return phases.length === 0 ? [] : [[span(text, "dim")]];
}
