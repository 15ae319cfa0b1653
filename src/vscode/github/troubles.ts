import { said, t } from "../l10n";
import * as vscode from "vscode";
import type { MirrorTrouble } from "../../core/protocol/mirrors";
import { commands } from "../contributions";
import { asMessage } from "../foreignText";

/** Tells what keeps a plan from GitHub, with what can be done about it. */
export async function tellMirrorTrouble({ kind, words, url }: MirrorTrouble): Promise<void> {
  const action = url !== undefined ? t("Open") : kind === "signIn" ? t("Sign In") : t("Sync Now");
  const choice = await vscode.window.showWarningMessage(asMessage(said(words)), action);
  if (choice === undefined) {
    return;
  }
  if (url !== undefined) {
    await vscode.env.openExternal(vscode.Uri.parse(url));
  } else {
    await vscode.commands.executeCommand(commands.syncIssues);
  }
}
