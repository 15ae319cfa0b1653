import * as vscode from "vscode";
import { errorInWords, type HopperError } from "../core/base/errors";
import { commands } from "./contributions";
import { asMessage } from "./foreignText";
import { t } from "./l10n";

/** Says why something cannot be done, with the action that mends it where there is one. */
export async function showRefusal(error: HopperError): Promise<void> {
  const remedy = remedies[error.kind];
  const choice = await vscode.window.showErrorMessage(
    asMessage(errorInWords(error)),
    ...(remedy === undefined ? [] : [remedy.title()]),
  );
  if (choice !== undefined && remedy !== undefined) {
    await vscode.commands.executeCommand(remedy.command);
  }
}

/** Titles are made when they are shown: the language is known then. */
const remedies: Readonly<
  Partial<Record<HopperError["kind"], { readonly title: () => string; readonly command: string }>>
> = {
  foreign: { title: () => t("Adopt Queue"), command: commands.adoptQueue },
  damaged: { title: () => t("Repair Queue"), command: commands.repairQueue },
  storage: { title: () => t("Try Again"), command: commands.reopenQueue },
};
