import * as vscode from "vscode";
import { systemClock } from "./core/base/clock";
import { apiCommands, ApiSwitch } from "./vscode/apiSwitch";
import { cardCommands, CardPanels } from "./vscode/card/cardPanels";
import { enqueueCommands } from "./vscode/commands/enqueuePhases";
import { goToPhaseCommand } from "./vscode/commands/goToPhase";
import { newPlanCommand } from "./vscode/commands/newPlan";
import { logCommands } from "./vscode/commands/logCommands";
import { phaseCommands } from "./vscode/commands/phaseCommands";
import { queueCommands } from "./vscode/commands/queueCommands";
import { type CommandHandler, registerCommands, tell } from "./vscode/commands/register";
import { removeCommand } from "./vscode/commands/removeCommand";
import { Targets } from "./vscode/commands/targets";
import { treeCommands } from "./vscode/commands/treeCommands";
import { updateCommands } from "./vscode/commands/updateFromFile";
import { Configuration } from "./vscode/configuration";
import { type CommandId, views } from "./vscode/contributions";
import { PlanEditor } from "./vscode/editor/planEditor";
import { asMessage } from "./vscode/foreignText";
import { translateWith } from "./vscode/l10n";
import { IssuePreviews } from "./vscode/github/issuePreviews";
import { mirrorCommands } from "./vscode/github/mirrorCommands";
import { GitHubSignIn } from "./vscode/github/signIn";
import { LogTerminals } from "./vscode/log/logTerminals";
import { Notifications } from "./vscode/notifications";
import { WorkspaceQueues } from "./vscode/queues/workspaceQueues";
import { updateQueueView } from "./vscode/queueView";
import { assetsOf, channelLogger, type Services, versionOf } from "./vscode/services";
import { StatusBar } from "./vscode/statusBar";
import { QueueTree } from "./vscode/tree/queueTree";
import { Reorder } from "./vscode/tree/reorder";

let queues: WorkspaceQueues | undefined;

/** Builds the extension: the queues of the workspace's folders, and everything that shows them. */
export function activate(context: vscode.ExtensionContext): void {
  translateWith((message, ...inserts) => vscode.l10n.t(message, ...inserts));
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const channel = own(vscode.window.createOutputChannel("Phase Hopper", { log: true }));
  const configuration = own(
    new Configuration((message) => {
      channel.error(message);
      void vscode.window.showErrorMessage(asMessage(message));
    }),
  );
  const services: Services = {
    version: versionOf(context.extension),
    assets: assetsOf(context.extensionUri),
    clock: systemClock,
    logger: channelLogger(channel),
    configuration,
    signIn: own(new GitHubSignIn(() => configuration.githubApiUrl(), systemClock)),
  };
  const all = own(new WorkspaceQueues(services));
  queues = all;
  const tree = own(new QueueTree(all, services));
  const view = own(
    vscode.window.createTreeView(views.queue, {
      treeDataProvider: tree,
      canSelectMany: true,
      showCollapseAll: true,
      dragAndDropController: new Reorder((error) => void tell(error, "reorder", services.logger)),
    }),
  );
  const statusBar = own(new StatusBar(services));
  const targets = own(new Targets(all, tree, view));
  own(view.onDidChangeVisibility(({ visible }) => tree.setVisible(visible)));
  own(
    tree.onDidRedraw(() => {
      updateQueueView(view, all);
      statusBar.update(all);
    }),
  );
  own(own(new ApiSwitch(all, services)).onDidChange(() => statusBar.update(all)));
  own(new Notifications(all, services));
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
  const handlers: Readonly<Record<CommandId, CommandHandler>> = {
    ...enqueueCommands(all, services, (planId) => tree.reveal(view, planId)),
    ...phaseCommands(targets),
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
  tree.setVisible(view.visible);
  all.start();
  editor.start();
}

/** Releases the queues within the time the editor gives; running phases go on with their wrappers. */
export async function deactivate(): Promise<void> {
  await queues?.close();
}
