import * as vscode from "vscode";
import { finishedPlans } from "./commands/queueCommands";
import { contextKeys } from "./contributions";
import type { FolderQueue } from "./queues/folderQueue";
import { mostPressing } from "./queues/queueState";
import type { WorkspaceQueues } from "./queues/workspaceQueues";
import { sentence } from "./statusBar";
import type { QueueNode } from "./tree/nodes";

/** What stands around the tree: its badge, its message, and the keys its menus ask for. */
export function updateQueueView(view: vscode.TreeView<QueueNode>, { all }: WorkspaceQueues): void {
  const failed = all.reduce((sum, { reader }) => sum + (reader?.counts().get("failed") ?? 0), 0);
  view.badge =
    failed === 0
      ? undefined
      : { value: failed, tooltip: failed === 1 ? "1 phase failed" : `${failed} phases failed` };
  const messages = all
    .map((queue) => ({ queue, text: messageOf(queue) }))
    .filter(({ text }) => text !== "")
    .map(({ queue, text }) => (all.length > 1 ? `${queue.name}: ${text}` : text));
  // An empty message would count as one, and hide the welcome; the type knows no other.
  const shown: { message?: string | undefined } = view;
  shown.message = messages.length === 0 ? undefined : messages.join("\n");
  for (const [key, value] of keysOf(all)) {
    void vscode.commands.executeCommand("setContext", key, value);
  }
}

/** What a user must know before reading the tree; nothing while all is well. */
function messageOf(queue: FolderQueue): string {
  const { state, reader } = queue;
  switch (state.kind) {
    case "absent":
    case "opening":
    case "untrusted":
      return "";
    case "follower":
      return `${state.refusal.message} What is done here goes to it.`;
    case "foreign":
    case "failed":
      return state.refusal.message;
    case "owner": {
      const paused = state.hopper.queue.pausedReason;
      if (paused !== undefined) {
        return `${sentence(paused)}. Resume to go on.`;
      }
      const waits = !queue.isStarting && (reader?.counts().get("ready") ?? 0) > 0;
      return waits ? "Nothing starts by itself: Resume, or start a phase." : "";
    }
  }
}

function keysOf(all: readonly FolderQueue[]): [key: string, value: unknown][] {
  const kinds = all.map(({ state }) => state.kind);
  const hasPlans = all.some(({ reader }) => (reader?.plans().length ?? 0) > 0);
  return [
    [contextKeys.state, mostPressing.find((kind) => kinds.includes(kind)) ?? "none"],
    [contextKeys.paused, all.some(isHeld)],
    [contextKeys.hasPlans, hasPlans],
    [contextKeys.hasCompletedPlans, all.some((queue) => finishedPlans(queue).length > 0)],
  ];
}

/** Paused, or not told to start anything. */
function isHeld(queue: FolderQueue): boolean {
  const { state, reader } = queue;
  return reader?.pausedReason !== undefined || (state.kind === "owner" && !queue.isStarting);
}
