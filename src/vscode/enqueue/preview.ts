import * as vscode from "vscode";
import type { LoadedPlan } from "../../core/coordinator/planSource";
import type { Runners } from "../../core/protocol/runners";
import type { PlanDraft } from "./planDraft";
import { type PreviewAction, type PreviewItem, previewItems, runsInWords } from "./previewItems";

/** What the user decided on a plan. */
export type PreviewDecision =
  | { readonly kind: "enqueue"; readonly loaded: LoadedPlan; readonly runner: string }
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
  for (;;) {
    const loaded = await draft.load(runners, runner);
    const items = previewItems({
      plan: loaded.plan,
      runners,
      runner,
      unsaved: draft.unsaved,
      trusted: vscode.workspace.isTrusted,
    });
    const action = await pick(draft, items);
    switch (action?.kind) {
      case undefined:
      case "heading":
        return { kind: "leave" };
      case "enqueue":
        return { kind: "enqueue", loaded, runner };
      case "goTo":
      case "trust":
        return action;
      case "chooseRunner":
        runner = (await chooseRunner(draft, runners, runner)) ?? runner;
    }
  }
}

async function pick(
  draft: PlanDraft,
  items: readonly PreviewItem[],
): Promise<PreviewAction | undefined> {
  const isPlan = items.some(({ action }) => action.kind === "enqueue");
  const picked = await vscode.window.showQuickPick(items.map(pickOf), {
    title: `Enqueue Phases: ${draft.name}${draft.unsaved ? " (unsaved)" : ""}`,
    placeHolder: isPlan
      ? "Enter enqueues; choose a phase or a problem to go to its line"
      : "Nothing can be enqueued yet; choose a problem to go to its line",
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
    title: `Runner of phases that name none: ${draft.name}`,
    placeHolder: "Own runners are defined in the setting phaseHopper.runners",
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return picked?.label;
}
