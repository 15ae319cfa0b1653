import * as vscode from "vscode";
import type { Configuration } from "../configuration";
import { type Completion, completions } from "./completions";
import type { PlanDocuments } from "./planDocuments";

const kinds: Readonly<Record<Completion["kind"], vscode.CompletionItemKind>> = {
  property: vscode.CompletionItemKind.Property,
  phase: vscode.CompletionItemKind.Reference,
  value: vscode.CompletionItemKind.Value,
};

/** Properties of phases and their values, while they are typed. */
export class PlanCompletions implements vscode.CompletionItemProvider {
  constructor(
    private readonly documents: PlanDocuments,
    private readonly configuration: Configuration,
  ) {}

  provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    _token: vscode.CancellationToken,
    { triggerKind }: vscode.CompletionContext,
  ): vscode.CompletionItem[] {
    const isTyping = triggerKind === vscode.CompletionTriggerKind.TriggerCharacter;
    if (isTyping && !document.lineAt(position.line).text.includes(":")) {
      // A space in prose asks for nothing.
      return [];
    }
    // The phases as they were read last: a property does not change them while it is typed.
    const plan = this.documents.latest(document.uri);
    if (!plan) {
      return [];
    }
    const lines = Array.from(
      { length: Math.min(document.lineCount, position.line + 20) },
      (_, line) => document.lineAt(line).text,
    );
    const found = completions({
      lines,
      line: position.line,
      column: position.character,
      phases: plan.outline.phases,
      runners: this.configuration.runners(),
    });
    return found.map((completion, index) => itemOf(completion, index, position));
  }
}

function itemOf(
  { kind, label, detail, insert, from }: Completion,
  index: number,
  position: vscode.Position,
): vscode.CompletionItem {
  const item = new vscode.CompletionItem({ label, description: detail }, kinds[kind]);
  item.insertText = insert;
  item.range = new vscode.Range(position.with({ character: from }), position);
  item.sortText = String(index).padStart(4, "0");
  if (kind === "property") {
    item.command = { command: "editor.action.triggerSuggest", title: "" };
  }
  return item;
}
