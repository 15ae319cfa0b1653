import { errorInWords } from "../core/base/errors";
import { storedInWords } from "../core/protocol/words/storedWords";
import * as vscode from "vscode";
import { tell } from "./commands/register";
import { contextKeys, views } from "./contributions";
import { said, t } from "./l10n";
import type { FolderQueue } from "./queues/folderQueue";
import { isRepairable, mostPressing } from "./queues/queueState";
import type { WorkspaceQueues } from "./queues/workspaceQueues";
import type { Own, Services } from "./services";
import { StatusBar } from "./statusBar";
import { sentence } from "./statusEntry";
import { isFinished, planNodes, type QueueNode } from "./tree/nodes";
import { QueueTree } from "./tree/queueTree";
import { Reorder } from "./tree/reorder";
import { asSentence } from "./words";

/** The Queue view, with all that stands around its tree, and the status bar's item beside it. */
export function createQueueView(queues: WorkspaceQueues, services: Services, own: Own) {
  const tree = own(new QueueTree(queues, services));
  const view = own(
    vscode.window.createTreeView(views.queue, {
      treeDataProvider: tree,
      canSelectMany: true,
      showCollapseAll: true,
      dragAndDropController: new Reorder(
        tree,
        (error) => void tell(error, "reorder", services.logger),
      ),
    }),
  );
  const statusBar = own(new StatusBar(services));
  own(view.onDidChangeVisibility(({ visible }) => tree.setVisible(visible)));
  own(
    tree.onDidRedraw(() => {
      updateQueueView(view, queues, tree);
      statusBar.update(queues);
    }),
  );
  tree.setVisible(view.visible);
  return { tree, view, statusBar };
}

/** What stands around the tree: its badge, its message, and the keys its menus ask for. */
function updateQueueView(
  view: vscode.TreeView<QueueNode>,
  { all }: WorkspaceQueues,
  tree: QueueTree,
): void {
  const failed = all.reduce((sum, { reader }) => sum + (reader?.counts().get("failed") ?? 0), 0);
  view.badge =
    failed === 0
      ? undefined
      : {
          value: failed,
          tooltip: failed === 1 ? t("1 phase failed") : t("{0} phases failed", failed),
        };
  const hasPlans = all.some(({ reader }) => (reader?.plans().length ?? 0) > 0);
  const messages = all
    .map((queue) => ({ queue, text: messageOf(queue) }))
    .filter(({ text }) => text !== "")
    .map(({ queue, text }) => (all.length > 1 ? `${queue.name}: ${text}` : text));
  if (tree.hidesEverything) {
    messages.push(
      t(
        "No phase has a status that is shown. Show All Statuses, in the view's title, shows all again.",
      ),
    );
  }
  // A message, even an empty one, hides the welcome, with its buttons; the type knows no other.
  const shown: { message?: string | undefined } = view;
  shown.message = hasPlans && messages.length > 0 ? messages.join("\n") : undefined;
  for (const [key, value] of keysOf(all, hasPlans)) {
    void vscode.commands.executeCommand("setContext", key, value);
  }
}

/** What a user must know before reading the tree; nothing while all is well. */
export function messageOf(queue: FolderQueue): string {
  const { state, reader } = queue;
  switch (state.kind) {
    case "absent":
    case "opening":
    case "untrusted":
      return "";
    case "follower": {
      const paused = reader?.pausedReason;
      const message = errorInWords(state.refusal);
      return paused === undefined ? message : `${message} ${sentence(storedInWords(paused))}.`;
    }
    case "foreign":
    case "failed":
      return errorInWords(state.refusal);
    case "owner": {
      const { kind, text } = state.hopper.waiting(undefined, said);
      if (kind === "trouble") {
        return t("The queue cannot go on: {0} It is tried again every second.", asSentence(text));
      }
      const paused = state.hopper.queue.pausedReason;
      if (paused !== undefined) {
        return t("{0}. Resume to go on.", sentence(storedInWords(paused)));
      }
      const waits = !queue.isStarting && (reader?.counts().get("ready") ?? 0) > 0;
      return waits ? t("Nothing starts by itself: Resume, or start a phase.") : "";
    }
  }
}

function keysOf(all: readonly FolderQueue[], hasPlans: boolean): [key: string, value: unknown][] {
  const kinds = all.map(({ state }) => state.kind);
  return [
    [contextKeys.state, mostPressing.find((kind) => kinds.includes(kind)) ?? "none"],
    [contextKeys.repairable, all.some((queue) => isRepairable(queue.state))],
    [contextKeys.paused, all.some(isHeld)],
    [contextKeys.hasPlans, hasPlans],
    [contextKeys.hasCompletedPlans, all.some((queue) => planNodes(queue).some(isFinished))],
  ];
}

/** Paused, or not told to start anything. */
export function isHeld(queue: FolderQueue): boolean {
  const { state, reader } = queue;
  return reader?.pausedReason !== undefined || (state.kind === "owner" && !queue.isStarting);
}
