import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import { contextKeys } from "../contributions";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Services } from "../services";
import type { QueueTree } from "../tree/queueTree";
import { PlanCodeActions } from "./codeActions";
import { PlanCodeLenses } from "./codeLenses";
import { PlanCompletions } from "./completionProvider";
import { PlanDiagnostics } from "./diagnostics";
import { PlanFileDecorations } from "./fileDecorations";
import { PlanGutter } from "./gutter";
import { PlanHovers } from "./hovers";
import { PlanDocuments } from "./planDocuments";
import { changesInWords } from "./phaseLenses";
import { comparedPlans } from "./comparedPlans";
import type { PlanDifferences } from "./planDifferences";
import { StoredTexts } from "./storedTexts";

const markdown: vscode.DocumentSelector = [
  { language: "markdown", scheme: "file" },
  { language: "markdown", scheme: "untitled" },
];

/** Plans where they are written: problems, lenses, gutter, hovers, completions, and what changed. */
export class PlanEditor implements Disposable {
  private readonly disposables = new DisposableStore();
  readonly documents: PlanDocuments;
  readonly stored: StoredTexts;
  readonly differences: PlanDifferences;

  constructor(queues: WorkspaceQueues, tree: QueueTree, services: Services) {
    const own = <T extends Disposable>(part: T): T => this.disposables.add(part);
    const { configuration } = services;
    this.documents = own(new PlanDocuments(queues, services));
    this.stored = own(new StoredTexts(this.documents));
    const { documents } = this;
    this.differences = own(comparedPlans(documents, queues, services));
    const { differences } = this;
    own(queues.onDidChange((change) => differences.queueChanged(change)));
    own(documents.onDidChange(() => differences.documentsChanged()));
    own(new PlanDiagnostics(documents));
    own(new PlanGutter(documents));
    own(new PlanFileDecorations(queues, services));
    const { languages } = vscode;
    const lenses = own(new PlanCodeLenses(documents, tree, services));
    own(languages.registerCodeLensProvider(markdown, lenses));
    own(languages.registerHoverProvider(markdown, new PlanHovers(documents, tree)));
    own(
      languages.registerCodeActionsProvider(
        markdown,
        new PlanCodeActions(documents, configuration),
        PlanCodeActions.metadata,
      ),
    );
    own(
      languages.registerCompletionItemProvider(
        markdown,
        new PlanCompletions(documents, configuration),
        ...PlanCompletions.triggers,
      ),
    );
    own(documents.onDidChange(() => this.tellContext()));
    own(vscode.window.onDidChangeActiveTextEditor(() => this.tellContext()));
  }

  /** Reads what is open; called once everything that shows it listens. */
  start(): void {
    this.documents.start();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** What menus ask about the active editor. */
  private tellContext(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const plan = uri && this.documents.latest(uri);
    const differs = plan !== undefined && changesInWords(plan.marks) !== "";
    const { executeCommand } = vscode.commands;
    void executeCommand("setContext", contextKeys.isPlan, plan !== undefined);
    void executeCommand("setContext", contextKeys.planDiffers, differs);
  }
}
