import { isoNow } from "../../core/base/clock";
import type { PhaseQueueItem } from "../../core/protocol/queue";
import type { Context } from "../context";
import { planTitle } from "../live/frame";
import { phaseRows } from "../live/phaseRows";
import { cutLine, type Line, renderLine, span, wrapLine } from "../terminal/line";
import { duration } from "../../core/protocol/words/duration";
import { phaseName, phaseNames } from "../../core/protocol/words/names";
import { commandToType } from "../words/commandToType";
import { nextSteps, stepLines } from "../words/nextSteps";
import { failureInWords } from "../../core/protocol/words/phaseDetail";
import { countsInWords } from "../words/statuses";
import { lastLines } from "./phaseOutput";
import type { Leaving, RunEnd } from "./reporter";
import type { RunModel } from "./runModel";
import type { RunQueue } from "../queue/runQueue";

/** So many lines of a failed phase's output are shown, and so many failed phases. */
const most = { outputLines: 20, failures: 3, phases: 50 };

/** What a run leaves in the terminal's record. */
export class Summary {
  private readonly begin: number;

  /** @param comeBack the command line that goes on with this run. */
  constructor(
    private readonly context: Context,
    private readonly queue: RunQueue,
    private readonly comeBack: string,
  ) {
    this.begin = context.clock.monotonic();
  }

  print(end: RunEnd, model: RunModel, { phases }: { readonly phases: boolean }): void {
    const { printer, terminal } = this.context;
    const lines = [
      ...(phases ? this.phaseLines(model) : []),
      ...[...this.failureLines(model), [span(this.counts(model), "bold")]].flatMap((line) =>
        wrapLine(line, terminal.columns),
      ),
      ...this.nextLines(end, model),
    ];
    printer.line(lines.map((line) => renderLine(line, terminal.palette)).join("\n"));
  }

  private phaseLines(model: RunModel): Line[] {
    const width = this.context.terminal.columns - 1;
    const now = isoNow(this.context.clock);
    return model.plans.flatMap(({ plan, phases }) => {
      const all = [...phases.values()];
      const shown =
        all.length <= most.phases ? all : all.filter(({ status }) => status === "failed");
      const left = all.length - shown.length;
      return [
        planTitle(plan, width),
        ...phaseRows(shown, { now, width }).map((row) => cutLine(row, width)),
        ...(left > 0
          ? [[span(` ${left} phases: ${this.listCommand(plan.plan_number)}`, "dim")]]
          : []),
        [],
      ];
    });
  }

  private listCommand(planNumber: number): string {
    return commandToType(this.context, "list", String(planNumber));
  }

  private failureLines(model: RunModel): Line[] {
    const failed = model.phases.filter(({ status }) => status === "failed");
    const lines = failed.slice(0, most.failures).flatMap((phase) => this.failure(phase));
    const more = failed.length - most.failures;
    return more > 0 ? [...lines, [span(`${more} more phases failed.`, "red")], []] : lines;
  }

  private failure(phase: PhaseQueueItem): Line[] {
    const folder = this.queue.attemptFolder(phase.queue_id, phase.attempts);
    const output = phase.attempts === 0 ? [] : lastLines(folder, most.outputLines);
    return [
      [span(`✗ ${phaseName(phase)} failed`, "red"), span(`: ${failureInWords(phase)}`)],
      ...output.map((line) => [span("  │ ", "dim"), span(line)]),
      [],
    ];
  }

  private counts(model: RunModel): string {
    const { context, begin } = this;
    const words = countsInWords(model.counts);
    return `${words === "" ? "Nothing to do" : words} (${duration(context.clock.monotonic() - begin)})`;
  }

  private nextLines({ waiting, interrupted, going, owner }: RunEnd, model: RunModel): Line[] {
    if (interrupted) {
      const { columns } = this.context.terminal;
      const others = going.length === 0 ? "" : ` ${goesOn(going)} in the background.`;
      const left =
        owner === undefined
          ? `Interrupted: nothing more is started.${others}`
          : `Left: the queue's owner, ${owner}, goes on with it.`;
      return [
        ...wrapLine([span(left)], columns),
        ...stepLines([[this.comeBack, "comes back to it"]], columns),
      ];
    }
    if (waiting.kind === "completed") {
      return [];
    }
    return nextSteps(this.context, {
      waiting,
      phases: model.phases,
      plans: model.plans.map(({ plan }) => plan),
      queuePaused: this.queue.queue.pausedReason !== undefined,
      owned: owner !== undefined,
      run: this.comeBack,
    });
  }
}

/** What a first, and a second, Ctrl-C came to, in sentences. */
export function leavingInWords(leaving: Leaving, going: readonly PhaseQueueItem[]): string[] {
  return leaving === "cancelling"
    ? [`Cancelling ${namesOf(going)} …`]
    : [
        `Nothing more is started. ${goesOn(going)} in the background.`,
        `Ctrl-C again within a moment cancels ${going.length === 1 ? "it" : "them"}.`,
      ];
}

function goesOn(phases: readonly PhaseQueueItem[]): string {
  return `${namesOf(phases)} ${phases.length === 1 ? "goes" : "go"} on`;
}

function namesOf(phases: readonly PhaseQueueItem[]): string {
  return phaseNames(phases, new Set(phases.map(({ plan_id }) => plan_id)).size > 1);
}
