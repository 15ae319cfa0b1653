import * as vscode from "vscode";
import { systemClock } from "./core/base/clock";
import { enqueueCommands } from "./vscode/commands/enqueuePhases";
import { goToPhaseCommand } from "./vscode/commands/goToPhase";
import { logCommands } from "./vscode/commands/logCommands";
import { phaseCommands } from "./vscode/commands/phaseCommands";
import { queueCommands } from "./vscode/commands/queueCommands";
import { registerCommands } from "./vscode/commands/register";
import { Targets } from "./vscode/commands/targets";
import { Configuration } from "./vscode/configuration";
import { views } from "./vscode/contributions";
import { LogTerminals } from "./vscode/log/logTerminals";
import { Notifications } from "./vscode/notifications";
import { WorkspaceQueues } from "./vscode/queues/workspaceQueues";
import { updateQueueView } from "./vscode/queueView";
import { assetsOf, channelLogger, type Services, versionOf } from "./vscode/services";
import { StatusBar } from "./vscode/statusBar";
import { QueueTree } from "./vscode/tree/queueTree";

let queues: WorkspaceQueues | undefined;

/** Builds the extension: the queues of the workspace's folders, and everything that shows them. */
export function activate(context: vscode.ExtensionContext): void {
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const channel = own(vscode.window.createOutputChannel("Phase Hopper", { log: true }));
  const configuration = own(
    new Configuration((message) => {
      channel.error(message);
      void vscode.window.showErrorMessage(message);
    }),
  );
  const services: Services = {
    version: versionOf(context.extension),
    assets: assetsOf(context.extensionUri),
    clock: systemClock,
    logger: channelLogger(channel),
    configuration,
  };
  const all = own(new WorkspaceQueues(services));
  queues = all;
  const tree = own(new QueueTree(all, services));
  const view = own(
    vscode.window.createTreeView(views.queue, {
      treeDataProvider: tree,
      canSelectMany: true,
      showCollapseAll: true,
    }),
  );
  const statusBar = own(new StatusBar(services));
  const targets = new Targets(all, tree, view);
  own(view.onDidChangeVisibility(({ visible }) => tree.setVisible(visible)));
  own(
    tree.onDidRedraw(() => {
      updateQueueView(view, all);
      statusBar.update(all);
    }),
  );
  own(new Notifications(all, services));
  own(
    registerCommands(
      {
        ...enqueueCommands(all, services, (planId) => tree.reveal(view, planId)),
        ...phaseCommands(targets),
        ...queueCommands(targets, all, channel),
        ...logCommands(targets, own(new LogTerminals(services))),
        ...goToPhaseCommand(targets),
      },
      services.logger,
    ),
  );
  tree.setVisible(view.visible);
  all.start();
}

/** Releases the queues within the time the editor gives; running phases go on with their wrappers. */
export async function deactivate(): Promise<void> {
  await queues?.close();
}
