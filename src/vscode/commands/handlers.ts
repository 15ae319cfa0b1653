import type * as vscode from "vscode";
import { apiCommands } from "../apiSwitch";
import { cardCommands, type CardPanels } from "../card/cardPanels";
import type { CommandId } from "../contributions";
import type { PlanEditor } from "../editor/planEditor";
import type { IssuePreviews } from "../github/issuePreviews";
import { mirrorCommands } from "../github/mirrorCommands";
import { LogTerminals } from "../log/logTerminals";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Own, Services } from "../services";
import type { QueueNode } from "../tree/nodes";
import type { QueueTree } from "../tree/queueTree";
import { enqueueCommands } from "./enqueuePhases";
import { goToPhaseCommand } from "./goToPhase";
import { logCommands } from "./logCommands";
import { newPlanCommand } from "./newPlan";
import { phaseCommands, type ReportFailure } from "./phaseCommands";
import { queueCommands } from "./queueCommands";
import type { CommandHandler } from "./register";
import { removeCommand } from "./removeCommand";
import type { SelectedRows } from "./selectedRows";
import { Targets } from "./targets";
import { treeCommands } from "./treeCommands";
import { updateCommands } from "./updateFromFile";

/** What commands are about, and what they are carried out by. */
export interface HandlerParts {
  readonly queues: WorkspaceQueues;
  readonly tree: QueueTree;
  readonly view: vscode.TreeView<QueueNode>;
  readonly selected: SelectedRows;
  readonly editor: PlanEditor;
  readonly cards: CardPanels;
  readonly previews: IssuePreviews;
  readonly reportFailure: ReportFailure;
  readonly services: Services;
  readonly channel: vscode.LogOutputChannel;
  readonly extension: vscode.Uri;
  readonly own: Own;
}

/** What carries out each command. Loaded with the first that is called: most windows call none. */
export function createHandlers(parts: HandlerParts): Readonly<Record<CommandId, CommandHandler>> {
  const { queues, tree, view, selected, editor, cards, previews, services, own } = parts;
  const targets = new Targets(queues, tree, selected);
  return {
    ...enqueueCommands(queues, services, (planId) => tree.reveal(view, planId)),
    ...phaseCommands(targets, parts.reportFailure),
    ...removeCommand(targets),
    ...queueCommands(targets, queues, parts.channel),
    ...logCommands(targets, own(new LogTerminals(services))),
    ...goToPhaseCommand(targets),
    ...cardCommands(cards, targets),
    ...apiCommands(queues),
    ...updateCommands(editor.documents, editor.stored),
    ...treeCommands(targets, tree, queues, services),
    ...newPlanCommand(parts.extension),
    ...mirrorCommands(targets, queues, services, previews),
  };
}
