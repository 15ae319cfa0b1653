import * as vscode from "vscode";
import { DisposableStore, type Disposable } from "../../core/base/lifecycle";

const scheme = "phase-hopper-issues";

/** What would be written to GitHub, in editors that can be read and closed, and nothing else. */
export class IssuePreviews implements vscode.TextDocumentContentProvider, Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<vscode.Uri>());
  /** By the URI of the editor; kept while that is open. */
  private readonly texts = new Map<string, string>();

  readonly onDidChange = this.changed.event;

  constructor() {
    this.disposables.add(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
    this.disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    );
  }

  /** Opens a preview, or brings the one of this title up to date. */
  async show(title: string, markdown: string): Promise<void> {
    const name = title.replaceAll("/", "∕");
    const uri = vscode.Uri.from({ scheme, path: `/${name}.md` });
    this.texts.set(uri.toString(), markdown);
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  dispose(): void {
    this.disposables.dispose();
  }
}
