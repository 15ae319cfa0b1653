import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { commands } from "../../src/vscode/contributions";
import { isQueueNode, type PhaseNode } from "../../src/vscode/tree/nodes";

const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";

/** A file of the workspace. */
export const file = (name: string): string => join(folder, name);

const patience = 30_000;

/** Waits until something is so; the condition may ask the editor. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + patience;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `it did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Confirms what is shown to choose from, as Enter does; again, should it not be shown yet. */
export async function confirmUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + patience;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `it did not happen: ${what}`);
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Writes a file and opens it in an editor. */
export async function show(name: string, text: string): Promise<vscode.TextEditor> {
  writeFileSync(file(name), text);
  const document = await vscode.workspace.openTextDocument(file(name));
  return vscode.window.showTextDocument(document);
}

/** Puts another text into an editor, without saving it. */
export async function type(editor: vscode.TextEditor, text: string): Promise<void> {
  const { document } = editor;
  const everything = new vscode.Range(0, 0, document.lineCount, 0);
  await editor.edit((edit) => edit.replace(everything, text));
}

/** The lenses of a document, as "line: title". */
export async function lensesOf({ uri }: vscode.TextDocument): Promise<string[]> {
  return (await codeLensesOf(uri)).map(
    ({ range, command }) => `${range.start.line}: ${command?.title ?? ""}`,
  );
}

/** Clicks the lens with this title. */
export async function clickLens({ uri }: vscode.TextDocument, title: RegExp): Promise<void> {
  const lens = (await codeLensesOf(uri)).find(({ command }) => title.test(command?.title ?? ""));
  assert.ok(lens?.command, `there is a lens ${String(title)}`);
  const { command } = lens.command;
  const args: readonly unknown[] = lens.command.arguments ?? [];
  void vscode.commands.executeCommand(command, ...args);
}

/** The row of the phase below the heading in this line, as the tree's menus pass it to commands. */
export async function phaseAt({ uri }: vscode.TextDocument, line: number): Promise<PhaseNode> {
  const lenses = (await codeLensesOf(uri)).filter(({ range }) => range.start.line === line);
  const args = lenses.flatMap(({ command }): unknown[] => command?.arguments ?? []);
  const node = args.filter(isQueueNode).find(({ kind }) => kind === "phase");
  assert.ok(node?.kind === "phase", `a lens in line ${line} is about a phase`);
  return node;
}

async function codeLensesOf(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    "vscode.executeCodeLensProvider",
    uri,
    1000,
  );
  for (const { command } of lenses) {
    if (command) {
      command.title = command.title.replaceAll("\u00a0", " ");
    }
  }
  return lenses.filter(({ command }) => command !== undefined);
}

/** Enqueues a plan as the menus do. */
export function enqueue({ uri }: vscode.TextDocument): void {
  void vscode.commands.executeCommand(commands.enqueuePhases, uri);
}
