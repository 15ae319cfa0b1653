import * as vscode from "vscode";
import { errorInWords, HopperError } from "../../core/base/errors";
import type { Logger } from "../../core/base/log";
import { type CommandId, commands } from "../contributions";
import { asMessage } from "../foreignText";
import { showRefusal } from "../refusals";
import type { Outcome } from "./outcome";
import { t } from "../l10n";

/** What carries out a command; the arguments are whatever its menu passes. */
export type CommandHandler = (...args: readonly unknown[]) => unknown;

/** Carries out one of the extension's commands, and throws what it throws. */
export type CarryOut = (id: CommandId, ...args: readonly unknown[]) => unknown;

/** Registers every command; what one of them throws is said to the user, where it happened. */
export function registerCommands(carryOut: CarryOut, logger: Logger): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.values(commands).map((id) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        try {
          return await carryOut(id, ...args);
        } catch (error) {
          await tell(error, id, logger);
          return undefined;
        }
      }),
    ),
  );
}

/** Says in the status bar what was done; what was not is thrown, for {@link tell}. */
export function say({ message, error }: Outcome): void {
  if (message !== "") {
    vscode.window.setStatusBarMessage(message, 6000);
  }
  if (error !== undefined) {
    throw error;
  }
}

/** An expected problem is said as it is; a bug with the way to its details. */
export async function tell(error: unknown, id: string, logger: Logger): Promise<void> {
  if (error instanceof vscode.CancellationError) {
    return;
  }
  if (error instanceof HopperError) {
    logger.warn(`${id}: ${error.message}`);
    await showRefusal(error);
    return;
  }
  logger.error(`${id} failed.`, error);
  const choice = await vscode.window.showErrorMessage(
    asMessage(`Phase Hopper: ${errorInWords(error)}`),
    t("Show Details"),
  );
  if (choice !== undefined) {
    await vscode.commands.executeCommand(commands.showOutput);
  }
}
