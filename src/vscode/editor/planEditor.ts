import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import { onDemand } from "../../core/base/onDemand";
import { contextKeys } from "../contributions";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Services } from "../services";
import type { QueueTree } from "../tree/queueTree";
import { PlanCodeLenses } from "./codeLenses";
import { PlanDiagnostics } from "./diagnostics";
import { PlanFileDecorations } from "./fileDecorations";
import { PlanGutter } from "./gutter";
import { PlanDocuments } from "./planDocuments";
import { changesInWords } from "./phaseLenses";
import { comparedPlans } from "./comparedPlans";
import type { PlanDifferences } from "./planDifferences";
import { StoredTexts } from "./storedTexts";

const markdown: vscode.DocumentSelector = [
  { language: "markdown", scheme: "file" },
  { language: "markdown", scheme: "untitled" },
];

/** What asks for completions while it is typed. */
const completionTriggers = [":", " ", ","];

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
    const assistance = onDemand(async () => {
      const { createAssistance } = await import("./assistance");
      return createAssistance(documents, tree, configuration);
    });
    own(
      languages.registerHoverProvider(markdown, {
        provideHover: async (...args) => (await assistance()).hovers.provideHover(...args),
      }),
    );
    own(
      languages.registerCodeActionsProvider(
        markdown,
        {
          provideCodeActions: async (...args) =>
            (await assistance()).codeActions.provideCodeActions(...args),
        },
        { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
      ),
    );
    own(
      languages.registerCompletionItemProvider(
        markdown,
        {
          provideCompletionItems: async (...args) =>
            (await assistance()).completions.provideCompletionItems(...args),
        },
        ...completionTriggers,
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
