import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import { said } from "../l10n";
import type { PlanProblem } from "../../core/protocol/plan";
import type { PlanDocuments } from "./planDocuments";

const severities: Readonly<Record<PlanProblem["severity"], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** Shows what is wrong with open plans in the Problems panel. */
export class PlanDiagnostics implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly collection = this.disposables.add(
    vscode.languages.createDiagnosticCollection("phaseHopper"),
  );

  constructor(documents: PlanDocuments) {
    this.disposables.add(
      documents.onDidChange(({ document: { uri }, plan }) => {
        if (!plan) {
          this.collection.delete(uri);
        } else if (plan.version === plan.document.version) {
          // Of an older version the lines would be wrong; the next reading is under way.
          this.collection.set(
            uri,
            plan.outline.problems.map((problem) => diagnosticOf(problem, plan.document)),
          );
        }
      }),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

/** The first line alone is underlined: a problem of a whole phase would underline a screen. */
export function diagnosticOf(
  problem: PlanProblem,
  document: vscode.TextDocument,
): vscode.Diagnostic {
  const line = document.lineAt(Math.min(problem.startLine, document.lineCount - 1));
  const range = new vscode.Range(
    line.lineNumber,
    line.firstNonWhitespaceCharacterIndex,
    line.lineNumber,
    line.text.trimEnd().length,
  );
  const diagnostic = new vscode.Diagnostic(
    range,
    said(problem.words ?? problem.message),
    severities[problem.severity],
  );
  diagnostic.source = "Phase Hopper";
  diagnostic.code = problem.code;
  return diagnostic;
}
