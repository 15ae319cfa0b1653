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
  /** Reads it as it is now, with the problems it has if `runner` runs phases that name none. */
  read(runners: Runners, runner: string): Promise<ReadDraft>;
}

export interface ReadDraft extends LoadedPlan {
  /** An editor holds changes that are not saved: they are what is enqueued. */
  readonly unsaved: boolean;
}

export function draftOf(
  uri: vscode.Uri,
  queue: FolderQueue,
  { assets: { planWorker } }: Services,
): PlanDraft {
  const path = uri.fsPath;
  return {
    path,
    name: basename(path),
    async read(runners, runner) {
      const { loadPlan } = await import("../../core/coordinator/loadPlan");
      const document = vscode.workspace.textDocuments.find(
        (open) => open.uri.toString() === uri.toString(),
      );
      const markdown = document?.isDirty ? document.getText() : undefined;
      const context = { workspace: queue.path, runners, defaultRunner: runner };
      const loaded = await loadPlan({ path, markdown }, context, planWorker);
      return { ...loaded, unsaved: markdown !== undefined };
    },
  };
}

/** What enqueues just the text that was read. */
export function requestOf(path: string, { text, sha256, unsaved }: ReadDraft): EnqueueRequest {
  return unsaved ? { path, markdown: text, sha256 } : { path, sha256 };
}
