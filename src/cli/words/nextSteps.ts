import type { Waiting } from "../../core/protocol/snapshot";
import type { PhaseStatus } from "../../core/protocol/terms";
import type { QueueReader } from "../../core/queue/queueReader";
import { cleanText } from "../terminal/cleanText";
import { type Line, span } from "../terminal/line";
import { phaseId, phaseList } from "./names";

export interface NextStepsQuestion {
  /** Somebody owns the queue, and goes on with it. */
  readonly owned: boolean;
  readonly planId?: string;
  /** The command line that goes on with it where nobody owns the queue. */
  readonly run?: string;
}

/** A command line to type, and what it is good for. */
type Step = readonly [command: string, purpose: string];

/** What the queue waits for, and the commands that a person can go on with, each to be copied whole. */
export function nextSteps(
  queue: QueueReader,
  waiting: Waiting,
  question: NextStepsQuestion,
): Line[] {
  const text = question.owned ? cleanText(waiting.text) : unowned(queue, waiting, question);
  return [
    [span(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`)],
    ...stepLines(stepsFor(queue, waiting, question)),
  ];
}

/** Without an owner nothing is about to start, and what runs does so on its own. */
function unowned(
  queue: QueueReader,
  { kind, text }: Waiting,
  { planId }: NextStepsQuestion,
): string {
  if (kind !== "running" && kind !== "retry") {
    return cleanText(text);
  }
  const phases = queue.unfinishedPhases(planId);
  const numbers = (status: PhaseStatus): number[] =>
    phases.filter((phase) => phase.status === status).map(({ phase_number }) => phase_number);
  const running = numbers("running");
  const ready = numbers("ready");
  return running.length > 0
    ? `${phaseList(running)} ${running.length === 1 ? "goes" : "go"} on in the background`
    : `${phaseList(ready)} ${ready.length === 1 ? "is" : "are"} ready`;
}

export function stepLines(steps: readonly Step[]): Line[] {
  const width = Math.max(0, ...steps.map(([command]) => command.length));
  return steps.map(([command, purpose]) => [
    span(`  ${command.padEnd(width)}`, "cyan"),
    span(`  ${purpose}`, "dim"),
  ]);
}

function stepsFor(
  queue: QueueReader,
  { kind }: Waiting,
  { owned, planId, run = "phase-hopper run" }: NextStepsQuestion,
): Step[] {
  const then = owned ? "" : ` && ${run}`;
  switch (kind) {
    case "running":
    case "retry":
      return owned ? [] : [[run, "goes on with it: nobody owns the queue"]];
    case "workflow":
    case "person": {
      const id = firstId(queue, "running", planId);
      return [
        [`phase-hopper done ${id}${then}`, "when it is done"],
        [`phase-hopper fail ${id}`, "when it failed"],
      ];
    }
    case "paused":
      return [[`${resumeCommand(queue, planId)}${then}`, "goes on"]];
    case "failed": {
      const id = firstId(queue, "failed", planId);
      return id === ""
        ? [["phase-hopper skip ID", "counts a phase as completed, so that the others can go on"]]
        : [
            [`phase-hopper log ${id}`, "shows its output"],
            [`phase-hopper retry ${id}${then}`, "tries it again"],
          ];
    }
    case "completed":
    case "trouble":
      return [];
  }
}

/** The command that ends the pause which holds the plan, or the queue. */
function resumeCommand(queue: QueueReader, planId?: string): string {
  if (queue.pausedReason !== undefined) {
    return "phase-hopper resume";
  }
  const paused = queue
    .plans()
    .find((plan) => plan.paused_reason !== undefined && (planId ?? plan.plan_id) === plan.plan_id);
  return `phase-hopper resume${paused ? ` ${paused.plan_number}` : ""}`;
}

function firstId(queue: QueueReader, status: "running" | "failed", planId?: string): string {
  const found = queue.unfinishedPhases(planId).find((phase) => phase.status === status);
  return found ? phaseId(found) : "";
}
