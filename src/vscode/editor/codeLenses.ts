import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import { commands, views } from "../contributions";
import type { Services } from "../services";
import { planRow } from "../tree/planRow";
import type { QueueTree } from "../tree/queueTree";
import { phaseNodeOf } from "./nodes";
import { type Lens, type LensAction, phaseLenses, planLenses } from "./phaseLenses";
import type { PlanDocument } from "./openPlans";
import type { PlanDocuments } from "./planDocuments";
import type { PhaseMark } from "./planMarks";

/** How long running phases run is shown, and grows; so often, in milliseconds. */
const tick = 10_000;

/** Status and actions above the headings of a plan. */
export class PlanCodeLenses implements vscode.CodeLensProvider, Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<void>());
  private ticker: Disposable | undefined;

  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly documents: PlanDocuments,
    private readonly tree: QueueTree,
    private readonly services: Services,
  ) {
    this.disposables.add(
      documents.onDidChange(() => {
        this.changed.fire();
        this.tickWhileRunning();
      }),
    );
  }

  async provideCodeLenses(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeLens[]> {
    const plan = await this.documents.read(document, token);
    return plan ? lensesOf(plan, this.tree) : [];
  }

  dispose(): void {
    this.ticker?.dispose();
    this.disposables.dispose();
  }

  private tickWhileRunning(): void {
    this.ticker?.dispose();
    const running = this.documents.all.some(({ marks }) =>
      marks.phases.some(({ status }) => status === "running"),
    );
    if (running) {
      this.ticker = this.services.clock.after(tick, () => {
        this.changed.fire();
        this.tickWhileRunning();
      });
    }
  }
}

function lensesOf(plan: PlanDocument, tree: QueueTree): vscode.CodeLens[] {
  const { marks, queue, document } = plan;
  if (!queue) {
    // No folder, no queue: there is nothing to be done with it yet.
    return [];
  }
  const node = marks.plan && ({ kind: "plan", queue, plan: marks.plan } as const);
  const facts = node && tree.planFacts(node);
  const title = planLenses(
    marks,
    facts?.waiting.text ?? "",
    facts ? planRow(facts).icon.id : "",
    facts?.canChange ?? false,
  ).map((lens) =>
    codeLens(marks.titleLine, lens, document.uri, lens.action === "issue" ? node : undefined),
  );
  return [...title, ...marks.marks.flatMap((mark) => lensesOfPhase(plan, mark, tree))];
}

function lensesOfPhase(plan: PlanDocument, mark: PhaseMark, tree: QueueTree): vscode.CodeLens[] {
  const node = phaseNodeOf(plan, mark);
  const lenses = phaseLenses(mark, node && tree.phaseFacts(node));
  const { startLine, number } = mark.written;
  const { uri } = plan.document;
  return lenses.map((lens) => codeLens(startLine, lens, uri, node ?? { add: number }));
}

const commandOf: Readonly<Record<LensAction, string>> = {
  start: commands.start,
  cancel: commands.cancel,
  retry: commands.retry,
  log: commands.showLog,
  issue: commands.openIssue,
  done: commands.done,
  failed: commands.failed,
  show: `${views.queue}.focus`,
  enqueue: commands.enqueuePhases,
  showChanges: commands.showChanges,
  update: commands.updateFromFile,
  add: commands.updateFromFile,
};

function codeLens(
  line: number,
  { title, action }: Lens,
  uri: vscode.Uri,
  about?: unknown,
): vscode.CodeLens {
  const ofFile = action === "enqueue" || action === "showChanges" || action === "update";
  const args =
    action === "show"
      ? []
      : ofFile || action === "add"
        ? [uri, action === "showChanges" ? line : about]
        : [about];
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
    // A usual space behind an icon is not shown.
    title: title.replace(/^(\$\([^)]+\)) /, "$1\u00a0"),
    command: commandOf[action],
    arguments: args,
  });
}
