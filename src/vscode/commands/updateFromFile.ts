import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import type { UpdateRequest } from "../../core/protocol/commands";
import { commands } from "../contributions";
import type { PlanDocument } from "../editor/openPlans";
import type { PlanDocuments } from "../editor/planDocuments";
import { changesOf } from "../editor/planMarks";
import type { StoredTexts } from "../editor/storedTexts";
import { t } from "../l10n";
import { asLabel } from "../foreignText";
import type { FolderQueue } from "../queues/folderQueue";
import { isQueueNode } from "../tree/nodes";
import type { CommandHandler } from "./register";
import { type Choice, runningOnes, together, updateChoices } from "./updateChoices";

/** Looking at, and taking over, what a plan's file has changed since it was enqueued. */
export function updateCommands(documents: PlanDocuments, stored: StoredTexts) {
  return {
    [commands.showChanges]: async (target, line) => {
      const file = fileOf(target);
      const plan = await planIn(file, documents);
      await stored.compare(file, typeof line === "number" ? line : lineOf(target, plan));
    },
    [commands.updateFromFile]: async (target, about) => {
      const plan = await planIn(fileOf(target), documents);
      const choice = choiceOf(about ?? target) ?? (await pickChanges(plan));
      const { queue, marks } = plan;
      if (!queue || !marks.plan) {
        throw notEnqueued();
      }
      const hopper = await queue.commands();
      const { message } = await hopper.updatePlan({
        planId: marks.plan.plan_id,
        ...choice,
        ...(await asShown(plan, queue)),
      });
      vscode.window.setStatusBarMessage(message, 6000);
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

/**
 * The text that the user saw, and chose by, saved or not: another one is refused.
 *
 * @throws HopperError `conflict` when the text has changed since.
 */
async function asShown(
  { document, version }: PlanDocument,
  { path: workspace }: FolderQueue,
): Promise<Pick<UpdateRequest, "markdown" | "sha256">> {
  const changed = new HopperError(
    "conflict",
    t("The file changed since it was shown; nothing was stored. Look at it again first."),
  );
  if (document.version !== version) {
    throw changed;
  }
  if (document.isDirty) {
    return { markdown: document.getText() };
  }
  const { readPlanText } = await import("../../core/coordinator/planSource");
  const { text, sha256 } = readPlanText({ path: document.uri.fsPath }, workspace);
  if (inLines(text) !== inLines(document.getText())) {
    throw changed;
  }
  return { sha256 };
}

/** An editor gives all lines of a file the same end. */
function inLines(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
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

/** Where the phase of a row stands in its file. */
function lineOf(target: unknown, { marks }: PlanDocument): number {
  const id = isQueueNode(target) && target.kind === "phase" ? target.phase.queue_id : undefined;
  const mark = marks.marks.find(({ phase }) => phase?.queue_id === id);
  return id === undefined ? 0 : (mark?.written.startLine ?? 0);
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

/** Offers every change. */
async function pickChanges({ marks }: PlanDocument): Promise<Choice> {
  const changes = changesOf(marks);
  const items = updateChoices(changes);
  const running = runningOnes(changes);
  if (items.length === 0) {
    throw new HopperError(
      "conflict",
      running === "" ? t("The queue has what the file has: nothing differs.") : running,
    );
  }
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: t("Update from File: {0}", asLabel(marks.title)),
    placeHolder:
      running === ""
        ? t("Running and completed phases keep the text they were started with")
        : running,
  });
  if (!picked || picked.length === 0) {
    throw new vscode.CancellationError();
  }
  return together(picked.map(({ choice }) => choice));
}
