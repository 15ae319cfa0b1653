import { realpathSync } from "node:fs";
import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import type { PhaseStatus } from "../../core/protocol/terms";
import { statusColors } from "../contributions";
import { t } from "../l10n";
import type { FolderQueue } from "../queues/folderQueue";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Services } from "../services";
import { statusInWords } from "../words";
import { spokenOf } from "./enqueuedPlans";

/** From the one that needs somebody most. */
const worstFirst: readonly PhaseStatus[] = [
  "failed",
  "blocked",
  "running",
  "ready",
  "queued",
  "completed",
];

/** What files of enqueued plans look like in the explorer: how many phases are open, and the worst. */
export class PlanFileDecorations implements vscode.FileDecorationProvider, Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(
    new vscode.EventEmitter<vscode.Uri | vscode.Uri[]>(),
  );
  private timer: Disposable | undefined;
  /** By path, as it is enqueued; made when a file is asked for, and dropped with every change. */
  private known: ReadonlyMap<string, vscode.FileDecoration> | undefined;

  readonly onDidChangeFileDecorations = this.changed.event;

  constructor(
    private readonly queues: WorkspaceQueues,
    services: Services,
  ) {
    this.disposables.add(
      queues.onDidChange(() => {
        this.timer ??= services.clock.after(redrawPause, () => this.redraw());
      }),
    );
    this.disposables.add(vscode.window.registerFileDecorationProvider(this));
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    this.known ??= decorationsOf(this.queues.all);
    if (uri.scheme !== "file" || this.known.size === 0 || !/\.(md|markdown)$/i.test(uri.path)) {
      return undefined;
    }
    return this.known.get(uri.fsPath) ?? this.known.get(realPath(uri.fsPath));
  }

  dispose(): void {
    this.timer?.dispose();
    this.disposables.dispose();
  }

  private redraw(): void {
    this.timer = undefined;
    const before = this.known ?? new Map<string, vscode.FileDecoration>();
    this.known = decorationsOf(this.queues.all);
    const paths = new Set([...before.keys(), ...this.known.keys()]);
    const changed = [...paths].filter((path) => {
      const [one, other] = [before.get(path), this.known?.get(path)];
      return one?.badge !== other?.badge || one?.tooltip !== other?.tooltip;
    });
    if (changed.length > 0) {
      this.changed.fire(changed.map((path) => vscode.Uri.file(path)));
    }
  }
}

const redrawPause = 300;

function decorationsOf(queues: readonly FolderQueue[]): ReadonlyMap<string, vscode.FileDecoration> {
  const byPath = new Map<string, vscode.FileDecoration>();
  for (const { reader } of queues) {
    const plans = reader?.plans() ?? [];
    for (const path of new Set(plans.map(({ source_path }) => source_path))) {
      const plan = reader && path !== undefined && spokenOf(reader.plansFrom(path), reader);
      if (plan) {
        byPath.set(path, decorationOf(reader.counts(plan.plan_id)));
      }
    }
  }
  return byPath;
}

function decorationOf(counts: ReadonlyMap<string, number>): vscode.FileDecoration {
  const worst = worstFirst.find((status) => counts.has(status)) ?? "completed";
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const open = all - (counts.get("completed") ?? 0);
  const said = worstFirst
    .filter((status) => counts.has(status))
    .map((status) => `${counts.get(status) ?? 0} ${statusInWords(status)}`)
    .join(", ");
  return new vscode.FileDecoration(
    open === 0 ? "✓" : open > 9 ? "9+" : String(open),
    t("Plan: {0}", said),
    new vscode.ThemeColor(statusColors[worst]),
  );
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
