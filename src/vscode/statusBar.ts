import { t } from "./l10n";
import * as vscode from "vscode";
import type { Waiting } from "../core/protocol/snapshot";
import { apiAddressOf } from "./apiSwitch";
import { commands } from "./contributions";
import { asLabel } from "./foreignText";
import type { FolderQueue } from "./queues/folderQueue";
import type { WorkspaceQueues } from "./queues/workspaceQueues";
import type { Services } from "./services";
import { waitingOf } from "./waiting";

/** What runs, or what is waited for, in the status bar; a click opens the queue. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    "phaseHopper.status",
    vscode.StatusBarAlignment.Left,
  );

  constructor(private readonly services: Services) {
    this.item.name = "Phase Hopper";
    this.item.command = commands.openHopper;
  }

  update(queues: WorkspaceQueues): void {
    const shown = queues.all.filter(({ reader }) => (reader?.plans().length ?? 0) > 0);
    const [first] = shown
      .map((queue) => ({ queue, waiting: waitingOf(queue, this.services) }))
      .sort((a, b) => rank(a.waiting) - rank(b.waiting));
    if (!first) {
      this.item.hide();
      return;
    }
    const { queue, waiting } = first;
    const where = shown.length > 1 ? `${queue.name}: ` : "";
    const text = sentence(waiting.text);
    this.item.text = `$(${icons[waiting.kind]}) ${asLabel(`${where}${cut(text)}`)}`;
    const lines = [`Phase Hopper: ${where}${text}`, progress(shown), ...addresses(shown)];
    this.item.tooltip = lines.join("\n");
    this.item.accessibilityInformation = { label: `Phase Hopper: ${where}${text}` };
    this.item.backgroundColor =
      waiting.kind === "trouble"
        ? new vscode.ThemeColor("statusBarItem.errorBackground")
        : waiting.kind === "person" || waiting.kind === "failed"
          ? new vscode.ThemeColor("statusBarItem.warningBackground")
          : undefined;
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}

const icons: Readonly<Record<Waiting["kind"], string>> = {
  trouble: "warning",
  running: "loading~spin",
  retry: "history",
  person: "person",
  workflow: "radio-tower",
  failed: "error",
  paused: "debug-pause",
  completed: "pass",
};

/** Of several folders the one that needs somebody comes first. */
function rank({ kind }: Waiting): number {
  return (
    ["trouble", "failed", "person", "running", "retry", "workflow", "paused"].indexOf(kind) >>> 0
  );
}

/** Where programs are let in. */
function addresses(queues: readonly FolderQueue[]): string[] {
  return queues.flatMap((queue) => {
    const address = apiAddressOf(queue);
    return address ? [t("API at {0}", address.url)] : [];
  });
}

function progress(queues: readonly FolderQueue[]): string {
  let done = 0;
  let all = 0;
  for (const { reader } of queues) {
    for (const [status, count] of reader?.counts() ?? []) {
      all += count;
      done += status === "completed" ? count : 0;
    }
  }
  return t("{0} of {1} phases are completed.", done, all);
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
