import type { PhaseQueueItem, PlanItem } from "../../core/protocol/queue";
import type { Waiting } from "../../core/protocol/snapshot";
import type { PhaseStatus } from "../../core/protocol/terms";
import { cleanText } from "../../core/protocol/words/cleanText";
import { type Line, span } from "../terminal/line";
import { phaseId, phaseNames } from "../../core/protocol/words/names";

/** The phases in question, and what decides about them. */
export interface NextStepsQuestion {
  readonly waiting: Waiting;
  readonly phases: readonly PhaseQueueItem[];
  readonly plans: readonly PlanItem[];
  readonly queuePaused: boolean;
  /** Somebody owns the queue, and goes on with it. */
  readonly owned: boolean;
  /** The command line that goes on with it where nobody owns the queue. */
  readonly run?: string;
}

/** A command line to type, and what it is good for. */
type Step = readonly [command: string, purpose: string];

/** What the queue waits for, and the commands that a person can go on with, each to be copied whole. */
export function nextSteps(question: NextStepsQuestion): Line[] {
  const text = question.owned ? cleanText(question.waiting.text) : unowned(question);
  return [
    [span(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`)],
    ...stepLines(stepsFor(question)),
  ];
}

/** Without an owner nothing is about to start, and what runs does so on its own. */
function unowned({ waiting: { kind, text }, phases, plans }: NextStepsQuestion): string {
  if (kind !== "running" && kind !== "retry") {
    return cleanText(text);
  }
  const running = phases.filter(({ status }) => status === "running");
  const ready = phases.filter(({ status }) => status === "ready");
  const names = (some: readonly PhaseQueueItem[]): string => phaseNames(some, plans.length > 1);
  return running.length > 0
    ? `${names(running)} ${running.length === 1 ? "goes" : "go"} on in the background`
    : `${names(ready)} ${ready.length === 1 ? "is" : "are"} ready`;
}

export function stepLines(steps: readonly Step[]): Line[] {
  const width = Math.max(0, ...steps.map(([command]) => command.length));
  return steps.map(([command, purpose]) => [
    span(`  ${command.padEnd(width)}`, "cyan"),
    span(`  ${purpose}`, "dim"),
  ]);
}

function stepsFor(question: NextStepsQuestion): Step[] {
  const { waiting, phases, owned, run = "phase-hopper run" } = question;
  const then = owned ? "" : ` && ${run}`;
  switch (waiting.kind) {
    case "running":
    case "retry":
      return owned ? [] : [[run, "goes on with it: nobody owns the queue"]];
    case "workflow":
    case "person": {
      const id = firstId(phases, "running");
      return [
        [`phase-hopper done ${id}${then}`, "when it is done"],
        [`phase-hopper fail ${id}`, "when it failed"],
      ];
    }
    case "paused":
      return [[`${resumeCommand(question)}${then}`, "goes on"]];
    case "failed": {
      const failed = phases.find(({ status }) => status === "failed");
      if (!failed) {
        return [
          ["phase-hopper skip ID", "counts a phase as completed, so that the others can go on"],
        ];
      }
      const id = phaseId(failed);
      const retry: Step = [`phase-hopper retry ${id}${then}`, "tries it again"];
      // What could not be started has printed nothing.
      return failed.reason === "spawn"
        ? [retry]
        : [[`phase-hopper log ${id}`, "shows its output"], retry];
    }
    case "completed":
    case "trouble":
      return [];
  }
}

/** The command that ends the pause which holds the plan, or the queue. */
function resumeCommand({ plans, queuePaused }: NextStepsQuestion): string {
  const paused = queuePaused
    ? undefined
    : plans.find(({ paused_reason }) => paused_reason !== undefined);
  return `phase-hopper resume${paused ? ` ${paused.plan_number}` : ""}`;
}

function firstId(phases: readonly PhaseQueueItem[], status: PhaseStatus): string {
  const found = phases.find((phase) => phase.status === status);
  return found ? phaseId(found) : "";
}
