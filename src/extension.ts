import { commands, type ExtensionContext, window } from "vscode";

/** Called by VS Code when one of our commands or views is first used. */
export function activate(context: ExtensionContext): void {
  context.subscriptions.push(
    commands.registerCommand("phaseHopper.enqueue", () =>
      window.showInformationMessage("Phase Hopper is here."),
    ),
  );
}
