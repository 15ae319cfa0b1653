import { dirname } from "node:path";
import * as vscode from "vscode";
import type { Disposable } from "../../core/base/lifecycle";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Services } from "../services";
import { PlanDifferences } from "./planDifferences";
import type { PlanDocuments } from "./planDocuments";

/** The enqueued plans of this window, beside their files. */
export function comparedPlans(
  documents: PlanDocuments,
  queues: WorkspaceQueues,
  { clock, logger, configuration, assets }: Services,
): PlanDifferences {
  return new PlanDifferences({
    clock,
    logger,
    queues: () => queues.all,
    openMarks: (planId) => documents.all.find(({ marks }) => marks.plan?.plan_id === planId)?.marks,
    async read(path, workspace) {
      // What reads plans is loaded with the first that has to be compared.
      const { loadPlan } = await import("../../core/coordinator/loadPlan");
      const context = { workspace, runners: configuration.runners() };
      const { plan, sha256 } = await loadPlan({ path }, context, assets.planWorker);
      return { ...plan, sha256 };
    },
    watch: watchFile,
  });
}

/** Its folder is watched: in the place of a glob a name may have any character. */
function watchFile(path: string, onChange: () => void): Disposable {
  const pattern = new vscode.RelativePattern(vscode.Uri.file(dirname(path)), "*");
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  const look = ({ fsPath }: vscode.Uri): void => {
    if (fsPath === path) {
      onChange();
    }
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(look),
    watcher.onDidCreate(look),
    watcher.onDidDelete(look),
  );
}
