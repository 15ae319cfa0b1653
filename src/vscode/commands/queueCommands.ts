import * as vscode from "vscode";
import { errorInWords, type HopperError } from "../../core/base/errors";
import { commands, extensionId } from "../contributions";
import type { FolderQueue } from "../queues/folderQueue";
import type { OpenChoices } from "../queues/openHopper";
import { type QueueState, reopenings } from "../queues/queueState";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import { isFinished, isQueueNode, planNodes, type QueueNode } from "../tree/nodes";
import { canChange } from "../tree/queueTree";
import { inTurn } from "./outcome";
import { type CommandHandler, say } from "./register";
import type { Targets } from "./targets";
import { t } from "../l10n";

/** What can be done with whole plans and queues. */
export function queueCommands(
  targets: Targets,
  queues: WorkspaceQueues,
  channel: vscode.LogOutputChannel,
) {
  /** The queues of these rows, or all; of them those that can be changed from here. */
  const changeable = (rows: readonly QueueNode[]): readonly FolderQueue[] => {
    const named = rows.length > 0 ? rows.map(({ queue }) => queue) : queues.all;
    return named.filter((queue) => queue.reader !== undefined && canChange(queue));
  };
  const setPaused = async (paused: boolean, args: readonly unknown[]): Promise<void> => {
    const plans = targets.plans(args);
    const folders = targets.rows(args).filter(({ kind }) => kind === "folder");
    const whole = plans.length > 0 ? [] : changeable(folders);
    say(
      await inTurn([...plans, ...whole], async (row) => {
        if ("plan" in row) {
          return (await row.queue.commands()).setPaused(paused, row.plan.plan_id);
        }
        const result = await (await row.commands()).setPaused(paused);
        if (!paused) {
          row.run();
        }
        return result;
      }),
    );
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
      // The view's title passes the row that has the focus, or nothing in its place; the card passes
      // the folder that it shows. Only a folder says whose plans are meant.
      const rows = args.filter(isQueueNode).filter(({ kind }) => kind === "folder");
      const finished = changeable(rows).flatMap(planNodes).filter(isFinished);
      const { done, error } = await inTurn(finished, async ({ queue, plan }) =>
        (await queue.commands()).removePlan(plan.plan_id),
      );
      const message =
        done === 1
          ? t("1 completed plan was removed.")
          : t("{0} completed plans were removed.", done);
      say({ done, message, error });
    },
    [commands.showOutput]: () => channel.show(),
    [commands.openSettings]: () =>
      vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${extensionId}`),
    [commands.adoptQueue]: (...args) =>
      reopen(args, reopenings.adopt, { adopt: true }, () =>
        confirm(
          t("Adopt this queue?"),
          t(
            "It was not made by you on this machine. Once it is yours, resuming it runs the commands its phases hold: look at them first.",
          ),
          t("Adopt"),
        ),
      ),
    [commands.repairQueue]: (...args) =>
      reopen(args, reopenings.repair, { repair: true }, (refusal) =>
        confirm(t("Repair this queue with what can be read?"), errorInWords(refusal), t("Repair")),
      ),
    [commands.takeOverQueue]: (...args) =>
      reopen(args, reopenings.takeOver, { takeOver: true }, (refusal) =>
        confirm(t("Take this queue over?"), errorInWords(refusal), t("Take Over")),
      ),
    [commands.reopenQueue]: (...args) => reopen(args, reopenings.reopen, { starts: true }),
  } satisfies Partial<Record<string, CommandHandler>>;
}

async function confirm(question: string, detail: string, action: string): Promise<boolean> {
  const choice = await vscode.window.showWarningMessage(question, { modal: true, detail }, action);
  return choice === action;
}
