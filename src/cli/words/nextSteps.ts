import type { PhaseOverview, PlanItem } from "../../core/protocol/queue";
import type { Waiting } from "../../core/protocol/snapshot";
import type { PhaseStatus } from "../../core/protocol/terms";
import { cleanText } from "../../core/protocol/words/cleanText";
import { phaseId, phaseNames } from "../../core/protocol/words/names";
import type { Context } from "../context";
import { type Line, lineWidth, span, wrapLine } from "../terminal/line";
import { commandToType } from "./commandToType";

/** The phases in question, and what decides about them. */
export interface NextStepsQuestion {
  readonly waiting: Waiting;
  readonly phases: readonly PhaseOverview[];
  readonly plans: readonly PlanItem[];
  readonly queuePaused: boolean;
  /** Somebody owns the queue, and goes on with it. */
  readonly owned: boolean;
  /** The command line that goes on with it where nobody owns the queue. */
  readonly run: string;
}

/** A command line to type, and what it is good for. */
type Step = readonly [command: string, purpose: string];

/** What the queue waits for, and the commands that a person can go on with, each to be copied whole. */
export function nextSteps(context: Context, question: NextStepsQuestion): Line[] {
  const { columns } = context.terminal;
  const text = question.owned ? cleanText(question.waiting.text) : unowned(question);
  return [
    ...wrapLine([span(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`)], columns),
    ...stepLines(stepsFor(context, question), columns),
  ];
}

/** Without an owner nothing is about to start, and what runs does so on its own. */
function unowned({ waiting: { kind, text }, phases, plans }: NextStepsQuestion): string {
  if (kind !== "running" && kind !== "retry") {
    return cleanText(text);
  }
  const running = phases.filter(({ status }) => status === "running");
  const ready = phases.filter(({ status }) => status === "ready");
  const names = (some: readonly PhaseOverview[]): string => phaseNames(some, plans.length > 1);
  return running.length > 0
    ? `${names(running)} ${running.length === 1 ? "goes" : "go"} on in the background`
    : `${names(ready)} ${ready.length === 1 ? "is" : "are"} ready`;
}

/** Commands are never parted: where one leaves no room beside it, all purposes stand below. */
export function stepLines(steps: readonly Step[], columns: number): Line[] {
  const width = Math.max(0, ...steps.map(([command]) => command.length));
  const beside = steps.map(([command, purpose]): Line => [
    span(`  ${command.padEnd(width)}`, "cyan"),
    span(`  ${purpose}`, "dim"),
  ]);
  return beside.every((line) => lineWidth(line) <= columns)
    ? beside
    : steps.flatMap(([command, purpose]) => [
        [span(`  ${command}`, "cyan")],
        ...wrapLine([span(`    ${purpose}`, "dim")], columns),
      ]);
}

function stepsFor(context: Context, question: NextStepsQuestion): Step[] {
  const { waiting, phases, owned, run } = question;
  const then = owned ? "" : ` && ${run}`;
  switch (waiting.kind) {
    case "running":
    case "retry":
      return owned ? [] : [[run, "goes on with it: nobody owns the queue"]];
    case "workflow":
    case "person": {
      const id = firstId(phases, "running");
      return [
        [`${commandToType(context, "done", id)}${then}`, "when it is done"],
        [commandToType(context, "fail", id), "when it failed"],
      ];
    }
    case "paused":
      return [[`${resumeCommand(context, question)}${then}`, "goes on"]];
    case "failed": {
      const failed = phases.find(({ status }) => status === "failed");
      if (!failed) {
        return [
          [
            commandToType(context, "skip", "ID"),
            "counts a phase as completed, so that the others can go on",
          ],
        ];
      }
      const id = phaseId(failed);
      const retry: Step = [`${commandToType(context, "retry", id)}${then}`, "tries it again"];
      // What could not be started has printed nothing.
      return failed.reason === "spawn"
        ? [retry]
        : [[commandToType(context, "log", id), "shows its output"], retry];
    }
    case "completed":
    case "trouble":
      return [];
  }
}

/** The command that ends the pause which holds the plan, or the queue. */
function resumeCommand(context: Context, { plans, queuePaused }: NextStepsQuestion): string {
  const paused = queuePaused
    ? undefined
    : plans.find(({ paused_reason }) => paused_reason !== undefined);
  return commandToType(context, "resume", ...(paused ? [String(paused.plan_number)] : []));
}

function firstId(phases: readonly PhaseOverview[], status: PhaseStatus): string {
  const found = phases.find((phase) => phase.status === status);
  return found ? phaseId(found) : "";
}
