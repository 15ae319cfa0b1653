import * as vscode from "vscode";
import type { PlanProblem } from "../../core/protocol/plan";
import type { Configuration } from "../configuration";
import { diagnosticOf } from "./diagnostics";
import type { LineEdit } from "./lineEdits";
import type { PlanDocuments } from "./planDocuments";
import { type QuickFix, quickFixes } from "./quickFixes";

/** Fixes of a plan's problems, under the light bulb and in the Problems panel. */
export class PlanCodeActions implements vscode.CodeActionProvider {
  constructor(
    private readonly documents: PlanDocuments,
    private readonly configuration: Configuration,
  ) {}

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    _context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    const plan = await this.documents.read(document, token);
    const problems = (plan?.outline.problems ?? []).filter(
      ({ startLine }) => range.start.line <= startLine && startLine <= range.end.line,
    );
    if (!plan || problems.length === 0) {
      return [];
    }
    const facts = {
      lines: document.getText().split(/\r\n|\n|\r/),
      phases: plan.outline.phases,
      runners: [...this.configuration.runners().keys()],
    };
    return problems.flatMap((problem) =>
      quickFixes(problem, facts).map((fix) => actionOf(fix, problem, document)),
    );
  }
}

function actionOf(
  { title, edits, preferred }: QuickFix,
  problem: PlanProblem,
  document: vscode.TextDocument,
): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnosticOf(problem, document)];
  action.isPreferred = preferred;
  action.edit = new vscode.WorkspaceEdit();
  action.edit.set(document.uri, edits.map(textEdit));
  return action;
}

function textEdit({ line, start, end, text }: LineEdit): vscode.TextEdit {
  return vscode.TextEdit.replace(new vscode.Range(line, start, line, end), text);
}
