import * as vscode from "vscode";
import type { HopperError } from "../../core/base/errors";
import { commands, extensionId } from "../contributions";
import type { FolderQueue } from "../queues/folderQueue";
import type { OpenChoices } from "../queues/openHopper";
import { type QueueState, reopenings } from "../queues/queueState";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import { canChange } from "../tree/queueTree";
import type { CommandHandler } from "./register";
import type { Targets } from "./targets";

/** What can be done with whole plans and queues. */
export function queueCommands(
  targets: Targets,
  queues: WorkspaceQueues,
  channel: vscode.LogOutputChannel,
) {
  /** The folders among the rows, or all; of them those that can be changed from here. */
  const changeable = (args: readonly unknown[]): readonly FolderQueue[] => {
    const folders = targets.rows(args).filter(({ kind }) => kind === "folder");
    const named = folders.length > 0 ? folders.map(({ queue }) => queue) : queues.all;
    return named.filter((queue) => queue.reader !== undefined && canChange(queue));
  };
  const setPaused = async (paused: boolean, args: readonly unknown[]): Promise<void> => {
    const plans = targets.plans(args);
    for (const { queue, plan } of plans) {
      const hopper = await queue.commands();
      const { message } = await hopper.setPaused(paused, plan.plan_id);
      vscode.window.setStatusBarMessage(message, 6000);
    }
    if (plans.length > 0) {
      return;
    }
    for (const queue of changeable(args)) {
      const hopper = await queue.commands();
      const { message } = await hopper.setPaused(paused);
      vscode.window.setStatusBarMessage(message, 6000);
      if (!paused) {
        queue.run();
      }
    }
  };
  const reopen = async (
    args: readonly unknown[],
    suits: (state: QueueState) => boolean,
    choices: Partial<OpenChoices>,
    ask?: (refusal: HopperError) => Promise<boolean>,
  ): Promise<void> => {
    const queue = await targets.queue(args, ({ state }) => suits(state));
    const refusal = queue && "refusal" in queue.state ? queue.state.refusal : undefined;
    if (!queue || (ask && refusal && !(await ask(refusal)))) {
      return;
    }
    await queue.reopen({ automatic: false, starts: false, ...choices });
    if ("refusal" in queue.state) {
      throw queue.state.refusal;
    }
  };
  return {
    [commands.pause]: (...args) => setPaused(true, args),
    [commands.resume]: (...args) => setPaused(false, args),
    // The view's title passes the row that has the focus: the whole queue is meant all the same.
    [commands.pauseQueue]: () => setPaused(true, []),
    [commands.resumeQueue]: () => setPaused(false, []),
    [commands.clearCompleted]: async (...args) => {
      let removed = 0;
      for (const queue of changeable(args)) {
        const hopper = await queue.commands();
        for (const planId of finishedPlans(queue)) {
          await hopper.removePlan(planId);
          removed += 1;
        }
      }
      const plans = removed === 1 ? "1 completed plan was" : `${removed} completed plans were`;
      vscode.window.setStatusBarMessage(`${plans} removed.`, 6000);
    },
    [commands.showOutput]: () => channel.show(),
    [commands.openSettings]: () =>
      vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${extensionId}`),
    [commands.adoptQueue]: (...args) =>
      reopen(args, reopenings.adopt, { adopt: true }, () =>
        confirm(
          "Adopt this queue?",
          "It was not made by you on this machine. Once it is yours, resuming it runs the commands " +
            "its phases hold: look at them first.",
          "Adopt",
        ),
      ),
    [commands.repairQueue]: (...args) =>
      reopen(args, reopenings.repair, { repair: true }, ({ message }) =>
        confirm("Repair this queue with what can be read?", message, "Repair"),
      ),
    [commands.takeOverQueue]: (...args) =>
      reopen(args, reopenings.takeOver, { takeOver: true }, ({ message }) =>
        confirm("Take this queue over?", message, "Take Over"),
      ),
    [commands.reopenQueue]: (...args) => reopen(args, reopenings.reopen, { starts: true }),
  } satisfies Partial<Record<string, CommandHandler>>;
}

/** Ids of the plans all of whose phases are completed. */
export function finishedPlans({ reader }: FolderQueue): string[] {
  return (reader?.plans() ?? [])
    .map(({ plan_id }) => plan_id)
    .filter((planId) =>
      [...(reader?.counts(planId).keys() ?? [])].every((status) => status === "completed"),
    );
}

async function confirm(question: string, detail: string, action: string): Promise<boolean> {
  const choice = await vscode.window.showWarningMessage(question, { modal: true, detail }, action);
  return choice === action;
}
