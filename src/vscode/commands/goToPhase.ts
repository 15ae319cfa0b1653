import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import { commands } from "../contributions";
import type { PhaseNode } from "../tree/nodes";
import type { CommandHandler } from "./register";
import type { Targets } from "./targets";
import { t } from "../l10n";

/** Opens plans at their phases. */
export function goToPhaseCommand(targets: Targets) {
  return {
    [commands.goToPhase]: async (...args) => {
      const [plan] = targets.plans(args);
      if (plan) {
        await openAt(sourceOf(plan.plan.source_path), () => 0);
        return;
      }
      const node = await targets.phase(args, "goTo", t("Go to Which Phase?"));
      const { parsePlan } = await import("../../core/plan/parsePlan");
      await openAt(sourceOf(node.plan.source_path), (text) =>
        lineOf(node, parsePlan(text, { runners: new Map() }).phases),
      );
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

/** Opens a file with its cursor in this line, which is found in the text the editor has. */
export async function openAt(path: string, line: (text: string) => number): Promise<void> {
  try {
    await readFile(path);
  } catch (error) {
    throw new HopperError("notFound", t("{0} is not there any more.", path), { cause: error });
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
  const position = new vscode.Position(Math.max(0, line(document.getText())), 0);
  const selection = new vscode.Range(position, position);
  const editor = await vscode.window.showTextDocument(document, { selection });
  editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function sourceOf(path: string | undefined): string {
  if (path === undefined) {
    throw new HopperError("notFound", t("This plan came as text, not from a file."));
  }
  return path;
}

/** The file may have changed since: a phase is found by its label, else its number or its title. */
function lineOf(
  { phase }: PhaseNode,
  phases: readonly {
    readonly label: string;
    readonly number: number;
    readonly title: string;
    readonly startLine: number;
  }[],
): number {
  const found =
    phases.find(({ label }) => label !== "" && label === phase.label) ??
    phases.find(({ number }) => number === phase.phase_number) ??
    phases.find(({ title }) => title === phase.phase_data.title);
  if (!found) {
    throw new HopperError(
      "notFound",
      t("Phase {0} is no longer in the plan's file: it was changed since.", phase.phase_number),
    );
  }
  return found.startLine;
}
