import type { PhaseQueueItem, PlanItem } from "../../core/protocol/queue";
import type { RunPlan } from "../run/runModel";
import { cleanText } from "../terminal/cleanText";
import { type Line, span } from "../terminal/line";
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

/** Output is shown of so many running phases, the one that runs alone with so many lines. */
const most = { phasesWithOutput: 6, lines: 4 };

/** The live view of a run: plans with their phases, as many as there is room for, and the footer. */
export function composeFrame(input: FrameInput): Line[] {
  const entries = input.plans.flatMap(entriesOf);
  const room = Math.max(1, input.height - input.footer.length - 2);
  const running = entries.filter(({ phase }) => phase?.status === "running");
  const linesEach = running.length === 1 ? most.lines : 1;
  const outputRoom = Math.min(running.length, most.phasesWithOutput) * linesEach;
  const fits = entries.length + outputRoom <= room;
  const size = Math.max(1, fits ? entries.length : room - Math.min(outputRoom, room - 3) - 2);
  const start = fits ? 0 : windowStart(entries, size);
  const shown = entries.slice(start, start + size);
  const body = shownLines(shown, input, room - size - (fits ? 0 : 2) >= linesEach ? linesEach : 0);
  return [
    ...elsewhere("↑", entries.slice(0, start)),
    ...body,
    ...elsewhere("↓", entries.slice(start + size)),
    [],
    ...input.footer,
  ].slice(-input.height);
}

/** A row of the list: a plan's head or one of its phases. */
interface Entry {
  readonly plan: PlanItem;
  readonly phases: ReadonlyMap<string, PhaseQueueItem>;
  readonly phase?: PhaseQueueItem;
}

function entriesOf({ plan, phases }: RunPlan): Entry[] {
  return [{ plan, phases }, ...[...phases.values()].map((phase) => ({ plan, phases, phase }))];
}

/** The window shows what is going on with a little of what came before it. */
function windowStart(entries: readonly Entry[], size: number): number {
  const find = (...statuses: string[]): number =>
    entries.findIndex(({ phase }) => phase && statuses.includes(phase.status));
  const candidates = [find("running"), find("ready", "queued"), find("failed"), find("blocked")];
  const active = candidates.find((index) => index >= 0) ?? entries.length - 1;
  return Math.max(0, Math.min(active - Math.floor(size / 3), entries.length - size));
}

function shownLines(entries: readonly Entry[], input: FrameInput, linesEach: number): Line[] {
  const { now, width, spinner, output } = input;
  const phases = entries.flatMap(({ phase }) => phase ?? []);
  const rows = phaseRows(phases, { now, width, spinner });
  let index = 0;
  let withOutput = 0;
  return entries.flatMap(({ plan, phases: all, phase }) => {
    if (!phase) {
      return [headOf(plan, all, input)];
    }
    const row = rows[index++] ?? [];
    const tail =
      phase.status === "running" && linesEach > 0 && withOutput++ < most.phasesWithOutput
        ? output(phase, linesEach)
        : [];
    return [row, ...tail.map((line) => [span("     │ ", "dim"), span(line, "dim")])];
  });
}

function headOf(plan: PlanItem, phases: Entry["phases"], { elapsed }: FrameInput): Line {
  const { completed } = countStatuses(phases.values());
  return [
    span(` ${cleanText(plan.title)}`, "bold"),
    span(`  Plan ${plan.plan_number}`, "dim"),
    span(`  ${completed} of ${phases.size} completed`),
    span(`  ${elapsed}`, "dim"),
  ];
}

function elsewhere(arrow: string, entries: readonly Entry[]): Line[] {
  const phases = entries.flatMap(({ phase }) => phase ?? []);
  const text = `   ${arrow} ${phases.length} more: ${countsInWords(countStatuses(phases))}`;
  return phases.length === 0 ? [] : [[span(text, "dim")]];
}
