import * as vscode from "vscode";
import { phaseList } from "../../core/protocol/words/names";
import type { CommandResult, HopperCommands } from "../../core/protocol/commands";
import { commands } from "../contributions";
import type { PhaseNode, PlanNode } from "../tree/nodes";
import type { CommandHandler } from "./register";
import { nameOf, type Targets } from "./targets";

/** What can be done with phases, from the tree and from the palette. */
export function phaseCommands(targets: Targets) {
  return {
    [commands.start]: async (...args) => {
      const phases = await targets.phases(args, "start", "Start Which Phase?");
      await each(phases, (hopper, { phase }) => hopper.start(phase.queue_id));
    },
    [commands.cancel]: async (...args) => {
      const phases = await targets.phases(args, "cancel", "Cancel Which Phase?");
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: "Stopping…" },
        () => each(phases, (hopper, { phase }) => hopper.cancel(phase.queue_id)),
      );
    },
    [commands.retry]: async (...args) => {
      const phases = await targets.phases(args, "retry", "Retry Which Phase?");
      await each(phases, (hopper, { phase }) => hopper.retry(phase.queue_id));
      for (const queue of new Set(phases.map(({ queue }) => queue))) {
        queue.run();
      }
    },
    [commands.skip]: async (...args) => {
      const phases = await targets.phases(args, "skip", "Skip Which Phase?");
      await each(phases, (hopper, { phase }) => hopper.skip(phase.queue_id));
    },
    [commands.remove]: async (...args) => {
      const plans = targets.plans(args);
      for (const plan of plans) {
        await removePlan(plan);
      }
      const chosen = new Set(plans.map(({ plan }) => plan.plan_id));
      if (plans.length > 0 && targets.rows(args).every(({ kind }) => kind === "plan")) {
        return;
      }
      const phases = await targets.phases(args, "remove", "Remove Which Phase?");
      for (const node of phases.filter(({ plan }) => !chosen.has(plan.plan_id))) {
        await removePhase(node);
      }
    },
    [commands.done]: async (...args) => {
      const node = await targets.phase(args, "settle", "Which Phase Is Done?");
      const note = await askNote(node, "Done", "What was done? (optional)");
      await each([node], (hopper, { phase }) => hopper.complete(phase.queue_id, note));
    },
    [commands.failed]: async (...args) => {
      const node = await targets.phase(args, "settle", "Which Phase Failed?");
      const note = await askNote(node, "Failed", "Why did it fail? (optional)");
      await each([node], (hopper, { phase }) => hopper.fail(phase.queue_id, note));
    },
    [commands.copyError]: async (...args) => {
      const { phase } = await targets.phase(args, "error", "Copy Which Error?");
      await vscode.env.clipboard.writeText(phase.error_message ?? "");
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

/** Does the same to several phases, one after another, and says in the status bar what came of it. */
async function each(
  nodes: readonly PhaseNode[],
  act: (hopper: HopperCommands, node: PhaseNode) => Promise<CommandResult>,
): Promise<void> {
  const messages: string[] = [];
  for (const node of nodes) {
    const { message } = await act(await node.queue.commands(), node);
    messages.push(message);
  }
  vscode.window.setStatusBarMessage(messages.join(" "), 6000);
}

async function removePlan({ queue, plan }: PlanNode): Promise<void> {
  const count = [...(queue.reader?.counts(plan.plan_id).values() ?? [])].reduce((a, b) => a + b, 0);
  const choice = await vscode.window.showWarningMessage(
    `Remove the plan "${plan.title}"?`,
    { modal: true, detail: `Its ${count} phases leave the queue. The file stays as it is.` },
    "Remove",
  );
  if (choice !== undefined) {
    const hopper = await queue.commands();
    const { message } = await hopper.removePlan(plan.plan_id);
    vscode.window.setStatusBarMessage(message, 6000);
  }
}

/** What depends on an unfinished phase is blocked by its going, unless the dependency goes too. */
async function removePhase(node: PhaseNode): Promise<void> {
  const { queue, phase } = node;
  const dependents = (queue.reader?.phases({ planId: phase.plan_id, content: false }) ?? [])
    .filter(({ depends_on_phases }) => depends_on_phases.includes(phase.phase_number))
    .map(({ phase_number }) => phase_number);
  const drop = "Remove and Drop the Dependency";
  const remove = "Remove";
  const blocks = phase.status !== "completed" && dependents.length > 0;
  const choice = await vscode.window.showWarningMessage(
    `Remove ${nameOf(phase)}?`,
    {
      modal: true,
      detail: blocks
        ? `${phaseList(dependents)} depends on it, and is blocked by its removal unless the ` +
          `dependency is dropped too.`
        : "It leaves the queue. The file stays as it is.",
    },
    ...(blocks ? [drop, "Remove and Block What Depends on It"] : [remove]),
  );
  if (choice !== undefined) {
    const hopper = await queue.commands();
    const { message } = await hopper.removePhase(phase.queue_id, choice === drop);
    vscode.window.setStatusBarMessage(message, 6000);
  }
}

async function askNote(
  { phase }: PhaseNode,
  outcome: "Done" | "Failed",
  prompt: string,
): Promise<string | undefined> {
  const note = await vscode.window.showInputBox({ title: `${nameOf(phase)}: ${outcome}`, prompt });
  if (note === undefined) {
    throw new vscode.CancellationError();
  }
  return note.trim() === "" ? undefined : note.trim();
}
