import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** Where the build puts the card's script, styles and icon font: all that its page may load. */
export function cardResources(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, "dist", "card");
}

/**
 * The page of a card: a frame without any data, which comes in messages. Nothing runs or is loaded but
 * what we built.
 */
export function cardHtml(webview: vscode.Webview, resources: vscode.Uri): string {
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(resources, name)).toString();
  const nonce = randomBytes(24).toString("base64url");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Phase Hopper</title>
    <link rel="stylesheet" href="${file("main.css")}" />
  </head>
  <body>
    <div id="card"></div>
    <script nonce="${nonce}" src="${file("main.js")}"></script>
  </body>
</html>`;
}
