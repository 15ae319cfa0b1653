import type * as vscode from "vscode";
import type { Disposable } from "../../core/base/lifecycle";
import type { QueueNode } from "../tree/nodes";

/** The rows that are selected: the view itself knows none while the editor draws it anew. */
export class SelectedRows implements Disposable {
  private rows: readonly QueueNode[] = [];
  private readonly listener: Disposable;

  constructor(view: vscode.TreeView<QueueNode>) {
    this.listener = view.onDidChangeSelection(({ selection }) => {
      this.rows = selection;
    });
  }

  get all(): readonly QueueNode[] {
    return this.rows;
  }

  dispose(): void {
    this.listener.dispose();
  }
}
