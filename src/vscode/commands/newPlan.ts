import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import { commands } from "../contributions";
import { t } from "../l10n";
import type { CommandHandler } from "./register";

/** Files of media/templates; titles are made when they are shown: the language is known then. */
const templates: readonly {
  readonly file: string;
  readonly label: () => string;
  readonly detail: () => string;
}[] = [
  {
    file: "chain.md",
    label: () => `$(list-ordered) ${t("Build, test, report")}`,
    detail: () => t("Commands one after another, with a time-out, a retry and a check"),
  },
  {
    file: "branches.md",
    label: () => `$(git-merge) ${t("Several at once")}`,
    detail: () => t("Two phases side by side, and one that waits for both"),
  },
  {
    file: "review.md",
    label: () => `$(person) ${t("A person in the loop")}`,
    detail: () => t("A checkpoint, and a phase that somebody decides on"),
  },
];

/** Begins a plan from a template: a new file in the workspace, open in an editor. */
export function newPlanCommand(extension: vscode.Uri) {
  return {
    [commands.newPlan]: async () => {
      const folder = await chooseFolder();
      const template = await vscode.window.showQuickPick(
        templates.map(({ file, label, detail }) => ({ file, label: label(), detail: detail() })),
        { title: t("New Plan from Template") },
      );
      if (!template) {
        throw new vscode.CancellationError();
      }
      const file = await chooseName(folder);
      const source = vscode.Uri.joinPath(extension, "media", "templates", template.file);
      await vscode.workspace.fs.copy(source, file, { overwrite: false });
      await vscode.window.showTextDocument(file);
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

async function chooseFolder(): Promise<vscode.Uri> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new HopperError("usage", t("Open a folder first: a plan runs in one."));
  }
  const [only] = folders;
  const chosen = folders.length === 1 ? only : await vscode.window.showWorkspaceFolderPick();
  if (!chosen) {
    throw new vscode.CancellationError();
  }
  return chosen.uri;
}

async function chooseName(folder: vscode.Uri): Promise<vscode.Uri> {
  const free = freeName(folder.fsPath);
  const name = await vscode.window.showInputBox({
    title: t("Name of the Plan's File"),
    value: free,
    valueSelection: [0, free.length - ".md".length],
    validateInput: (value) => complaint(folder.fsPath, value.trim()),
  });
  if (name === undefined) {
    throw new vscode.CancellationError();
  }
  return vscode.Uri.joinPath(folder, withExtension(name.trim()));
}

function complaint(folder: string, name: string): string | undefined {
  if (name === "" || /^[/\\]|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(name)) {
    return t("Write a name inside the workspace folder, such as plan.md.");
  }
  return existsSync(join(folder, withExtension(name)))
    ? t("{0} is there already.", withExtension(name))
    : undefined;
}

function withExtension(name: string): string {
  return /\.(md|markdown)$/i.test(name) ? name : `${name}.md`;
}

/** "plan.md", or "plan-2.md" where that is there. */
function freeName(folder: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? "plan.md" : `plan-${number}.md`;
    if (!existsSync(join(folder, name))) {
      return name;
    }
  }
}
