import * as vscode from "vscode";
import { delay, systemClock } from "./core/base/clock";
import { errorMessage } from "./core/base/errors";
import { onDemand } from "./core/base/onDemand";
import { ApiSwitch } from "./vscode/apiSwitch";
import { CardPanels } from "./vscode/card/cardPanels";
import { type CarryOut, registerCommands } from "./vscode/commands/register";
import { SelectedRows } from "./vscode/commands/selectedRows";
import { PlanEditor } from "./vscode/editor/planEditor";
import { asMessage } from "./vscode/foreignText";
import { translateWith } from "./vscode/l10n";
import { IssuePreviews } from "./vscode/github/issuePreviews";
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
  const selected = own(new SelectedRows(view));
  own(own(new ApiSwitch(all, services)).onDidChange(() => statusBar.update(all)));
  const notifications = own(new Notifications(all, tree, services));
  const editor = own(new PlanEditor(all, tree, services));
  const extension = context.extensionUri;
  const carryOut: CarryOut = async (id, ...args) => (await handlers())[id](...args);
  const cards = own(new CardPanels({ extension, queues: all, tree, services, carryOut }));
  tree.showDifferences(editor.differences);
  own(editor.differences.onDidChange(() => cards.refresh()));
  const previews = own(new IssuePreviews());
  const handlers = onDemand(async () => {
    const { createHandlers } = await import("./vscode/commands/handlers");
    return createHandlers({
      queues: all,
      tree,
      view,
      selected,
      editor,
      cards,
      previews,
      reportFailure: notifications.reportFailure,
      services,
      channel,
      extension,
      own,
    });
  });
  own(registerCommands(carryOut, services.logger));
  all.start();
  editor.start();
}

/** Releases the queues within the time the editor gives; running phases go on with their wrappers. */
export async function deactivate(): Promise<void> {
  await Promise.race([queues?.close(), delay(systemClock, longestEnd)]);
}
