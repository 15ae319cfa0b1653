import * as vscode from "vscode";
import type { AttemptItem } from "../../core/protocol/queue";
import type { PhaseNode } from "../tree/nodes";
import type { Services } from "../services";
import { asLabel } from "../foreignText";
import { nameOf } from "../words";
import { LogTerminal } from "./logTerminal";
import { t } from "../l10n";

/** The terminals that show attempts' output: one each, shown again instead of opened twice. */
export class LogTerminals implements vscode.Disposable {
  private readonly open = new Map<string, vscode.Terminal>();
  private readonly listener = vscode.window.onDidCloseTerminal((closed) => {
    for (const [attemptId, terminal] of this.open) {
      if (terminal === closed) {
        this.open.delete(attemptId);
      }
    }
  });

  constructor(private readonly services: Services) {}

  /** Shows the output of an attempt, and follows it while it runs. */
  show({ queue, phase }: PhaseNode, attempt: AttemptItem, folder: string): void {
    const known = this.open.get(attempt.attempt_id);
    if (known) {
      known.show(true);
      return;
    }
    const { attempt_id, attempt_number, queue_id } = attempt;
    const phaseName = asLabel(nameOf(phase));
    const name =
      attempt_number === 1 ? phaseName : t("{0} (attempt {1})", phaseName, attempt_number);
    const pty = new LogTerminal(this.services, folder, () =>
      queue.reader?.attempts(queue_id).find((one) => one.attempt_id === attempt_id),
    );
    const terminal = vscode.window.createTerminal({
      name,
      pty,
      iconPath: new vscode.ThemeIcon("output"),
      isTransient: true,
    });
    this.open.set(attempt_id, terminal);
    terminal.show(true);
  }

  dispose(): void {
    this.listener.dispose();
    for (const terminal of this.open.values()) {
      terminal.dispose();
    }
  }
}
