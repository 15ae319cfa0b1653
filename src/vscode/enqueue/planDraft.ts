import { basename } from "node:path";
import * as vscode from "vscode";
import type { LoadedPlan } from "../../core/coordinator/planSource";
import type { EnqueueRequest } from "../../core/protocol/commands";
import type { Runners } from "../../core/protocol/runners";
import type { FolderQueue } from "../queues/folderQueue";
import type { Services } from "../services";

/** A plan as the user sees it before it is enqueued: its file, or the unsaved text of its editor. */
export interface PlanDraft {
  /** Absolute path. */
  readonly path: string;
  /** The name of the file. */
  readonly name: string;
  /** An editor holds changes that are not saved: they are what is enqueued. */
  readonly unsaved: boolean;
  /** The plan, with the problems it has if `runner` runs phases that name none. */
  load(runners: Runners, runner: string): Promise<LoadedPlan>;
  /** What enqueues just the text that `loaded` was read from. */
  request(loaded: LoadedPlan): EnqueueRequest;
}

export function draftOf(
  uri: vscode.Uri,
  queue: FolderQueue,
  { assets: { planWorker } }: Services,
): PlanDraft {
  const path = uri.fsPath;
  const document = vscode.workspace.textDocuments.find(
    (open) => open.uri.toString() === uri.toString(),
  );
  const unsaved = document?.isDirty ? document.getText() : undefined;
  return {
    path,
    name: basename(path),
    unsaved: unsaved !== undefined,
    async load(runners, runner) {
      const { loadPlan } = await import("../../core/coordinator/loadPlan");
      const context = { workspace: queue.path, runners, defaultRunner: runner };
      return loadPlan({ path, markdown: unsaved }, context, planWorker);
    },
    request: ({ sha256 }) =>
      unsaved === undefined ? { path, sha256 } : { path, markdown: unsaved, sha256 },
  };
}
