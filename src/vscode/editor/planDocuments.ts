import { realpathSync } from "node:fs";
import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import { PlanThread } from "../../core/coordinator/planThread";
import type { FolderQueue } from "../queues/folderQueue";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Services } from "../services";
import { OpenPlans, type PlanDocument } from "./openPlans";

/**
 * The open documents that are plans: Markdown that has a phase, or is enqueued, or is said to be one by
 * a setting. Any other Markdown costs one look at its text when it was changed.
 */
export class PlanDocuments implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly plans: OpenPlans<vscode.TextDocument, FolderQueue>;

  /** Fires when a document was read anew, its queue changed, or it is no plan any more. */
  readonly onDidChange;

  constructor(
    queues: WorkspaceQueues,
    private readonly services: Services,
  ) {
    const { disposables } = this;
    const { clock, logger, configuration, assets } = services;
    const plans = new OpenPlans<vscode.TextDocument, FolderQueue>({
      clock,
      logger,
      thread: disposables.add(new PlanThread(assets.planWorker)),
      runners: async () => {
        await configuration.prepare();
        return configuration.runners();
      },
      queueOf: ({ uri }) => queues.of(uri),
      saidToBePlan: (document) => this.saidToBePlan(document),
    });
    this.plans = disposables.add(plans);
    this.onDidChange = plans.onDidChange;
    const { workspace } = vscode;
    disposables.add(workspace.onDidOpenTextDocument((document) => this.opened(document)));
    disposables.add(workspace.onDidCloseTextDocument((document) => plans.close(document)));
    disposables.add(workspace.onDidChangeTextDocument(({ document }) => plans.readSoon(document)));
    disposables.add(
      workspace.onDidSaveTextDocument((document) => plans.moveTo(document, realPath(document.uri))),
    );
    disposables.add(configuration.onDidChange(() => plans.readAll()));
    disposables.add(queues.onDidChange((change) => plans.queueChanged(change, () => queues.all)));
  }

  /** Looks at what is open already; called once everything that shows plans listens. */
  start(): void {
    for (const document of vscode.workspace.textDocuments) {
      this.opened(document);
    }
  }

  /** Every open plan, as it was read last. */
  get all(): readonly PlanDocument[] {
    return this.plans.all;
  }

  /** An open plan as it was read last: typing may have gone on since. */
  latest(uri: vscode.Uri): PlanDocument | undefined {
    return this.all.find(({ document }) => document.uri.toString() === uri.toString());
  }

  /** The document as a plan, read at its present version; undefined if it is none. */
  read(
    document: vscode.TextDocument,
    token?: vscode.CancellationToken,
  ): Promise<PlanDocument | undefined> {
    return this.plans.read(document, token);
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private opened(document: vscode.TextDocument): void {
    if (isCandidate(document)) {
      this.plans.open(document, realPath(document.uri));
    }
  }

  /** What the setting says of a file, where it says anything: the last glob that fits counts. */
  private saidToBePlan(document: vscode.TextDocument): boolean | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    const said = [...this.services.configuration.planFiles(document.uri)].findLast(([glob]) => {
      const pattern = folder ? new vscode.RelativePattern(folder, glob) : glob;
      return vscode.languages.match({ pattern }, document) > 0;
    });
    return said?.[1];
  }
}

function isCandidate({ languageId, uri }: vscode.TextDocument): boolean {
  return languageId === "markdown" && (uri.scheme === "file" || uri.scheme === "untitled");
}

function realPath(uri: vscode.Uri): string | undefined {
  if (uri.scheme !== "file") {
    return undefined;
  }
  try {
    return realpathSync.native(uri.fsPath);
  } catch {
    return uri.fsPath;
  }
}
