import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import { type PhaseStatus, phaseStatuses } from "../../core/protocol/terms";
import { statusColors } from "../contributions";
import { statusPicture } from "./statusPicture";
import type { PlanDocuments } from "./planDocuments";

/** The status of each phase beside its heading and in the overview ruler. */
export class PlanGutter implements Disposable {
  private readonly disposables = new DisposableStore();
  /** Made with the first plan that is shown. */
  private types: ReadonlyMap<PhaseStatus, vscode.TextEditorDecorationType> | undefined;

  constructor(private readonly documents: PlanDocuments) {
    this.disposables.add(documents.onDidChange(({ document }) => this.draw(document.uri)));
    this.disposables.add(
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const { document } of editors) {
          this.draw(document.uri);
        }
      }),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private draw(uri: vscode.Uri): void {
    const editors = vscode.window.visibleTextEditors.filter(
      ({ document }) => document.uri.toString() === uri.toString(),
    );
    const plan = this.documents.latest(uri);
    if (editors.length === 0 || (!plan && !this.types)) {
      return;
    }
    if (plan && plan.version !== plan.document.version) {
      // What is drawn moves with the text; the next reading puts it right.
      return;
    }
    this.types ??= this.makeTypes();
    for (const [status, type] of this.types) {
      const ranges = (plan?.marks.marks ?? [])
        .filter(({ phase }) => phase?.status === status)
        .map(({ written: { startLine } }) => new vscode.Range(startLine, 0, startLine, 0));
      for (const editor of editors) {
        editor.setDecorations(type, ranges);
      }
    }
  }

  private makeTypes(): ReadonlyMap<PhaseStatus, vscode.TextEditorDecorationType> {
    return new Map(phaseStatuses.map((status) => [status, this.disposables.add(typeOf(status))]));
  }
}

function typeOf(status: PhaseStatus): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    overviewRulerColor: new vscode.ThemeColor(statusColors[status]),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    gutterIconSize: "75%",
    light: { gutterIconPath: vscode.Uri.parse(statusPicture(status, "light")) },
    dark: { gutterIconPath: vscode.Uri.parse(statusPicture(status, "dark")) },
  });
}
