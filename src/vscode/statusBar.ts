import * as vscode from "vscode";
import { apiAddressOf } from "./apiSwitch";
import { commands } from "./contributions";
import type { WorkspaceQueues } from "./queues/workspaceQueues";
import type { Services } from "./services";
import { statusEntry, type StatusFacts } from "./statusEntry";
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
    const entry = statusEntry(this.factsOf(queues));
    if (!entry) {
      this.item.hide();
      return;
    }
    const { text, tooltip, spoken, background } = entry;
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: spoken };
    this.item.backgroundColor =
      background === undefined ? undefined : new vscode.ThemeColor(background);
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }

  private factsOf(queues: WorkspaceQueues): StatusFacts[] {
    return queues.all
      .filter(({ reader }) => (reader?.plans().length ?? 0) > 0)
      .map((queue) => {
        const address = apiAddressOf(queue)?.url;
        return {
          folder: queue.name,
          waiting: waitingOf(queue, this.services),
          counts: queue.reader?.counts() ?? new Map<string, number>(),
          ...(address !== undefined && { address }),
        };
      });
  }
}
