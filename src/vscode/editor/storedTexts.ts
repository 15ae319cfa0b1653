import { basename } from "node:path";
import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import { HopperError } from "../../core/base/errors";
import { t } from "../l10n";
import type { PlanDocuments } from "./planDocuments";
import { storedText } from "./planMarks";

const scheme = "phase-hopper-stored";

/** Plans' files as the queue has them, to be compared with what is in the editor. */
export class StoredTexts implements vscode.TextDocumentContentProvider, Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<vscode.Uri>());
  /** Files whose stored text was asked for. */
  private readonly shown = new Set<string>();

  readonly onDidChange = this.changed.event;

  constructor(private readonly documents: PlanDocuments) {
    this.disposables.add(
      documents.onDidChange(({ document: { uri } }) => {
        if (this.shown.has(uri.toString())) {
          this.changed.fire(storedUri(uri));
        }
      }),
    );
    this.disposables.add(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  /** Shows what differs between the queue and a file, at a line of the file. */
  async compare(file: vscode.Uri, line: number): Promise<void> {
    await vscode.workspace.openTextDocument(file);
    const title = t("{0} (in the queue ↔ file)", basename(file.path));
    const position = new vscode.Position(line, 0);
    await vscode.commands.executeCommand("vscode.diff", storedUri(file), file, title, {
      selection: new vscode.Range(position, position),
    });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const file = vscode.Uri.parse(uri.query);
    this.shown.add(file.toString());
    const document = await vscode.workspace.openTextDocument(file);
    const plan = await this.documents.read(document);
    if (!plan?.marks.plan) {
      throw new HopperError("notFound", t("This plan is not enqueued."));
    }
    return storedText(document.getText(), plan.marks);
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

function storedUri(file: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({ scheme, path: file.path, query: file.toString() });
}
