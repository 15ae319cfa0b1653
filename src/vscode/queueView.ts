import * as vscode from "vscode";
import { finishedPlans } from "./commands/queueCommands";
import { contextKeys } from "./contributions";
import type { FolderQueue } from "./queues/folderQueue";
import { isRepairable, mostPressing } from "./queues/queueState";
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
  const hasPlans = all.some(({ reader }) => (reader?.plans().length ?? 0) > 0);
  const messages = all
    .map((queue) => ({ queue, text: messageOf(queue) }))
    .filter(({ text }) => text !== "")
    .map(({ queue, text }) => (all.length > 1 ? `${queue.name}: ${text}` : text));
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
      const { message } = state.refusal;
      return paused === undefined ? message : `${message} ${sentence(paused)}.`;
    }
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

function keysOf(all: readonly FolderQueue[], hasPlans: boolean): [key: string, value: unknown][] {
  const kinds = all.map(({ state }) => state.kind);
  return [
    [contextKeys.state, mostPressing.find((kind) => kinds.includes(kind)) ?? "none"],
    [contextKeys.repairable, all.some((queue) => isRepairable(queue.state))],
    [contextKeys.paused, all.some(isHeld)],
    [contextKeys.hasPlans, hasPlans],
    [contextKeys.hasCompletedPlans, all.some((queue) => finishedPlans(queue).length > 0)],
  ];
}

/** Paused, or not told to start anything. */
export function isHeld(queue: FolderQueue): boolean {
  const { state, reader } = queue;
  return reader?.pausedReason !== undefined || (state.kind === "owner" && !queue.isStarting);
}
