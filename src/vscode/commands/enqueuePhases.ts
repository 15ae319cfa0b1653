import { basename } from "node:path";
import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import type { EnqueueRequest } from "../../core/protocol/commands";
import type { PlanItem } from "../../core/protocol/queue";
import { commands } from "../contributions";
import { draftOf, type PlanDraft, type ReadDraft, requestOf } from "../enqueue/planDraft";
import { type PreviewDecision, showPreview } from "../enqueue/preview";
import { asMessage } from "../foreignText";
import { t } from "../l10n";
import type { FolderQueue } from "../queues/folderQueue";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Services } from "../services";
import { openAt } from "./goToPhase";
import type { CommandHandler } from "./register";

/** More files than that are no list to pick from. */
const mostFiles = 2000;

/** Shows the plan it was enqueued as. */
export type RevealPlan = (planId: string) => Promise<void>;

/** Enqueuing plans: from the explorer, an editor, a tab, the tree's welcome, or the palette. */
export function enqueueCommands(queues: WorkspaceQueues, services: Services, reveal: RevealPlan) {
  return {
    [commands.enqueuePhases]: async (first, selected) => {
      for (const uri of await chosenFiles(first, selected)) {
        await enqueue(uri, queues, services, reveal);
      }
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

async function enqueue(
  uri: vscode.Uri,
  queues: WorkspaceQueues,
  services: Services,
  reveal: RevealPlan,
): Promise<void> {
  const queue = queues.of(uri);
  if (!queue) {
    throw new HopperError(
      "usage",
      t(
        "{0} lies in no folder of this workspace: add its folder, since phases run in it.",
        uri.fsPath,
      ),
    );
  }
  const { configuration } = services;
  await configuration.prepare();
  const draft = draftOf(uri, queue, services);
  const decision = await showPreview(draft, configuration.runners(), configuration.defaultRunner());
  switch (decision.kind) {
    case "leave":
      return;
    case "trust":
      await vscode.commands.executeCommand("workbench.trust.manage");
      return;
    case "goTo":
      await openAt(draft.path, () => decision.line);
      return;
    case "enqueue":
      await store(queue, draft, decision, reveal);
  }
}

async function store(
  queue: FolderQueue,
  draft: PlanDraft,
  { read, runner }: Extract<PreviewDecision, { readonly kind: "enqueue" }>,
  reveal: RevealPlan,
): Promise<void> {
  const hopper = await queue.commands();
  const known = await unfinishedPlan(queue, read);
  const how =
    known && (await whatAboutIt(queue, draft, known, known.source_sha256 !== read.sha256));
  if (how === "continue" && known) {
    queue.run();
    await reveal(known.plan_id);
    return;
  }
  const request: EnqueueRequest = {
    ...requestOf(draft.path, read),
    runner,
    ...(how !== undefined && how !== "continue" && { ifEnqueued: how }),
  };
  const { planId, phases } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t("Enqueuing {0}…", draft.name) },
    () => hopper.enqueue(request),
  );
  await reveal(planId);
  const count = phases.length;
  vscode.window.setStatusBarMessage(
    count === 1 ? t("1 phase was enqueued.") : t("{0} phases were enqueued.", count),
    6000,
  );
}

async function unfinishedPlan(
  queue: FolderQueue,
  { sourcePath }: ReadDraft,
): Promise<PlanItem | undefined> {
  const { unfinishedPlanFrom } = await import("../../core/coordinator/enqueuePlan");
  return queue.reader && unfinishedPlanFrom(queue.reader, sourcePath);
}

/** The same plan again: go on with what is stored, put the new text in its place, or have both. */
async function whatAboutIt(
  { reader }: FolderQueue,
  draft: PlanDraft,
  plan: PlanItem,
  changed: boolean,
): Promise<"continue" | "replace" | "again"> {
  const counts = reader?.counts(plan.plan_id) ?? new Map<string, number>();
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const continues = changed ? t("Continue with the Stored Text") : t("Continue");
  const answers = new Map([
    [continues, "continue"],
    [t("Replace"), "replace"],
    [t("Enqueue a Second Copy"), "again"],
  ] as const);
  const answer = await vscode.window.showInformationMessage(
    t("{0} is enqueued already and not finished.", draft.name),
    {
      modal: true,
      detail: [
        t("{0} of its {1} phases are completed.", counts.get("completed") ?? 0, all),
        changed ? t("The file has changed since: the stored phases have the old text.") : "",
      ]
        .join(" ")
        .trim(),
    },
    ...answers.keys(),
  );
  const choice = answer === undefined ? undefined : answers.get(answer);
  if (choice === undefined) {
    throw new vscode.CancellationError();
  }
  return choice;
}

/** The files a menu was opened on, else the plan that is being edited, else one to pick. */
async function chosenFiles(first: unknown, selected: unknown): Promise<readonly vscode.Uri[]> {
  const uris = Array.isArray(selected) ? selected.filter(isUri) : [];
  // A menu can be opened on a file beside the selected ones: then that file alone is meant.
  if (isUri(first) && uris.some((uri) => uri.toString() === first.toString())) {
    return markdownOf(first, uris);
  }
  if (isUri(first)) {
    return [first];
  }
  const document = vscode.window.activeTextEditor?.document;
  if (document && (await isPlan(document))) {
    return [document.uri];
  }
  return [await pickFile()];
}

/** Of the selected files those that are Markdown, and the clicked one; what is left out is said. */
async function markdownOf(
  clicked: vscode.Uri,
  selected: readonly vscode.Uri[],
): Promise<readonly vscode.Uri[]> {
  const isMeant = await Promise.all(
    selected.map(async (uri) => uri.toString() === clicked.toString() || isMarkdown(uri)),
  );
  const others = selected.filter((_, index) => isMeant[index] !== true);
  if (others.length > 0) {
    const names = others.map(({ path }) => basename(path)).join(", ");
    void vscode.window.showInformationMessage(
      asMessage(t("Left out, since only Markdown files can be plans: {0}", names)),
    );
  }
  return selected.filter((_, index) => isMeant[index] === true);
}

/** As the editor sees it, whatever the file is called; folders and what is no text are not. */
async function isMarkdown(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.openTextDocument(uri)).languageId === "markdown";
  } catch {
    return false;
  }
}

async function isPlan(document: vscode.TextDocument): Promise<boolean> {
  if (document.languageId !== "markdown" || document.uri.scheme !== "file") {
    return false;
  }
  const { parsePlan } = await import("../../core/plan/parsePlan");
  return parsePlan(document.getText(), { runners: new Map() }).phases.length > 0;
}

async function pickFile(): Promise<vscode.Uri> {
  const files = await vscode.workspace.findFiles(
    "**/*.{md,markdown}",
    "{**/node_modules/**,**/.hopper/**}",
    mostFiles,
  );
  if (files.length === 0) {
    throw new HopperError(
      "notFound",
      t(
        'There is no Markdown file in this workspace: write a plan with headings like "## Phase 1: Setup".',
      ),
    );
  }
  const items = files
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const picked = await vscode.window.showQuickPick(items, {
    title: t("Enqueue the Phases of Which Plan?"),
    ...(files.length === mostFiles && {
      placeHolder: t("Only {0} files are listed: open another one to enqueue it", mostFiles),
    }),
  });
  if (!picked) {
    throw new vscode.CancellationError();
  }
  return picked.uri;
}

function isUri(value: unknown): value is vscode.Uri {
  return value instanceof vscode.Uri;
}
