import * as vscode from "vscode";
import type { HopperError } from "../core/base/errors";
import { commands } from "./contributions";
import { asMessage } from "./foreignText";

/** Says why something cannot be done, with the action that mends it where there is one. */
export async function showRefusal(error: HopperError): Promise<void> {
  const remedy = remedies[error.kind];
  const choice = await vscode.window.showErrorMessage(
    asMessage(error.message),
    ...(remedy === undefined ? [] : [remedy.title]),
  );
  if (choice !== undefined && remedy !== undefined) {
    await vscode.commands.executeCommand(remedy.command);
  }
}

const remedies: Readonly<
  Partial<Record<HopperError["kind"], { readonly title: string; readonly command: string }>>
> = {
  foreign: { title: "Adopt Queue", command: commands.adoptQueue },
  damaged: { title: "Repair Queue", command: commands.repairQueue },
  storage: { title: "Try Again", command: commands.reopenQueue },
};
