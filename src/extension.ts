import * as vscode from "vscode";
import { delay, systemClock } from "./core/base/clock";
import { errorMessage } from "./core/base/errors";
import { apiCommands, ApiSwitch } from "./vscode/apiSwitch";
import { cardCommands, CardPanels } from "./vscode/card/cardPanels";
import { enqueueCommands } from "./vscode/commands/enqueuePhases";
import { goToPhaseCommand } from "./vscode/commands/goToPhase";
import { newPlanCommand } from "./vscode/commands/newPlan";
import { logCommands } from "./vscode/commands/logCommands";
import { phaseCommands } from "./vscode/commands/phaseCommands";
import { queueCommands } from "./vscode/commands/queueCommands";
import { type CommandHandler, registerCommands } from "./vscode/commands/register";
import { removeCommand } from "./vscode/commands/removeCommand";
import { Targets } from "./vscode/commands/targets";
import { treeCommands } from "./vscode/commands/treeCommands";
import { updateCommands } from "./vscode/commands/updateFromFile";
import type { CommandId } from "./vscode/contributions";
import { PlanEditor } from "./vscode/editor/planEditor";
import { asMessage } from "./vscode/foreignText";
import { translateWith } from "./vscode/l10n";
import { IssuePreviews } from "./vscode/github/issuePreviews";
import { mirrorCommands } from "./vscode/github/mirrorCommands";
import { LogTerminals } from "./vscode/log/logTerminals";
import { Notifications } from "./vscode/notifications";
import { WorkspaceQueues } from "./vscode/queues/workspaceQueues";
import { createQueueView } from "./vscode/queueView";
import { createServices, type Own } from "./vscode/services";

/** The editor waits five seconds for us at its end; what is not stored by then is read back at the next start. */
const longestEnd = 4000;

let queues: WorkspaceQueues | undefined;

/** Builds the extension; should that fail, the user is told why. */
export function activate(context: vscode.ExtensionContext): void {
  translateWith((message, ...inserts) => vscode.l10n.t(message, ...inserts));
  try {
    build(context);
  } catch (error) {
    const message = `Phase Hopper could not start: ${errorMessage(error)}`;
    void vscode.window.showErrorMessage(asMessage(message));
    throw error;
  }
}

/** The queues of the workspace's folders, and everything that shows them. */
function build(context: vscode.ExtensionContext): void {
  const own: Own = (part) => {
    context.subscriptions.push(part);
    return part;
  };
  const channel = own(vscode.window.createOutputChannel("Phase Hopper", { log: true }));
  const services = createServices(context, channel, own);
  const all = own(new WorkspaceQueues(services));
  queues = all;
  const { tree, view, statusBar } = createQueueView(all, services, own);
  const targets = own(new Targets(all, tree, view));
  own(own(new ApiSwitch(all, services)).onDidChange(() => statusBar.update(all)));
  const notifications = own(new Notifications(all, tree, services));
  const editor = own(new PlanEditor(all, tree, services));
  const cards = own(
    new CardPanels({
      extension: context.extensionUri,
      queues: all,
      tree,
      services,
      carryOut: (id, ...args) => handlers[id](...args),
    }),
  );
  tree.showDifferences(editor.differences);
  own(editor.differences.onDidChange(() => cards.refresh()));
  const handlers: Readonly<Record<CommandId, CommandHandler>> = {
    ...enqueueCommands(all, services, (planId) => tree.reveal(view, planId)),
    ...phaseCommands(targets, notifications.reportFailure),
    ...removeCommand(targets),
    ...queueCommands(targets, all, channel),
    ...logCommands(targets, own(new LogTerminals(services))),
    ...goToPhaseCommand(targets),
    ...cardCommands(cards, targets),
    ...apiCommands(all),
    ...updateCommands(editor.documents, editor.stored),
    ...treeCommands(targets, tree, all, services),
    ...newPlanCommand(context.extensionUri),
    ...mirrorCommands(targets, all, services, own(new IssuePreviews())),
  };
  own(registerCommands(handlers, services.logger));
  all.start();
  editor.start();
}

/** Releases the queues within the time the editor gives; running phases go on with their wrappers. */
export async function deactivate(): Promise<void> {
  await Promise.race([queues?.close(), delay(systemClock, longestEnd)]);
}
