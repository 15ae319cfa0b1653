import * as vscode from "vscode";
import type { Runners } from "../../core/protocol/runners";
import { t } from "../l10n";
import type { PlanDraft, ReadDraft } from "./planDraft";
import { type PreviewAction, type PreviewItem, previewItems, runsInWords } from "./previewItems";

/** What the user decided on a plan. */
export type PreviewDecision =
  | { readonly kind: "enqueue"; readonly read: ReadDraft; readonly runner: string }
  | { readonly kind: "goTo"; readonly line: number }
  | { readonly kind: "trust" }
  | { readonly kind: "leave" };

type Pick = vscode.QuickPickItem & { readonly action: PreviewAction };

/**
 * Shows what a plan would become, and waits for a decision; nothing is stored here. Problems and
 * phases are there to be read, and lead to their lines.
 */
export async function showPreview(
  draft: PlanDraft,
  runners: Runners,
  defaultRunner: string,
): Promise<PreviewDecision> {
  let runner = defaultRunner;
  let read = await draft.read(runners, runner);
  for (;;) {
    const { plan, unsaved } = read;
    const trusted = vscode.workspace.isTrusted;
    const items = previewItems({ plan, runners, runner, unsaved, trusted });
    const action = await pick(draft, unsaved, items);
    const shown = read.sha256;
    switch (action?.kind) {
      case undefined:
      case "heading":
        return { kind: "leave" };
      case "enqueue":
        // The preview stays open while the user writes on: only what was shown is enqueued.
        read = await draft.read(runners, runner);
        if (read.sha256 === shown) {
          return { kind: "enqueue", read, runner };
        }
        void vscode.window.showWarningMessage(
          t("{0} changed since it was shown: look at it again.", draft.name),
        );
        break;
      case "goTo":
      case "trust":
        return action;
      case "chooseRunner":
        runner = (await chooseRunner(draft, runners, runner)) ?? runner;
        read = await draft.read(runners, runner);
    }
  }
}

async function pick(
  { name }: PlanDraft,
  unsaved: boolean,
  items: readonly PreviewItem[],
): Promise<PreviewAction | undefined> {
  const isPlan = items.some(({ action }) => action.kind === "enqueue");
  const picked = await vscode.window.showQuickPick(items.map(pickOf), {
    title: unsaved ? t("Enqueue Phases: {0} (unsaved)", name) : t("Enqueue Phases: {0}", name),
    placeHolder: isPlan
      ? t("Enter enqueues; choose a phase or a problem to go to its line")
      : t("Nothing can be enqueued yet; choose a problem to go to its line"),
    matchOnDescription: true,
    matchOnDetail: true,
    // The user may look into the plan, or at the log, before deciding.
    ignoreFocusOut: true,
  });
  return picked?.action;
}

function pickOf({ label, description, detail, action }: PreviewItem): Pick {
  return {
    label,
    action,
    ...(description !== undefined && { description }),
    ...(detail !== undefined && { detail }),
    ...(action.kind === "heading" && { kind: vscode.QuickPickItemKind.Separator }),
  };
}

async function chooseRunner(
  draft: PlanDraft,
  runners: Runners,
  current: string,
): Promise<string | undefined> {
  const items = [...runners].map(([name, definition]) => ({
    label: name,
    description: [definition.description, name === current ? "(current)" : undefined]
      .filter((part) => part !== undefined)
      .join(" "),
    detail: runsInWords(definition),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t("Runner of phases that name none: {0}", draft.name),
    placeHolder: t("Own runners are defined in the setting phaseHopper.runners"),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return picked?.label;
}
