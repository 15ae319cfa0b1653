import * as vscode from "vscode";
import { isoNow } from "../../core/base/clock";
import { HopperError } from "../../core/base/errors";
import type { AttemptItem } from "../../core/protocol/queue";
import { phaseStatuses } from "../../core/protocol/terms";
import { commands } from "../contributions";
import { asLabel } from "../foreignText";
import { t } from "../l10n";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import { planReport } from "../report";
import type { Services } from "../services";
import { phaseNodes, type PlanNode, planNodes } from "../tree/nodes";
import type { QueueTree } from "../tree/queueTree";
import { statusIcons } from "../tree/row";
import { waitingOf } from "../waiting";
import { statusInWords } from "../words";
import { moveBy } from "../tree/reorder";
import type { CommandHandler } from "./register";
import type { Targets } from "./targets";

/** What changes how the tree looks, and what is taken out of it. */
export function treeCommands(
  targets: Targets,
  tree: QueueTree,
  queues: WorkspaceQueues,
  services: Services,
) {
  const move = async (args: readonly unknown[], by: -1 | 1): Promise<void> => {
    const [row] = targets.rows(args);
    if (row) {
      vscode.window.setStatusBarMessage(await moveBy(row, by, tree.filter), 6000);
    }
  };
  return {
    [commands.filterByStatus]: async () => {
      const picked = await vscode.window.showQuickPick(
        phaseStatuses.map((status) => ({
          label: `$(${statusIcons[status].id.replace("~spin", "")}) ${statusInWords(status)}`,
          picked: tree.filter?.has(status) ?? true,
          status,
        })),
        { canPickMany: true, title: t("Show Phases That Are") },
      );
      if (!picked) {
        throw new vscode.CancellationError();
      }
      const all = picked.length === 0 || picked.length === phaseStatuses.length;
      tree.filter = all ? undefined : new Set(picked.map(({ status }) => status));
    },
    [commands.showAll]: () => {
      tree.filter = undefined;
    },
    [commands.moveUp]: (...args) => move(args, -1),
    [commands.moveDown]: (...args) => move(args, 1),
    [commands.copyReport]: async (...args) => {
      const plan = await planOf(targets, args, queues);
      await vscode.env.clipboard.writeText(reportOf(plan, services));
      vscode.window.setStatusBarMessage(t("The plan's status was copied as Markdown."), 6000);
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

/** The plan of the row, the only one, or the one that is picked. */
async function planOf(
  targets: Targets,
  args: readonly unknown[],
  queues: WorkspaceQueues,
): Promise<PlanNode> {
  const [row] = targets.rows(args);
  if (row && row.kind !== "folder") {
    return { kind: "plan", queue: row.queue, plan: row.plan };
  }
  const plans = queues.all.flatMap(planNodes);
  const [only] = plans;
  if (!only) {
    throw new HopperError("conflict", t("No plan is enqueued."));
  }
  if (plans.length === 1) {
    return only;
  }
  const items = plans.map((node) => ({
    label: asLabel(node.plan.title),
    description: asLabel(node.plan.source_path ?? ""),
    node,
  }));
  const picked = await vscode.window.showQuickPick(items.reverse(), {
    title: t("Copy the Status of Which Plan?"),
  });
  if (!picked) {
    throw new vscode.CancellationError();
  }
  return picked.node;
}

function reportOf(node: PlanNode, services: Services): string {
  const { queue, plan } = node;
  const phases = phaseNodes(node)
    .map(({ phase }) => phase)
    .sort((a, b) => a.phase_number - b.phase_number);
  const failures = phases
    .filter(({ status }) => status === "failed")
    .map(({ queue_id }) => [queue_id, queue.reader?.attempts(queue_id).at(-1)] as const)
    .filter((entry): entry is [string, AttemptItem] => entry[1] !== undefined);
  return planReport({
    plan,
    phases,
    failures: new Map(failures),
    waiting: waitingOf(queue, services, plan.plan_id).text,
    now: isoNow(services.clock),
  });
}
