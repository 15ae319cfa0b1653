import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import type { UpdateRequest } from "../../core/protocol/commands";
import { commands } from "../contributions";
import type { PlanDocument, PlanDocuments } from "../editor/planDocuments";
import { changesOf } from "../editor/planMarks";
import type { StoredTexts } from "../editor/storedTexts";
import { t } from "../l10n";
import { isQueueNode } from "../tree/nodes";
import { nameOf } from "../words";
import type { CommandHandler } from "./register";

type Choice = Pick<UpdateRequest, "update" | "add" | "remove">;

/** Looking at, and taking over, what a plan's file has changed since it was enqueued. */
export function updateCommands(documents: PlanDocuments, stored: StoredTexts) {
  return {
    [commands.showChanges]: async (target, line) => {
      const file = fileOf(target);
      await planIn(file, documents);
      await stored.compare(file, typeof line === "number" ? line : 0);
    },
    [commands.updateFromFile]: async (target, about) => {
      const plan = await planIn(fileOf(target), documents);
      const choice = choiceOf(about ?? target) ?? (await pickChanges(plan));
      const { queue, document, marks } = plan;
      if (!queue || !marks.plan) {
        throw notEnqueued();
      }
      const hopper = await queue.commands();
      const { message } = await hopper.updatePlan({
        planId: marks.plan.plan_id,
        ...choice,
        // What the editor shows is what is taken, saved or not.
        ...(document.isDirty && { markdown: document.getText() }),
      });
      vscode.window.setStatusBarMessage(message, 6000);
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

/** The file that a lens, a row or a menu names, else that of the active editor. */
function fileOf(target: unknown): vscode.Uri {
  if (target instanceof vscode.Uri) {
    return target;
  }
  const path =
    isQueueNode(target) && target.kind !== "folder" ? target.plan.source_path : undefined;
  const uri = path === undefined ? undefined : vscode.Uri.file(path);
  const active = uri ?? vscode.window.activeTextEditor?.document.uri;
  if (!active) {
    throw notEnqueued();
  }
  return active;
}

async function planIn(file: vscode.Uri, documents: PlanDocuments): Promise<PlanDocument> {
  const document = await vscode.workspace.openTextDocument(file);
  const plan = await documents.read(document);
  if (!plan?.marks.plan) {
    throw notEnqueued();
  }
  return plan;
}

function notEnqueued(): HopperError {
  return new HopperError("notFound", t("This plan is not enqueued: there is nothing to update."));
}

/** One phase, where the command is about one. */
function choiceOf(about: unknown): Choice | undefined {
  if (isQueueNode(about) && about.kind === "phase") {
    return { update: [about.phase.queue_id] };
  }
  const added = typeof about === "object" && about !== null && "add" in about ? about.add : "";
  return typeof added === "number" ? { add: [added] } : undefined;
}

/** Offers every change. Other texts are picked already; what comes or goes is for the user to say. */
async function pickChanges({ marks }: PlanDocument): Promise<Choice> {
  const { differing, added, removed } = changesOf(marks);
  const items: (vscode.QuickPickItem & { readonly choice: Choice })[] = [
    ...differing.map(({ written, phase }) => ({
      label: `$(diff-modified) Phase ${written.number}: ${written.title}`,
      description: t("take the file's text"),
      picked: true,
      choice: { update: phase ? [phase.queue_id] : [] },
    })),
    ...added.map(({ written }) => ({
      label: `$(diff-added) Phase ${written.number}: ${written.title}`,
      description: t("add to the queue"),
      choice: { add: [written.number] },
    })),
    ...removed.map((phase) => ({
      label: `$(diff-removed) ${nameOf(phase)}`,
      description: t("remove from the queue"),
      choice: { remove: [phase.queue_id] },
    })),
  ];
  if (items.length === 0) {
    throw new HopperError("conflict", t("The queue has what the file has: nothing differs."));
  }
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: t("Update from File: {0}", marks.title),
    placeHolder: t("Running and completed phases keep the text they were started with"),
  });
  if (!picked || picked.length === 0) {
    throw new vscode.CancellationError();
  }
  const choices = picked.map(({ choice }) => choice);
  return {
    update: choices.flatMap(({ update = [] }) => update),
    add: choices.flatMap(({ add = [] }) => add),
    remove: choices.flatMap(({ remove = [] }) => remove),
  };
}
