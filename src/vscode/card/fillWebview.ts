import * as vscode from "vscode";
import { cardDocument } from "./cardDocument";

/** Lets a webview show the card, and load nothing but what the build made for it. */
export function fillWebview(webview: vscode.Webview, extension: vscode.Uri): void {
  const resources = vscode.Uri.joinPath(extension, "dist", "card");
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(resources, name)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [resources] };
  webview.html = cardDocument({
    cspSource: webview.cspSource,
    script: file("main.js"),
    style: file("main.css"),
    texts: vscode.l10n.bundle,
  });
}
