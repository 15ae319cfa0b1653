import { isoNow } from "../../core/base/clock";
import { whatItWaitsFor } from "../../core/coordinator/waiting";
import type { PhaseOverview, PlanItem } from "../../core/protocol/queue";
import type { QueueReader } from "../../core/queue/queueReader";
import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { isForeign } from "../queue/foreign";
import { findPlan } from "../queue/ids";
import { lookAtOwner, ownerInWords } from "../queue/owner";
import { openView } from "../queue/reading";
import { cleanText } from "../../core/protocol/words/cleanText";
import { displayWidth, pad, truncate } from "../terminal/displayWidth";
import { type Line, renderLine, span, wrapLine } from "../terminal/line";
import { phaseId, phaseTitle } from "../../core/protocol/words/names";
import { commandToType } from "../words/commandToType";
import { nextSteps, stepLines } from "../words/nextSteps";
import { phaseDetail, phaseTime } from "../../core/protocol/words/phaseDetail";
import { countsInWords, countStatuses, longestStatus, statusLooks } from "../words/statuses";

/** Lists plans with their phases, and what the queue waits for. */
export async function list(context: Context, planId: string | undefined): Promise<ExitCode> {
  const { json, printer } = context;
  const view = await openView(context);
  try {
    const plan = view && planId !== undefined ? findPlan(context, view.queue, planId) : undefined;
    const filter = plan ? { planId: plan.plan_id } : {};
    if (json) {
      const phases = view?.queue.phases(filter) ?? [];
      const foreign = view && isForeign(view.queue);
      printer.json({ phases, total: phases.length, ...(foreign === true && { foreign }) });
    } else if (view && view.queue.plans().length > 0) {
      printPlans(context, view.queue, plan);
    } else {
      printer.line(`Nothing is enqueued in ${context.workspace.path}.`);
      if (view && isForeign(view.queue)) {
        printForeign(context);
      } else {
        printer.line(
          `\`${commandToType(context, "run", "PLAN.md")}\` enqueues a plan and runs it.`,
        );
      }
    }
    return exitCodes.completed;
  } finally {
    view?.dispose();
  }
}

function printPlans(context: Context, queue: QueueReader, only: PlanItem | undefined): void {
  const { printer, terminal } = context;
  const all = queue.overview(only?.plan_number);
  const phasesOf = new Map<number, PhaseOverview[]>();
  for (const phase of all) {
    const phases = phasesOf.get(phase.plan_number) ?? [];
    phases.push(phase);
    phasesOf.set(phase.plan_number, phases);
  }
  const now = isoNow(context.clock);
  for (const plan of only ? [only] : queue.plans()) {
    const phases = phasesOf.get(plan.plan_number) ?? [];
    const url = plan.parent_issue === 0 ? "" : queue.issueUrl(plan.plan_id, plan.parent_issue);
    const lines = [
      headOf(plan, phases),
      ...(url === undefined || url === "" ? [] : [[span(`  ${cleanText(url)}`, "dim")]]),
      ...tableOf(phases, now),
    ];
    printer.line(
      lines.map((line) => renderLine(line, terminal.palette, terminal.columns)).join("\n"),
    );
    printer.line();
  }
  printState(context, queue, only, all);
}

/** What is said below the plans: what it waits for, who owns the queue, and how to go on. */
function printState(
  context: Context,
  queue: QueueReader,
  only: PlanItem | undefined,
  phases: readonly PhaseOverview[],
): void {
  const { printer, terminal } = context;
  const owner = ownerInWords(lookAtOwner(context), queue);
  const waiting = whatItWaitsFor(queue, {
    now: isoNow(context.clock),
    ...(only && { planId: only.plan_id }),
  });
  if (isForeign(queue)) {
    printForeign(context);
    return;
  }
  const steps = nextSteps(context, {
    waiting,
    phases,
    plans: only ? [only] : queue.plans(),
    queuePaused: queue.pausedReason !== undefined,
    owned: owner !== undefined,
    run: commandToType(context, "run"),
  });
  for (const line of steps) {
    printer.line(renderLine(line, terminal.palette));
  }
  if (owner !== undefined) {
    printer.line(owner);
  }
}

function printForeign(context: Context): void {
  const { printer, terminal, workspace } = context;
  const said =
    `The queue in ${cleanText(workspace.hopperFolder)} was not made by you on this machine: nothing ` +
    "of it is run before you adopt it.";
  const lines = [
    ...wrapLine([span(said)], terminal.columns),
    ...stepLines(
      [[`${commandToType(context, "run")} --adopt`, "makes it yours and runs it"]],
      terminal.columns,
    ),
  ];
  for (const line of lines) {
    printer.line(renderLine(line, terminal.palette));
  }
}

function headOf(plan: PlanItem, phases: readonly PhaseOverview[]): Line {
  const isFinished = phases.every(({ status }) => status === "completed");
  const paused =
    isFinished || plan.paused_reason === undefined
      ? ""
      : `  paused: ${cleanText(plan.paused_reason)}`;
  return [
    span(`Plan ${plan.plan_number}  `, "dim"),
    span(cleanText(plan.title), "bold"),
    span(`  ${countsInWords(countStatuses(phases))}`),
    span(plan.parent_issue === 0 ? "" : `  #${plan.parent_issue}`, "dim"),
    span(paused, "yellow"),
  ];
}

/** Titles beyond this give the other columns their place. */
const longestTitle = 40;

function tableOf(phases: readonly PhaseOverview[], now: string): Line[] {
  const rows = phases.map((phase) => ({
    phase,
    id: phaseId(phase),
    title: phaseTitle(phase),
    time: phaseTime(phase, now),
  }));
  const idWidth = Math.max(0, ...rows.map(({ id }) => id.length));
  const titleWidth = Math.min(
    longestTitle,
    rows.reduce((width, { title }) => Math.max(width, displayWidth(title)), 0),
  );
  const timeWidth = rows.reduce((width, { time }) => Math.max(width, time.length), 0);
  return rows.map(({ phase, id, title, time }) => {
    const { symbol, look } = statusLooks[phase.status];
    return [
      span(`  ${symbol} `, look),
      span(`${id.padEnd(idWidth)}  `, "dim"),
      span(`${pad(truncate(title, titleWidth), titleWidth)}  `),
      span(phase.status.padEnd(longestStatus), look),
      span(timeWidth === 0 ? "" : `  ${time.padStart(timeWidth)}`, "dim"),
      span(phase.issue_number === undefined ? "" : `  #${phase.issue_number}`, "dim"),
      span(detailColumn(phaseDetail(phase, now)), phase.status === "failed" ? "red" : "dim"),
    ];
  });
}

function detailColumn(detail: string): string {
  return detail === "" ? "" : `  ${detail}`;
}
